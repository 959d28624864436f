"""Reads of disputes."""

from __future__ import annotations

from uuid import UUID

from checkout.disputes.models import Dispute


def dispute(dispute_id: UUID) -> Dispute:
    """With its order. Raises `Dispute.DoesNotExist`."""
    return Dispute.objects.select_related("order").get(pk=dispute_id)


def of_order(order_id: UUID) -> list[Dispute]:
    """Newest first."""
    return list(Dispute.objects.filter(order_id=order_id).order_by("-id"))
