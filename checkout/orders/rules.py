"""Pure rules of orders: what a guard objects to, and states derived from sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guards look at: sums over the order's payments in minor units, and how far its parcels are."""

    total: int
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    held: int = 0  # of authorised: may still be captured
    # captured, or held in a way that needs no more of the shopper (captured on shipment, a promise), less what is asked
    # to go back
    secured: int = 0
    fulfilment: str = "unfulfilled"
    allowed: int = 0  # of total: need not be paid (returns, goodwill)
    to_pick: int = 0  # units in its parcels that nobody has picked yet
    is_over: bool = False  # cancelled, or given back: nothing of it is due
    is_by_email: bool = False  # all of it is sent by e-mail

    @property
    def due(self) -> int:
        return 0 if self.is_over else self.total - self.allowed

    @property
    def is_given_back(self) -> bool:
        """Whether all that came went back, and nothing more is to come."""
        return 0 < self.captured == self.refunded and self.due <= 0

    @property
    def came(self) -> int:
        """What is ours or will be, less what went back or is on its way."""
        return self.secured - self.refunded


# A guard returns None, or the key of its objection (`services.OBJECTIONS` has the sentence).
Guard = Callable[[Facts], str | None]


def is_paid(facts: Facts) -> str | None:
    return None if facts.came >= facts.due else "not_paid"


def is_covered(facts: Facts) -> str | None:
    """Taken, or held in a way that needs no more of the shopper. What was given back is ours to give, short of all."""
    return "not_covered" if facts.came < facts.due or facts.is_given_back else None


def is_unpaid(facts: Facts) -> str | None:
    return None if facts.captured == facts.refunded else "paid"


def is_authorised(facts: Facts) -> str | None:
    return None if facts.authorised >= facts.due else "not_authorised"


def is_picked(facts: Facts) -> str | None:
    is_all = facts.fulfilment in {"picked", "partly_shipped", "shipped", "delivered"} and not facts.to_pick
    return is_covered(facts) or (None if is_all else "not_picked")


def is_handed_over(facts: Facts) -> str | None:
    """Every unit has left, whatever was given back since: each parcel was asked whether it is paid for as it left."""
    return None if facts.fulfilment in {"shipped", "delivered"} else "not_handed_over"


def is_delivered(facts: Facts) -> str | None:
    return None if facts.fulfilment == "delivered" else "not_delivered"


def is_here(facts: Facts) -> str | None:
    return None if facts.fulfilment in {"unfulfilled", "picked"} else "handed_over"


def is_mailed(facts: Facts) -> str | None:
    """It left by e-mail alone and nothing came back: what was sent can be ended. Who cancels sees to that it was not
    used (`giftcards.bought.cancel_order`)."""
    return None if facts.is_by_email and facts.fulfilment in {"shipped", "delivered"} else "has_left"


def is_back(facts: Facts) -> str | None:
    return None if facts.fulfilment == "returned" else "not_back"


def is_refunded(facts: Facts) -> str | None:
    return None if facts.is_given_back and not facts.held else "not_refunded"


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
        is_mailed,
        is_back,
        is_refunded,
    )
}


def payment_state(facts: Facts) -> str:
    """`Order.PaymentState` from the sums."""
    if facts.is_given_back:
        return "refunded"
    if facts.captured > facts.refunded:
        if facts.captured - facts.refunded < facts.due:
            return "partly_paid"
        return "partly_refunded" if facts.refunded else "paid"
    return _state_without_money(facts)


def _state_without_money(facts: Facts) -> str:
    """The same, where nothing was taken or all of it went back: by what is held for what is due, if anything is."""
    if not facts.total and not facts.is_over:
        return "paid"  # it costs nothing
    held = facts.held if facts.captured else facts.authorised
    if facts.due <= 0:
        return "authorised" if held else "voided"
    return "authorised" if held >= facts.due else "due"


@dataclass(frozen=True, slots=True)
class Amounts:
    """What units of a line come to, in minor units: price, discount (positive), share of delivery, tax, and the part
    of that tax which the price already contains."""

    total: int = 0
    discount: int = 0
    shipping: int = 0
    tax: int = 0
    included: int = 0

    @property
    def value(self) -> int:
        """What they cost altogether."""
        return self.total - self.discount + self.shipping + self.tax - self.included

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(*(mine - theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def part(rest: Amounts, *, units: int, of: int) -> Amounts:
    """What `units` of the `of` units that make up `rest` are worth, each amount rounded down; all of them, all of it.

    Taken from the rest each time, so that parts taken one after another sum to the whole exactly, in whatever order
    units are removed and come back. Raises ValueError for more units than there are.
    """
    if not 0 <= units <= of:
        raise ValueError(f"{units} of {of} units")
    return Amounts(*(amount * units // of for amount in astuple(rest))) if of else Amounts()


def number(year: int, position: int) -> str:
    """ "ORD-2026000001": the year and at least six digits. Unique because `position` is, whatever the year."""
    return f"ORD-{year}{position:06d}"
