"""Reads of what was entered on the way to an order."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from checkout.orders.models import Order
from checkout.purchase.models import CheckoutDetails


def details_of(cart_id: UUID) -> CheckoutDetails | None:
    """What was entered for this cart; None before the first step was completed."""
    found = CheckoutDetails.objects.filter(cart_id=cart_id).first()
    return found if found and found.email and found.shipping_address else None


def is_unpaid(order_id: UUID) -> bool:
    """Whether there is such an order and it still waits for its payment."""
    return _unpaid().filter(pk=order_id).exists()


def overdue(*, limit: int) -> list[UUID]:
    """Some of the orders that wait for their payment longer than a card's hold lasts (those paid by transfer may)."""
    late = _unpaid().filter(placed_at__lt=Now() - settings.RESERVATION_TTL)
    return list(late.order_by("?").values_list("pk", flat=True)[:limit])


def _unpaid() -> QuerySet[Order]:
    return Order.objects.filter(status__in=[Order.Status.PENDING, Order.Status.PAYMENT_PENDING])
