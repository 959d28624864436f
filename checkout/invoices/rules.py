"""Pure rules of invoices: what an order comes to line by line, what papers said of it, and what they lack.

Both sides are a `Position`: by line, how many units and which amounts. An invoice adds to what was said, a credit note
takes off; so what is lacking is a difference, and saying it once makes it nought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from checkout.orders.rules import Amounts
from shop.core.money import Money

GOODWILL = "goodwill"  # the line of what need not be paid though nothing came back
Rate = tuple[str, str, bool]  # name, rate ("0.2"), whether prices include it
UNTAXED: Rate = ("", "0", False)


@dataclass(frozen=True, slots=True)
class Sums:
    """What one tax rate is on, and what it comes to, in minor units. `base` is without the tax."""

    base: int = 0
    tax: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.base + other.base, self.tax + other.tax)

    def __neg__(self) -> Sums:
        return Sums(-self.base, -self.tax)


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax of an order line: `minor` of it at `rate`; `is_on_shipping`: its share of the delivery is taxed as well."""

    rate: Rate
    minor: int
    is_on_shipping: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: units, amounts and taxes by rate."""

    units: int = 0
    amounts: Amounts = field(default_factory=Amounts)
    taxes: Mapping[Rate, Sums] = field(default_factory=dict)

    @property
    def gross(self) -> int:
        return self.amounts.value

    @property
    def net(self) -> int:
        return self.amounts.value - self.amounts.tax

    def __add__(self, other: Entry) -> Entry:
        return Entry(self.units + other.units, self.amounts + other.amounts, _joined(self.taxes, other.taxes))

    def __neg__(self) -> Entry:
        return Entry(
            -self.units, Amounts() - self.amounts, {rate: -sums for rate, sums in self.taxes.items()}
        )  # fmt: skip

    def __sub__(self, other: Entry) -> Entry:
        return self + -other

    def __bool__(self) -> bool:
        return self != Entry()


Position = dict[str, Entry]


def _joined(one: Mapping[Rate, Sums], other: Mapping[Rate, Sums]) -> dict[Rate, Sums]:
    sums = {rate: one.get(rate, Sums()) + other.get(rate, Sums()) for rate in dict.fromkeys([*one, *other])}
    return {rate: found for rate, found in sums.items() if found != Sums()}


def entry(units: int, amounts: Amounts, taxes: Sequence[Tax]) -> Entry:
    """A line's entry. A tax is on all of it, or on all but its share of the delivery; what no tax is on is untaxed."""
    net = amounts.value - amounts.tax
    is_delivery_taxed = any(tax.is_on_shipping for tax in taxes)
    sums: dict[Rate, Sums] = {}
    for tax in taxes:
        base = net if tax.is_on_shipping else net - amounts.shipping
        sums = _joined(sums, {tax.rate: Sums(base, tax.minor)})
    untaxed = (0 if is_delivery_taxed else amounts.shipping) if taxes else net
    return Entry(units, amounts, _joined(sums, {UNTAXED: Sums(untaxed)}))


def goodwill(lines: Position, minor: int, currency: str) -> Entry:
    """The entry (below zero) of `minor` that need not be paid: a share of every line, by what it costs, with its taxes.

    Of all that the lines cost it is exactly all of them, at every rate.
    """
    found = [one for one in lines.values() if one.gross > 0]
    if not minor or not found:
        return Entry()
    shares = Money(minor, currency).allocate([one.gross for one in found])
    whole = Entry()
    for one, share in zip(found, shares, strict=True):
        whole = whole + _share(one, share.minor)
    return -whole


def _share(one: Entry, minor: int) -> Entry:
    def scaled(amount: int) -> int:
        return (2 * amount * minor + one.gross) // (2 * one.gross)  # half up; all of it for all of it

    taxes = {rate: scaled(sums.tax) for rate, sums in one.taxes.items()}
    tax = sum(taxes.values())
    included = sum(taxes[rate] for rate in taxes if rate[2])
    amounts = Amounts(total=minor - tax + included, tax=tax, included=included)
    bases = _bases(one, minor - tax, scaled)
    return Entry(0, amounts, _joined({}, {rate: Sums(bases[rate], taxes[rate]) for rate in taxes}))


def _bases(one: Entry, net: int, scaled: Callable[[int], int]) -> dict[Rate, int]:
    """What each rate is on, of `net`. Where rates divide the line among them, their parts sum to it exactly."""
    bases = {rate: scaled(sums.base) for rate, sums in one.taxes.items()}
    if bases and sum(sums.base for sums in one.taxes.values()) == one.net:
        last = list(bases)[-1]
        bases[last] += net - sum(bases.values())
    return bases


def told(papers: Iterable[tuple[bool, Position]]) -> Position:
    """What papers said in all: (is a credit note, its lines with amounts above zero)."""
    sums: Position = {}
    for is_credit, position in papers:
        for key, one in position.items():
            sums[key] = sums.get(key, Entry()) + (-one if is_credit else one)
    return {key: one for key, one in sums.items() if one}


def difference(now: Position, before: Position) -> Position:
    """What papers lack to say `now`, line by line."""
    keys = dict.fromkeys([*now, *before])
    found = {key: now.get(key, Entry()) - before.get(key, Entry()) for key in keys}
    return {key: one for key, one in found.items() if one}


def papers(lacking: Position, said: Position) -> tuple[Position, Position]:
    """The lines of an invoice, and those of a credit note (amounts above zero); either may be empty.

    `said` is what papers said so far. Lines that became dearer are invoiced, others credited: nobody nets what was
    added against what was taken off. A line of which units went while its delivery became dearer is both: it is
    credited as it was said and invoiced as it is, for a paper does not tell which tax is the delivery's.
    Goodwill is credited; goodwill that gives way to a return comes off the credit note of that return.
    """
    lines = {key: one for key, one in lacking.items() if key != GOODWILL}
    both = {key for key, one in lines.items() if key in said and _is_mixed(one)}
    added = {key: one for key, one in lines.items() if key not in both and _is_more(one)}
    taken = {key: -one for key, one in lines.items() if key not in both and not _is_more(one)}
    for key in both:
        taken[key] = said[key]
        if standing := lines[key] + said[key]:
            added[key] = standing
    rest = lacking.get(GOODWILL)
    if rest is not None:
        if totals(taken).gross >= rest.gross:
            taken[GOODWILL] = -rest
        else:
            added[GOODWILL] = rest
    return added, taken


def _is_more(one: Entry) -> bool:
    return one.gross > 0 or (one.gross == 0 and one.units > 0)


def _is_mixed(one: Entry) -> bool:
    """Whether something of it became more, and something less."""
    amounts = one.amounts
    parts = (one.units, amounts.total, amounts.shipping, amounts.tax)
    return min(parts) < 0 < max(parts)


@dataclass(frozen=True, slots=True)
class Totals:
    net: int
    tax: int
    gross: int


def totals(lines: Position) -> Totals:
    """The sums of a paper. Net and tax are its gross."""
    return Totals(
        sum(one.net for one in lines.values()),
        sum(one.amounts.tax for one in lines.values()),
        sum(one.gross for one in lines.values()),
    )


def taxes(lines: Position) -> dict[Rate, Sums]:
    """What each rate is on and comes to, over all lines."""
    sums: dict[Rate, Sums] = {}
    for one in lines.values():
        sums = _joined(sums, one.taxes)
    return sums


def is_nought(lines: Position) -> bool:
    """Whether it comes to nothing, at every rate: goodwill may have taken off all that the lines still say."""
    return totals(lines) == Totals(0, 0, 0) and not taxes(lines)


def number(series: str, year: int, position: int) -> str:
    """ "INV-2026-000001": at least six digits."""
    return f"{series}-{year}-{position:06d}"
