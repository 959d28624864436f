"""What of an order is paid with what, where it is more than one thing: a gift card and a card, say."""

from __future__ import annotations

from collections.abc import Iterable

from checkout.orders.models import Order
from checkout.payments import methods
from checkout.payments.models import Payment
from shop.core import formats

_OVER = (Payment.Status.FAILED, Payment.Status.CANCELLED, Payment.Status.REFUNDED)
_DONE = (Payment.Status.AUTHORISED, Payment.Status.PAID)


def told(order: Order, paid: Iterable[Payment]) -> list[dict[str, str]]:
    """Each way to pay with what it is to pay or has paid, what the shop itself owes first, in the active language;
    nothing where one pays all. `paid`: the order's payments."""
    sums: dict[str, int] = {}
    for one in sorted(paid, key=lambda one: one.provider not in methods.BALANCES):
        if one.status not in _OVER and (minor := _minor(one)) > 0:
            sums[one.provider] = sums.get(one.provider, 0) + minor
    if len(sums) < 2:
        return []
    return [
        {"label": str(methods.label(provider)), "amount": formats.money(order.money(minor))}
        for provider, minor in sums.items()
    ]


def gift(paid: Iterable[Payment]) -> int:
    """Minor units that gift cards pay, or hold until the rest is paid."""
    return sum(_minor(one) for one in paid if one.provider == methods.GIFT_CARD and one.status in _DONE)


def _minor(payment: Payment) -> int:
    if payment.status not in _DONE:
        return payment.amount_minor
    return payment.captured_minor - payment.refunded_minor + payment.held_minor
