"""Pure rules of the catalogue: slugs, attribute values, the price at a moment, the option matrix."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

SLUG_LENGTH = 150  # room for a suffix within the column's 160
MAX_VARIANTS = 2000
MAX_TEXT = 1000
# What options mean to search engines and price comparisons, by their names in small letters.
MEANINGS = {
    "colour": "color", "color": "color", "farbe": "color", "couleur": "color", "size": "size", "größe": "size",
    "taille": "size", "talla": "size", "material": "material", "fabric": "material", "matière": "material",
    "pattern": "pattern", "muster": "pattern", "motif": "pattern",
}  # fmt: skip
GIFT_CARD = "gift_card"  # the tax class of product types whose units are gift cards: sold untaxed, never discounted


def needs_delivery(tax_class: str) -> bool:
    """Whether units of this tax class go to an address: gift cards are sent by e-mail."""
    return tax_class != GIFT_CARD


def slug(text: str, fallback: str = "item") -> str:
    """`text` as lower-case ASCII words joined by "-", at most 150 characters, cut at a word; `fallback` if none is
    left.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    result = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if len(result) > SLUG_LENGTH:
        head = result[: SLUG_LENGTH + 1]
        result = head[: head.rfind("-")] if "-" in head[1:] else result[:SLUG_LENGTH]
    return result.strip("-") or fallback


def numbered(base: str, number: int) -> str:
    """The `number`-th candidate for a slug: base, base-2, base-3 …"""
    return base if number <= 1 else f"{base}-{number}"


# --- Prices


@dataclass(frozen=True)
class Terms:
    """One price row in minor units. The sale price counts from `starts` (inclusive) until `ends` (exclusive); None is
    open.
    """

    amount: int
    sale: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Charged:
    """What is paid now, and what is paid without a sale (minor units)."""

    amount: int
    regular: int

    @property
    def is_on_sale(self) -> bool:
        return self.amount < self.regular


def is_on_sale(terms: Terms, moment: datetime) -> bool:
    """Whether the sale price counts at `moment` (aware)."""
    if terms.sale is None:
        return False
    return (terms.starts is None or terms.starts <= moment) and (terms.ends is None or moment < terms.ends)


def price_at(terms: Terms, moment: datetime) -> Charged:
    """The price at `moment` (aware)."""
    paid = terms.sale if terms.sale is not None and is_on_sale(terms, moment) else terms.amount
    return Charged(paid, terms.amount)


def next_change(terms: Terms, moment: datetime) -> datetime | None:
    """The first instant after `moment` at which the sale starts or ends; None if never."""
    if terms.sale is None:
        return None
    edges = [edge for edge in (terms.starts, terms.ends) if edge is not None and edge > moment]
    return min(edges, default=None)


@dataclass(frozen=True)
class Lowest:
    """The price a list shows: the cheapest variant's, whether others cost more, and when that may change."""

    amount: int
    regular: int
    has_range: bool
    changes_at: datetime | None


def lowest(rows: Iterable[Terms], moment: datetime) -> Lowest | None:
    """The listing price of a product whose variants have these `rows`; None without any."""
    rows = list(rows)
    if not rows:
        return None
    charged = [price_at(row, moment) for row in rows]
    cheapest = min(charged, key=lambda price: (price.amount, price.regular))
    changes = [edge for row in rows if (edge := next_change(row, moment)) is not None]
    return Lowest(
        amount=cheapest.amount,
        regular=cheapest.regular,
        has_range=len({price.amount for price in charged}) > 1,
        changes_at=min(changes, default=None),
    )


# --- Typed attributes


@dataclass(frozen=True)
class AttributeSpec:
    """What a product type says of one attribute. `kind` is text, number, boolean, choice or date."""

    code: str
    kind: str
    choices: tuple[str, ...] = ()
    is_required: bool = False


class BadValue(ValueError):
    """A value does not fit its attribute; the text says why."""


def clean_attributes(
    specs: Iterable[AttributeSpec], values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Checks `values` against a product type's `specs`: (JSON values by code, what is wrong by code).

    Empty values are left out; unknown codes and missing required ones are errors.
    """
    known = {spec.code: spec for spec in specs}
    errors = {code: "unknown attribute" for code in values if code not in known}
    clean: dict[str, Any] = {}
    for code, spec in known.items():
        value = values.get(code)
        if value is None or (isinstance(value, str) and not value.strip()):
            if spec.is_required:
                errors[code] = "required"
            continue
        try:
            clean[code] = clean_value(spec, value)
        except BadValue as problem:
            errors[code] = str(problem)
    return clean, errors


def clean_value(spec: AttributeSpec, value: Any) -> str | int | float | bool:
    """One attribute value as JSON holds it. Raises `BadValue`."""
    if spec.kind == "number":
        return _number(value)
    if spec.kind == "boolean":
        return _boolean(value)
    if not isinstance(value, str | int | float | date) or isinstance(value, bool):
        raise BadValue("not a text")
    text = str(value).strip()
    if len(text) > MAX_TEXT:
        raise BadValue(f"longer than {MAX_TEXT} characters")
    if "\x00" in text:
        raise BadValue("contains a NUL character")
    if spec.kind == "choice" and text not in spec.choices:
        raise BadValue("not one of the choices")
    if spec.kind == "date":
        return _date(text)
    return text


def _number(value: Any) -> int | float:
    if isinstance(value, bool):
        raise BadValue("not a number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise BadValue("not a number") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise BadValue("not a number of ordinary size")
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"true", "yes", "1", "y"}:
        return True
    if text in {"false", "no", "0", "n"}:
        return False
    raise BadValue("neither yes nor no")


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadValue("not a date (YYYY-MM-DD)") from None


# --- Options and variants


class BadGtin(ValueError):
    """A text is not a GTIN; the message says why."""


def gtin(text: str) -> str:
    """`text` without spaces around it if it is a GTIN: 8, 12, 13 or 14 digits, the last one right. Raises `BadGtin`."""
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) not in {8, 12, 13, 14}:
        raise BadGtin("A GTIN has 8, 12, 13 or 14 digits and nothing else.")
    weighted = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits[:-1])))
    right = (10 - weighted % 10) % 10
    if right != int(digits[-1]):
        raise BadGtin(f"One of the digits is mistyped: with these, the last one would be {right}.")
    return digits


class BadOptions(ValueError):
    """Option names or values are empty, doubled, or too many."""


def option_matrix(choices: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Every combination of the options' values, the last option changing fastest: [{"Colour": "Moss", "Size": "S"}, …].

    No options give one empty combination. Raises `BadOptions`.
    """
    for name, values in choices.items():
        if not name.strip() or not values or any(not value.strip() for value in values):
            raise BadOptions("an option needs a name and values")
        if len(set(values)) != len(values):
            raise BadOptions(f"a value of {name} is given twice")
    count = 1
    for values in choices.values():
        count *= len(values)
    if count > MAX_VARIANTS:
        raise BadOptions(f"more than {MAX_VARIANTS} combinations")
    return [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]


def variant_sku(prefix: str, options: Mapping[str, str]) -> str:
    """A readable SKU for one combination: "TEE" and {"Colour": "Moss", "Size": "M"} give "TEE-MOSS-M"."""
    parts = [re.sub(r"[^A-Z0-9]+", "", slug(value).upper())[:12] for value in options.values()]
    return "-".join([prefix, *parts])


def nearest_combination(
    combinations: Sequence[Mapping[str, str]], wanted: Mapping[str, str], changed: str = ""
) -> int | None:
    """The index of the combination that agrees with most of `wanted`, and surely with `changed` if any does; None if
    empty.

    Ties go to the earlier one.
    """
    if not combinations:
        return None

    def score(index: int) -> tuple[bool, int, int]:
        combination = combinations[index]
        agreed = sum(combination.get(name) == value for name, value in wanted.items())
        keeps = bool(changed) and combination.get(changed) == wanted.get(changed)
        return (keeps, agreed, -index)

    return max(range(len(combinations)), key=score)


def volume(*measures: int | None) -> int | None:
    """The room of a box in cubic millimetres; None unless each of its measures is known."""
    room = 1
    for one in measures:
        if not one:
            return None
        room *= one
    return room
