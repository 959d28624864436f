"""Ways of delivery, points and stock at several locations."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from cart.shipping import calendars
from cart.shipping.models import Holiday, ShippingMethod, ShippingPoint, ShippingRate, ShippingZone
from inventory.stock import services as stock
from inventory.stock.models import Location

CHICAGO = {
    "address1": "1 N State St", "address2": "", "city": "Chicago", "state": "IL", "postal_code": "60602",
    "country": "US",
}  # fmt: skip


def method(code: str = "post", *, bands: Any = (), **fields: Any) -> ShippingMethod:
    """`bands`: (up to, price) or (up to, price, step, step price)."""
    given = {"name": code.title(), "currency": "USD", "price_minor": 500, "countries": [], "min_days": 1, "max_days": 2}
    if "zone" not in fields and "countries" not in fields:
        given["countries"] = ["US"]
    made = ShippingMethod.objects.create(code=code, **{**given, **fields})
    for up_to, price, *step in bands:
        steps = dict(zip(("step", "step_price_minor"), step, strict=False))
        ShippingRate.objects.create(method=made, up_to=up_to, price_minor=price, **steps)
    calendars.forget()
    return made


def zone(name: str, **fields: Any) -> ShippingZone:
    made = ShippingZone.objects.create(name=name, **fields)
    calendars.forget()
    return made


def holiday(on: Any, country: str = "") -> Holiday:
    made = Holiday.objects.create(on=on, country=country, name="Day off")
    calendars.forget()
    return made


def point(location: Location, **fields: Any) -> ShippingPoint:
    given = {
        "name": location.name, "address": CHICAGO, "time_zone": "America/Chicago", "cut_off": time(14),
        "keeps_holidays": False,
    }  # fmt: skip
    made = ShippingPoint.objects.create(location_id=location.pk, **{**given, **fields})
    calendars.forget()
    return made


def location(code: str, priority: int = 50) -> Location:
    return Location.objects.create(code=code, name=code.title(), priority=priority)


def put(units: int, variant_id: UUID, at: Location) -> None:
    stock.set_on_hand(
        levels={variant_id: units}, skus={variant_id: f"SKU-{variant_id.hex[-8:]}"}, location=at.code,
        reason="start", by="test",
    )  # fmt: skip
