"""What the desk does for a shopper besides showing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from cart.carts import selectors as cart_selectors
from cart.carts import services as carts
from cart.carts.models import Cart
from checkout.archive import selectors as archive
from checkout.changes import services as changes
from checkout.orders import emails
from checkout.orders import lines as order_lines
from checkout.orders.models import Order
from shop.core import db

ChangeRefused = changes.EditRefused
OrderCancelled = changes.OrderCancelled


@dataclass(frozen=True, slots=True)
class Reordered:
    """What was put into the cart (how many units), and a sentence for everything that was not, or not all of it."""

    units: int
    missing: tuple[str, ...]


def send_link(*, number: str, email: str) -> bool:
    """Mail the link of order `number` to its own address if that is `email`; at most once an hour for an order.

    Returns whether a mail was queued; callers must not tell.
    """
    found = archive.order(number[:20])
    if found is None or found.email.casefold() != email.strip().casefold():
        return False
    hour = db.clock().strftime("%Y%m%d%H")
    return emails.send(found, "order_link", key=hour, is_renewed=False)


def preview_cancelling(*, order_id: UUID, units: Mapping[UUID, int]) -> changes.Preview:
    """What the order would come to without these units (by line id). Raises as `cancel_units` does."""
    return changes.preview(order_id=order_id, removed=units, kind="cancel", only_unpicked=True)


def cancel_units(*, order_id: UUID, units: Mapping[UUID, int], by: str, seen_revision: int | None = None) -> None:
    """Take units (by line id) off an order for its shopper, as long as nobody picks them.

    `seen_revision`: the order's as the shopper saw it; None where that does not matter.

    Called outside of transactions. Raises `ChangeRefused`, and `OrderCancelled` when nothing was left of it.
    """
    reason = _("Cancelled by the customer.")
    changes.cancel_units(
        order_id=order_id, units=units, reason=reason, by=by, seen_revision=seen_revision, only_unpicked=True
    )  # fmt: skip


def reorder(*, order: Order, cart: Cart, by: str) -> Reordered:
    """Put what was ordered into a cart, as far as it is sold and there; of an archived order too.

    Raises `carts.CartClosed`.
    """
    present = Counter[UUID]()
    for there in cart_selectors.lines_of(cart.pk):
        present[there.variant_id] += there.quantity
    units, missing = 0, []
    for again in order_lines.asked(order.lines.all()):
        added, why = _put(cart, again, again.quantity, present[again.variant_id], by)
        present[again.variant_id] += added  # another line may be of the same variant
        units += added
        if added < again.quantity:
            missing.append(f"{again.name}: {why}")
    return Reordered(units, tuple(missing))


def _put(cart: Cart, line: order_lines.Asked, wanted: int, present: int, by: str) -> tuple[int, str]:
    """How many units went in, and why not all of them."""
    try:
        carts.add(
            cart=cart, variant_id=line.variant_id, quantity=wanted, by=by, customizations=line.customizations
        )  # fmt: skip
    except carts.CartClosed:
        raise
    except carts.NotEnoughStock as refused:
        left = refused.available - present
        if left > 0 and left < wanted:
            return _put(cart, line, left, present, by)[0], refused.message
        return 0, refused.message
    except carts.CartRefused as refused:
        return 0, refused.message
    return wanted, ""
