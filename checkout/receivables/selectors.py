"""Reads of receivables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from checkout.receivables.models import Receivable
from shop.core import db


def of_payment(payment_id: UUID) -> Receivable | None:
    """The receivable of a payment with its entries; None if it promised nothing."""
    return Receivable.objects.filter(payment_id=payment_id).prefetch_related("entries").first()


def open_of(order_id: UUID) -> list[Receivable]:
    """What is still to come for an order, the earliest due first."""
    return list(still_open().filter(order_id=order_id).order_by("due_on", "id"))


def to_remind(*, limit: int = 200) -> list[Receivable]:
    """Those past their day of which nobody was reminded yet, the oldest first."""
    rows = overdue().filter(reminded_at=None)
    return list(rows.order_by("due_on", "id")[:limit])


def overdue() -> QuerySet[Receivable]:
    """Not fully paid though the day is past."""
    return still_open().filter(due_on__lt=db.clock().date())


def between(since: datetime, until: datetime) -> list[Receivable]:
    """Promised in [since, until), oldest first, with their entries."""
    rows = Receivable.objects.filter(created_at__gte=since, created_at__lt=until)
    return list(rows.order_by("id").prefetch_related("entries"))


def still_open() -> QuerySet[Receivable]:
    """Not fully paid, and not let go."""
    return Receivable.objects.filter(amount_minor__gt=F("received_minor") + F("released_minor"))
