"""What comes out of the checkout's calls about parcels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from checkout.fulfilment import selectors as fulfilment
from inventory.stock import selectors as stock


class ShipmentLineOut(serializers.Serializer[Any]):
    line_id = serializers.UUIDField()
    quantity = serializers.IntegerField()
    picked = serializers.IntegerField()


class TrackingEventOut(serializers.Serializer[Any]):
    """What the carrier said, `at` by its clock."""

    code = serializers.CharField()
    text = serializers.CharField()
    place = serializers.CharField()
    at = serializers.DateTimeField()


class ShipmentOut(serializers.Serializer[Any]):
    """A parcel, also one that is not packed yet: open, picked, shipped or delivered."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.CharField()
    location = serializers.CharField()
    carrier = serializers.CharField()
    tracking_number = serializers.CharField()
    tracking_url = serializers.CharField()
    shipped_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    lines = ShipmentLineOut(many=True)
    events = TrackingEventOut(many=True)


def of_order(order_id: UUID) -> list[dict[str, Any]]:
    """The parcels of an order, oldest first. Four queries, however many parcels."""
    places = stock.location_names()
    return [_shipment(one, places) for one in fulfilment.tracked(order_id)]


def _shipment(one: Any, places: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "number": one.number,
        "status": one.status,
        "location": places.get(one.location_id, ""),
        "carrier": one.carrier,
        "tracking_number": one.tracking_number,
        "tracking_url": one.tracking_url,
        "shipped_at": one.shipped_at,
        "delivered_at": one.delivered_at,
        "lines": [
            {"line_id": line.order_line_id, "quantity": line.quantity, "picked": line.picked}
            for line in sorted(one.lines.all(), key=lambda line: line.order_line.position)
        ],
        "events": [
            {"code": event.code, "text": event.text, "place": event.place, "at": event.at} for event in one.events.all()
        ],
    }
