"""Reads of disputes."""

from __future__ import annotations

from uuid import UUID

from checkout.disputes.models import Dispute


def dispute(dispute_id: UUID) -> Dispute:
    """With its order. Raises `Dispute.DoesNotExist`."""
    return Dispute.objects.select_related("order").get(pk=dispute_id)


def is_open(payment_id: UUID) -> bool:
    """Whether somebody calls money of this payment back and nobody has decided on it."""
    return Dispute.objects.filter(payment_id=payment_id, status=Dispute.Status.OPEN).exists()


def of_order(order_id: UUID) -> list[Dispute]:
    """Newest first."""
    return list(Dispute.objects.filter(order_id=order_id).order_by("-id"))
