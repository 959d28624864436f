"""Money as integer minor units with a currency. Never a float.

A `Money` adds, subtracts and compares only with its own currency; it is multiplied by integers or by
`Decimal` (rounded half up unless said otherwise) and split without losing a minor unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import format_currency, get_currency_name, get_currency_precision, is_currency

NO_CURRENCIES = {"XTS", "X" * 3}  # codes that ISO 4217 keeps for tests, and for none
MAX_MINOR = 10**15  # fits a bigint with room for sums; no shop sells for more


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies met in one operation."""


class BadAmount(ValueError):
    """A text or number is not an amount of this currency."""


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimal digits `currency` (ISO 4217 code) has: USD 2, JPY 0, KWD 3. Raises `BadAmount` if unknown."""
    if not is_currency(currency):
        raise BadAmount(f"{currency!r} is not an ISO 4217 currency")
    return get_currency_precision(currency)


@lru_cache(maxsize=1024)
def currency_name(code: str, locale: str = "en") -> str:
    """ "Euro" of EUR, in a language."""
    return get_currency_name(code, locale=locale.replace("-", "_"))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` units (cents, yen, …) of `currency` (ISO 4217, upper case)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int and (isinstance(self.minor, bool) or not isinstance(self.minor, int)):
            raise TypeError(f"minor units are an int, not {type(self.minor).__name__}")
        if abs(self.minor) > MAX_MINOR:
            raise BadAmount("amount out of range")

    @classmethod
    @lru_cache(maxsize=256)
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """From a decimal amount ("12.34"); more digits than the currency has raise `BadAmount`. Floats are refused."""
        if isinstance(amount, float):
            raise TypeError("a float is not an amount of money")
        try:
            scaled = Decimal(amount).scaleb(exponent(currency))
        except InvalidOperation as error:
            raise BadAmount(f"{amount!r} is not an amount") from error
        if not scaled.is_finite():
            raise BadAmount(f"{amount} is not an amount")
        if scaled != scaled.to_integral_value():
            raise BadAmount(f"{amount} has more digits than {currency} has")
        return cls(int(scaled), currency)

    @classmethod
    def rounded(cls, amount: Decimal | str | int, currency: str, rounding: str = ROUND_HALF_UP) -> Money:
        """From a decimal amount with any number of digits, rounded to the currency's (half up by default)."""
        try:
            scaled = Decimal(amount).scaleb(exponent(currency))
            return cls(int(scaled.quantize(Decimal(1), rounding=rounding)), currency)
        except (InvalidOperation, OverflowError, ValueError) as error:
            raise BadAmount(f"{amount!r} is not an amount") from error

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's digits."""
        digits = exponent(self.currency)
        return Decimal(self.minor).scaleb(-digits).quantize(Decimal(1).scaleb(-digits))

    def format(self, locale: str = "en") -> str:
        """For people, by locale: "$1,234.50". Where people write from right to left, the sign of a currency that begins
        with letters is kept together by a mark, so that it is read as "US$" and not as "$US".
        """
        text = format_currency(self.decimal, self.currency, locale=locale.replace("-", "_"))
        return f"{text}\u200e" if text.startswith("\u200f") and text.endswith("$") else text

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal):
            raise TypeError("money is multiplied by an int or a Decimal")
        if isinstance(factor, int):
            return Money(self.minor * factor, self.currency)
        return Money(int((self.minor * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Split in proportion to non-negative integer `weights`, exactly: the parts sum to the whole.

        Largest-remainder method (Hamilton); ties go to the earlier part. All-zero weights count as equal.
        """
        sign = -1 if self.minor < 0 else 1
        return [Money(sign * part, self.currency) for part in shares(abs(self.minor), weights)]

    def split(self, count: int) -> list[Money]:
        """Into `count` parts that differ by at most one minor unit and sum to the whole."""
        return self.allocate([1] * count)


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` (not negative) in whole parts in proportion to `weights`, as `Money.allocate` has it. No part is more
    than its weight where the amount is not more than all of them.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("weights are one or more non-negative integers")
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts` in `currency`; an empty sum is zero. Raises `CurrencyMismatch`."""
    nothing = Money.zero(currency)
    return Money(sum(nothing._same(amount) for amount in amounts), currency)
