"""What is held for a cart's lines because their owner waited for it. A claim that is over counts for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from cart.carts.models import CartLine
from inventory.waitlist import selectors as waitlist
from inventory.waitlist.selectors import Held


def held(lines: Iterable[CartLine]) -> dict[UUID, Held]:
    """Units that are held for the lines now, by variant. No query where no line has a claim."""
    claims = [line.claim_id for line in lines if line.claim_id]
    return {one.variant_id: one for one in waitlist.held(claims).values()} if claims else {}


def added(available: dict[UUID, int], lines: Iterable[CartLine]) -> dict[UUID, int]:
    """`available` units by variant, and with them those held for the lines."""
    return {**available, **{key: available.get(key, 0) + one.units for key, one in held(lines).items()}}


def taken(lines: Iterable[CartLine], held: Mapping[UUID, Held]) -> set[UUID]:
    """Lines whose claim another cart's order has used: the same link was opened twice. `held` is what others have."""
    claimed = {line.claim_id: line.pk for line in lines if line.claim_id and line.variant_id not in held}
    return {claimed[entry] for entry in waitlist.taken(claimed)} if claimed else set()
