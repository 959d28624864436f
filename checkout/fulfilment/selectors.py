"""Reads of shipments."""

from __future__ import annotations

from uuid import UUID

from checkout.fulfilment.models import Shipment, TrackingEvent


def shipments_of(order_id: UUID) -> list[Shipment]:
    """Oldest first, lines with their order lines prefetched; cancelled ones left out."""
    rows = Shipment.objects.filter(order_id=order_id).exclude(status=Shipment.Status.CANCELLED)
    return list(rows.order_by("id").prefetch_related("lines__order_line"))


def shipment(shipment_id: UUID) -> Shipment:
    """A shipment. Raises `Shipment.DoesNotExist`."""
    return Shipment.objects.get(pk=shipment_id)


def events_of(shipment_id: UUID) -> list[TrackingEvent]:
    """What was told of a parcel under way, oldest first."""
    return list(TrackingEvent.objects.filter(shipment_id=shipment_id).order_by("at", "id"))
