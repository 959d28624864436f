"""The lock of a receivable. Taken alone: no other lock is asked for while it is held."""

from __future__ import annotations

from uuid import UUID

from checkout.receivables.models import Receivable


def receivable(payment_id: UUID) -> Receivable:
    """The receivable of a payment, locked. Raises `Receivable.DoesNotExist`."""
    return Receivable.objects.select_for_update().get(payment_id=payment_id)
