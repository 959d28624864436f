"""What is there for the lines of a cart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from cart.carts import claims
from cart.carts.models import CartLine
from cart.pricing import selectors as pricing
from catalog.bundles import selectors as bundles
from inventory.stock import selectors as stock


def available(
    rows: Iterable[CartLine], quoted: Mapping[str, pricing.QuotedLine], *, is_fresh: bool
) -> dict[UUID, stock.Availability]:
    """Of what the lines take, of bundles their parts."""
    wanted = Counter[UUID]()
    for row in rows:
        if row.key in quoted:
            for variant_id, units in _units(quoted[row.key]).items():
                wanted[variant_id] += units * row.quantity
    if not wanted:
        return {}
    if is_fresh:
        return stock.availability(wanted)
    shown = stock.shown(wanted)
    short = [variant_id for variant_id, quantity in wanted.items() if shown[variant_id].units < quantity]
    return {**shown, **stock.availability(short)} if short else shown


def _units(line: pricing.QuotedLine | None) -> Mapping[UUID, int]:
    """What one unit of a line takes from the stock."""
    if line is None:
        return {}
    return {part.offer.variant_id: part.quantity for part in line.parts} or {line.variant_id: 1}


def left(
    rows: Iterable[CartLine],
    quoted: Mapping[str, pricing.QuotedLine],
    available: Mapping[UUID, stock.Availability],
    held: Mapping[UUID, claims.Held],
) -> dict[UUID, stock.Availability]:
    """What each line can have: those that take the same units get them in turn, and those held are for all of them."""
    rest = dict(available)
    for key, one in held.items():
        if key in rest:
            rest[key] = replace(rest[key], units=rest[key].units + one.units, on_hand=rest[key].on_hand + one.units)
    found = {}
    for row in rows:
        taken = _units(quoted.get(row.key))
        found[row.pk] = bundles.composed(taken, rest)
        for key, units in taken.items():
            have, gone = rest.get(key, stock.NOTHING), units * row.quantity
            rest[key] = replace(have, units=max(0, have.units - gone), on_hand=max(0, have.on_hand - gone))
    return found
