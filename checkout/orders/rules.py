"""Pure rules of orders: what a guard objects to, and states derived from sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at: sums over the order's payments in minor units, and how far its parcels are."""

    total: int
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    held: int = 0  # of authorised: may still be captured
    secured: int = 0  # captured, or held in a way that needs no more of the shopper (captured on shipment, a promise)
    fulfilment: str = "unfulfilled"


# A guard returns None, or the key of its objection (`services.OBJECTIONS` has the sentence).
Guard = Callable[[Facts], str | None]


def is_paid(facts: Facts) -> str | None:
    return None if max(facts.captured, facts.secured) - facts.refunded >= facts.total else "not_paid"


def is_covered(facts: Facts) -> str | None:
    """Taken, or held in a way that needs no more of the shopper. What was given back is ours to give, short of all."""
    came = max(facts.captured, facts.secured)
    is_all_back = 0 < facts.captured == facts.refunded
    return "not_covered" if came < facts.total or is_all_back else None


def is_unpaid(facts: Facts) -> str | None:
    return None if facts.captured == facts.refunded else "paid"


def is_authorised(facts: Facts) -> str | None:
    return None if facts.authorised >= facts.total else "not_authorised"


def is_picked(facts: Facts) -> str | None:
    return is_covered(facts) or (None if facts.fulfilment == "picked" else "not_picked")


def is_handed_over(facts: Facts) -> str | None:
    return is_covered(facts) or (None if facts.fulfilment == "shipped" else "not_handed_over")


def is_delivered(facts: Facts) -> str | None:
    return None if facts.fulfilment == "delivered" else "not_delivered"


def is_here(facts: Facts) -> str | None:
    return None if facts.fulfilment in {"unfulfilled", "picked"} else "handed_over"


def is_back(facts: Facts) -> str | None:
    return None if facts.fulfilment == "returned" else "not_back"


def is_refunded(facts: Facts) -> str | None:
    return None if 0 < facts.captured == facts.refunded and not facts.held else "not_refunded"


def always(facts: Facts) -> str | None:
    return None


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        always,
        is_paid,
        is_unpaid,
        is_authorised,
        is_covered,
        is_picked,
        is_handed_over,
        is_delivered,
        is_here,
        is_back,
        is_refunded,
    )
}


def payment_state(facts: Facts, *, is_voided: bool = False) -> str:
    """`Order.PaymentState` from the sums; `is_voided`: the order is cancelled and nothing of a hold is left."""
    if facts.captured:
        if facts.refunded == facts.captured:
            return "refunded"
        if facts.refunded:
            return "partly_refunded"
        return "paid" if facts.captured >= facts.total else "partly_paid"
    if is_voided:
        return "voided"
    return "authorised" if facts.authorised >= facts.total > 0 else "due"


def number(year: int, position: int) -> str:
    """ "ORD-2026000001": the year and at least six digits. Unique because `position` is, whatever the year."""
    return f"ORD-{year}{position:06d}"
