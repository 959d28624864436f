"""What waits for another try: requests without an answer, refunds that failed, webhooks that were not processed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from checkout.payments import rules
from checkout.payments.models import Capture, ProviderEvent, Refund
from shop.core import db


def unsent(limit: int = 200) -> tuple[list[UUID], list[UUID]]:
    """Captures and refunds that were asked for two minutes ago or longer and have no answer: their message was lost."""
    old = Now() - timedelta(minutes=2)
    captures = Capture.objects.filter(status=Capture.Status.REQUESTED, created_at__lte=old).order_by("created_at")
    refunds = Refund.objects.filter(status=Refund.Status.REQUESTED, reference="", created_at__lte=old)
    return (
        list(captures.values_list("id", flat=True)[:limit]),
        list(refunds.order_by("created_at").values_list("id", flat=True)[:limit]),
    )


def failed_refunds(limit: int = 200) -> list[UUID]:
    """Refunds that failed, were not asked for again, and may be by now."""
    again = Refund.objects.filter(retry_of=OuterRef("pk"))
    failed = Refund.objects.filter(status=Refund.Status.FAILED, attempt__lt=rules.MAX_REFUND_TRIES)
    rows = failed.exclude(Exists(again)).order_by("created_at").values_list("id", "created_at", "attempt")
    now = db.clock()
    return [pk for pk, created_at, attempt in rows[:limit] if created_at + rules.refund_pause(attempt) <= now]


def parked_events(limit: int = 200) -> list[UUID]:
    """Webhooks that are not processed and due for a try, oldest first."""
    now = db.clock()
    rows = ProviderEvent.objects.filter(processed_at=None).order_by("received_at").values_list(
        "id", "received_at", "attempts"
    )  # fmt: skip
    return [pk for pk, received_at, attempts in rows[:limit] if received_at + rules.retry_pause(attempts) <= now]
