"""Locks of payments: taken after the order's."""

from __future__ import annotations

from uuid import UUID

from checkout.orders import locking as orders
from checkout.orders.models import Order
from checkout.payments.models import Payment


def order_and_payment(payment_id: UUID) -> tuple[Order, Payment]:
    """A payment and its order, locked in the order of the whole shop. Raises `Payment.DoesNotExist`."""
    order = orders.order(Payment.objects.values_list("order_id", flat=True).get(pk=payment_id))
    return order, Payment.objects.select_for_update().get(pk=payment_id)


def order_and_payments(order_id: UUID) -> tuple[Order, list[Payment]]:
    """An order and all its payments, oldest first, locked."""
    order = orders.order(order_id)
    return order, list(Payment.objects.select_for_update().filter(order_id=order_id).order_by("id"))
