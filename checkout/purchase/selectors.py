"""Reads of what was entered on the way to an order, and of the line that waits to have its orders placed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from checkout.orders.models import Order
from checkout.purchase.models import CheckoutDetails, QueuedOrder

PACE = timedelta(seconds=30)  # over which the pace of the line is measured
_OPEN = (QueuedOrder.Status.WAITING, QueuedOrder.Status.WORKING)


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a click on "Pay" stands. `place`: 1 is next, 0 no longer in line; `seconds`: about how long it takes yet,
    None when nothing can be said. `order_id` once placed; `code`, `message`, `facts` when it was refused."""

    token: str
    key: str
    cart_id: UUID
    status: str
    place: int
    seconds: int | None
    order_id: UUID | None
    code: str
    message: str
    facts: dict[str, list[str]]


def turn(*, token: str = "", key: str = "") -> Turn | None:
    """The turn with this token, or for this key; None if there is none (any more)."""
    rows = QueuedOrder.objects.filter(token=token) if token else QueuedOrder.objects.filter(key=key)
    row = rows.first()
    return _turn(row) if row else None


def _turn(row: QueuedOrder) -> Turn:
    place, seconds = 0, None
    if row.status in _OPEN:
        place = QueuedOrder.objects.filter(status__in=_OPEN, number__lt=row.number).count() + 1
        pace = QueuedOrder.objects.filter(started_at__gt=Now() - PACE).aggregate(
            ended=Count("pk", filter=Q(ended_at__isnull=False))
        )["ended"]
        seconds = round(place * PACE.total_seconds() / pace) if pace else None
    return Turn(
        token=row.token,
        key=row.key,
        cart_id=row.cart_id,
        status=row.status,
        place=place,
        seconds=seconds,
        order_id=row.order_id,
        code=row.code,
        message=row.message,
        facts=row.facts,
    )


def somebody_waits() -> bool:
    """Whether anybody's turn has not come yet."""
    return QueuedOrder.objects.filter(status=QueuedOrder.Status.WAITING).exists()


def waiting() -> int:
    """How many clicks are in line or being served."""
    return QueuedOrder.objects.filter(status__in=_OPEN).count()


def details_of(cart_id: UUID) -> CheckoutDetails | None:
    """What was entered for this cart; None before the first step was completed."""
    found = CheckoutDetails.objects.filter(cart_id=cart_id).first()
    return found if found and found.email and (found.shipping_address or found.billing_address) else None


def is_unpaid(order_id: UUID) -> bool:
    """Whether there is such an order and it still waits for its payment."""
    return _unpaid().filter(pk=order_id).exists()


def overdue(*, limit: int) -> list[UUID]:
    """Some of the orders that wait for their payment longer than a card's hold lasts (those paid by transfer may)."""
    late = _unpaid().filter(placed_at__lt=Now() - settings.RESERVATION_TTL)
    return list(late.order_by("?").values_list("pk", flat=True)[:limit])


def _unpaid() -> QuerySet[Order]:
    return Order.objects.filter(status__in=[Order.Status.PENDING, Order.Status.PAYMENT_PENDING])
