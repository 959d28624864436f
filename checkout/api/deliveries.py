"""The shape of ways of delivery."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django_countries import countries
from rest_framework import serializers

from cart import api as cart_api
from cart.shipping.selectors import DeliveryOption, Place
from shop.core import addresses


class DeliveryParcelOut(serializers.Serializer[Any]):
    units = serializers.IntegerField()
    origin = serializers.CharField()
    arrives_from = serializers.DateField()
    arrives_by = serializers.DateField()


class CollectAtOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    address = serializers.ListField(child=serializers.CharField())
    opening_hours = serializers.CharField()


class DeliveryOptionOut(serializers.Serializer[Any]):
    """`orderBefore`: until when the dates hold (null: midnight). With `collectAt` it is ready there on `arrivesBy`."""

    id = serializers.CharField()
    name = serializers.CharField()
    price = serializers.CharField()
    arrives_by = serializers.DateField()
    arrives_from = serializers.DateField()
    order_before = serializers.DateTimeField(allow_null=True)
    parcels = DeliveryParcelOut(many=True)
    collect_at = CollectAtOut(allow_null=True)


def delivery_option(option: DeliveryOption) -> dict[str, Any]:
    return {
        "id": option.code,
        "name": option.name,
        "price": cart_api.amount(option.price),
        "arrives_by": option.arrives_on.isoformat(),
        "arrives_from": option.arrives_from.isoformat(),
        "order_before": option.order_before.astimezone(UTC).isoformat() if option.order_before else None,
        "parcels": [
            {
                "units": one.units,
                "origin": one.origin,
                "arrives_from": one.arrives_from.isoformat(),
                "arrives_by": one.arrives_on.isoformat(),
            }
            for one in option.parcels
        ],
        "collect_at": _collect_at(option.place) if option.place else None,
    }


def _collect_at(place: Place) -> dict[str, Any]:
    country = str(countries.name(place.address.get("country", "")))
    lines = addresses.lines(place.address, country_name=country)
    return {"name": place.name, "address": lines, "opening_hours": place.opening_hours}
