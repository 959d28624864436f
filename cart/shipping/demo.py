"""Delivery in the demo: a zone priced by weight, a promise of the day, and a place where things are collected."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import transaction

from cart.shipping import calendars
from cart.shipping.models import ShippingMethod, ShippingPoint, ShippingRate, ShippingZone
from inventory.stock.models import Location
from shop.core import db
from shop.core.money import Money

FIRST = {"standard", "express", "international"}  # what every shop begins with; they stay as they are
BANDS = ((1_000, "9.90"), (5_000, "14.90"), (20_000, "29.00"))  # grams
EUROPE = ["AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "LU", "NL", "NO", "PL", "PT", "SE"]
PLACE = {
    "address1": "1 N State St", "address2": "", "city": "Chicago", "state": "IL", "postal_code": "60602",
    "country": "US",
}  # fmt: skip


def load() -> bool:
    """Add them to a shop that has only the methods that it began with, and no zones or points; whether it did."""
    with transaction.atomic(using=db.DEFAULT):
        known = set(ShippingMethod.objects.values_list("code", flat=True))
        location = Location.objects.using(db.INVENTORY).filter(is_default=True).first()
        if known != FIRST or location is None or ShippingZone.objects.exists() or ShippingPoint.objects.exists():
            return False
        ShippingPoint.objects.create(
            location_id=location.pk, name="State Street shop", address=PLACE, time_zone="America/Chicago",
            cut_off=time(14), opening_hours="Mon–Fri 9–19, Sat 10–16",
        )  # fmt: skip
        _method("pickup", "Collect in the shop", 0, countries=["US"], kind="collect", location_id=location.pk,
                min_days=0, max_days=1, position=4)  # fmt: skip
        europe = ShippingZone.objects.create(name="Europe", position=10, countries=EUROPE)
        post = _method("europe", "Post, by weight", BANDS[0][1], zone=europe, basis="weight", divisor=5000,
                       min_days=5, max_days=8, most_grams=BANDS[-1][0], position=5)  # fmt: skip
        ShippingRate.objects.bulk_create(
            ShippingRate(method=post, up_to=grams, price_minor=_minor(price)) for grams, price in BANDS
        )
        _method("europe-express", "Express", "39.00", zone=europe, min_days=2, max_days=3, cut_off=time(11),
                position=6)  # fmt: skip
        transaction.on_commit(calendars.forget, using=db.DEFAULT)
    return True


def _minor(amount: str | int) -> int:
    return Money.rounded(amount, settings.DEFAULT_CURRENCY).minor


def _method(code: str, name: str, price: str | int, **fields: object) -> ShippingMethod:
    return ShippingMethod.objects.create(
        code=code, name=name, currency=settings.DEFAULT_CURRENCY, price_minor=_minor(price), **fields
    )
