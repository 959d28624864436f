"""What a unit costs: of all price rows of a variant and the price rules that it falls under, the lowest counts. Pure.

- Rows of the public price list count for everybody, those of another list for who has that list as well.
- A row counts from its `min_quantity` on, so that more units never cost more each.
- A sale price counts between its dates. A price rule (a promotion that lists show) takes off the price without sale, of
  rows of the public list: sale and rules do not add up, whichever is lower counts.

Amounts are minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog.products.rules import Lowest, Terms, price_at

PUBLIC = "default"  # the price list of everybody
_WHOLE = 10_000  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class Row:
    """One price of a variant: for whom, and from how many units on."""

    terms: Terms
    price_list: str = PUBLIC
    min_quantity: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A promotion that lists show: `points` (hundredths of a percent) or an amount off each unit, or a price for it;
    amounts by currency. For what has any of `any_of` (everything where it is empty) and none of `none_of`.
    """

    id: str
    name: str
    points: int = 0
    amounts: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[str, int] = field(default_factory=dict)
    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()
    starts: datetime | None = None
    ends: datetime | None = None

    def is_for(self, keys: frozenset[str]) -> bool:
        return (not self.any_of or not self.any_of.isdisjoint(keys)) and self.none_of.isdisjoint(keys)

    def is_on(self, moment: datetime) -> bool:
        return (self.starts is None or self.starts <= moment) and (self.ends is None or moment < self.ends)

    def price(self, amount: int, currency: str) -> int:
        """What is paid instead of `amount`: no more than that, never below zero; half a unit off is rounded up."""
        if self.points:
            return amount - (2 * amount * self.points + _WHOLE) // (2 * _WHOLE)
        if currency in self.prices:
            return min(amount, self.prices[currency])
        return max(0, amount - self.amounts.get(currency, 0))


@dataclass(frozen=True, slots=True)
class Charge:
    """Of one unit: what is paid, what without sale and rules, and the name of the rule that makes it so cheap."""

    amount: int
    regular: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """A variant's prices in one currency, with the rules that it falls under: all that its price depends on."""

    currency: str
    rows: Sequence[Row]
    rules: Sequence[Rule] = ()

    def at(self, moment: datetime, *, quantity: int = 1, price_list: str = PUBLIC) -> Charge | None:
        """Of each of so many units; None where it is not sold by the unit."""
        rows = [row for row in self.rows if row.price_list in {PUBLIC, price_list}]
        if not any(row.min_quantity == 1 for row in rows):
            return None
        rows = [row for row in rows if row.min_quantity <= quantity]
        paid = [(price_at(row.terms, moment).amount, "") for row in rows]
        for rule in self.rules:
            if rule.is_on(moment):
                public = (row.terms.amount for row in rows if row.price_list == PUBLIC)
                paid += [(rule.price(amount, self.currency), rule.name) for amount in public]
        amount, rule_name = min(paid)
        return Charge(amount, min(row.terms.amount for row in rows), rule_name)

    def breaks(self, moment: datetime, *, price_list: str = PUBLIC) -> list[tuple[int, Charge]]:
        """From how many units on it is cheaper, and what each costs then; the fewest first."""
        steps = sorted({row.min_quantity for row in self.rows if row.price_list in {PUBLIC, price_list}} - {1})
        found: list[tuple[int, Charge]] = []
        if not steps:
            return found
        before = self.at(moment, price_list=price_list)
        for step in steps:
            charge = self.at(moment, quantity=step, price_list=price_list)
            if before is not None and charge is not None and charge.amount < before.amount:
                found.append((step, charge))
                before = charge
        return found

    def until(self, moment: datetime, *, price_list: str = PUBLIC) -> datetime | None:
        """When one unit costs something else, or something else is struck out; None where nobody knows that."""
        now = self.at(moment, price_list=price_list)
        for edge in sorted({edge for edge in self.edges() if edge > moment}):
            then = self.at(edge, price_list=price_list)
            if now is None or then is None or (then.amount, then.regular) != (now.amount, now.regular):
                return edge
        return None

    def edges(self) -> list[datetime]:
        """When a sale or a rule starts or ends."""
        spans = [(row.terms.starts, row.terms.ends) for row in self.rows if row.terms.sale is not None]
        spans += [(rule.starts, rule.ends) for rule in self.rules]
        return [edge for span in spans for edge in span if edge is not None]


def lowest(variants: Iterable[Priced], moment: datetime, *, price_list: str = PUBLIC) -> Lowest | None:
    """The price that a list shows of a product with these variants; None where none of them has one."""
    charged, edges = [], []
    for one in variants:
        charge = one.at(moment, price_list=price_list)
        if charge is not None:
            charged.append(charge)
            edges += [edge for edge in one.edges() if edge > moment]
    if not charged:
        return None
    cheapest = min(charged, key=lambda charge: (charge.amount, charge.regular))
    return Lowest(
        amount=cheapest.amount,
        regular=cheapest.regular,
        has_range=len({charge.amount for charge in charged}) > 1,
        changes_at=min(edges, default=None),
    )


def keys_of(
    *,
    variant: object = "",
    product: object = "",
    brand: str = "",
    categories: Iterable[str] = (),
    tags: Iterable[str] = (),
    attributes: Iterable[tuple[str, str]] = (),
) -> frozenset[str]:
    """What something is, as promotions name it; `categories` with those above them."""
    keys = {f"variant:{variant}", f"product:{product}", f"brand:{brand}"}
    keys.update(f"category:{one}" for one in categories)
    keys.update(f"tag:{one}" for one in tags)
    keys.update(f"attribute:{code}={value}" for code, value in attributes)
    return frozenset(keys)
