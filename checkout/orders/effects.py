"""What follows from a transition, as the event that tells it. Who hears it: shop/subscriptions.py."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from checkout.orders.models import Order
from shop.events import types

# order, the payment concerned, the reason
Effect = Callable[[Order, UUID | None, str], types.Event]


def placed(order: Order, about: UUID | None, reason: str) -> types.Event:
    return types.OrderPlaced(order_id=order.pk, payment_id=about)


def paid(order: Order, about: UUID | None, reason: str) -> types.Event:
    variants = order.lines.order_by("position").values_list("variant_id", flat=True)
    return types.OrderPaid(order_id=order.pk, customer_id=order.customer_id, variant_ids=list(dict.fromkeys(variants)))


def payment_failed(order: Order, about: UUID | None, reason: str) -> types.Event:
    if about is None:
        raise ValueError("say which payment failed")
    return types.PaymentFailed(order_id=order.pk, payment_id=about)


def cancelled(order: Order, about: UUID | None, reason: str) -> types.Event:
    return types.OrderCancelled(order_id=order.pk, reason=reason, was_paid=order.captured_minor > 0)


def delivered(order: Order, about: UUID | None, reason: str) -> types.Event:
    return types.OrderDelivered(order_id=order.pk)


def refunded(order: Order, about: UUID | None, reason: str) -> types.Event:
    return types.OrderRefunded(order_id=order.pk)


EFFECTS: dict[str, Effect] = {
    effect.__name__: effect for effect in (placed, paid, payment_failed, cancelled, delivered, refunded)
}
