"""The disputes' one command."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models.functions import Now

from checkout.disputes.models import Dispute
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

_OVER = {Dispute.Status.WON, Dispute.Status.LOST}


def note(
    *, order_id: UUID, payment_id: UUID, reference: str, amount: Money, status: str, reason: str = "",
    due_at: datetime | None = None,
) -> Dispute:  # fmt: skip
    """How a dispute stands (`Dispute.Status`), in the caller's transaction, which holds the order's lock. Idempotent.

    Staff are told of each change by `DisputeChanged`. What is decided stays decided, unless it was decided otherwise.
    """
    found, is_new = Dispute.objects.get_or_create(
        payment_id=payment_id, reference=reference,
        defaults={"order_id": order_id, "amount_minor": amount.minor, "currency": amount.currency, "status": status,
                  "reason": reason[:60], "due_at": due_at},
    )  # fmt: skip
    if not is_new and found.status == status and (found.due_at or due_at) == found.due_at:
        return found
    is_other = is_new or found.status != status
    found.status, found.reason, found.due_at = status, reason[:60] or found.reason, due_at or found.due_at
    closed_at = Now() if status in _OVER else None
    Dispute.objects.filter(pk=found.pk).update(
        status=found.status, reason=found.reason, due_at=found.due_at, closed_at=closed_at
    )
    if is_other:
        audit.record(
            action=f"dispute.{status}", by="system", object_type="order", object_id=order_id,
            changes={"dispute": str(found.pk), "amount_minor": amount.minor}, using=db.DEFAULT,
        )  # fmt: skip
        bus.publish(types.DisputeChanged(order_id=order_id, dispute_id=found.pk, status=status), using=db.DEFAULT)
    return found
