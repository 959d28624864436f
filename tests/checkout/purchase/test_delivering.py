"""What the checkout says of ways of delivery, and orders that are collected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from cart.carts import access
from cart.shipping.models import ShippingMethod
from cart.shipping.selectors import DeliveryOption, Parcel, Place
from checkout.purchase import delivering
from checkout.purchase import services as purchase
from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from shop.core.money import Money
from tests.factories import cart, shipping

NOW = datetime(2026, 11, 23, 16, 48, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
PLAIN = DeliveryOption("post", "Post", Money(500, "USD"), TUESDAY, TUESDAY, quoted_at=NOW)


def option(**fields: object) -> DeliveryOption:
    return DeliveryOption("post", "Post", Money(500, "USD"), TUESDAY, TUESDAY, quoted_at=NOW, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "zone", "said"),
    [
        (timedelta(hours=3, minutes=12), "America/Chicago", "if you order by 2:00\u202fPM (CST) today"),
        (timedelta(minutes=12), "Europe/Berlin", "if you order by 6:00\u202fPM (CET) today"),
        (timedelta(minutes=12), "Asia/Riyadh", "if you order by 8:00\u202fPM (UTC+03) today"),
        (timedelta(hours=20, minutes=42), "America/Chicago", "if you order by 7:30\u202fAM (CST) tomorrow"),
        (timedelta(hours=8), "Asia/Tokyo", "if you order by 9:48\u202fAM (JST) today"),  # it is the 24th there
        (timedelta(seconds=59), "UTC", ""),
        (timedelta(hours=24), "UTC", ""),
        (timedelta(hours=-1), "UTC", ""),
    ],
)
def test_a_deadline_that_is_near_is_a_time_of_the_senders_day(left, zone, said):
    assert delivering.deadline(option(order_before=(NOW + left).astimezone(ZoneInfo(zone)))) == said


def test_days_parcels_and_places():
    two = (Parcel(1, TUESDAY, TUESDAY, "Loop"), Parcel(2, TUESDAY, date(2026, 11, 25)))
    shown = delivering.option(option(parcels=two), is_selected=False)
    assert shown["arrives"] == "Arrives Tue, Nov 24"
    assert shown["parcels"] == ["1 item, arrives Tue, Nov 24 from Loop", "2 items, arrive Wed, Nov 25"]
    assert delivering.option(option(parcels=two[:1]), is_selected=False)["parcels"] == []
    collected = delivering.option(option(place=Place("Loop", shipping.CHICAGO)), is_selected=True)
    assert collected["arrives"] == "Ready Tue, Nov 24"
    assert collected["place"] == ["Loop", "1 N State St", "Chicago, IL 60602"]


@pytest.fixture
def shop(db: None) -> tuple:
    """A thing of which the usual warehouse has four and the shop three, which can be collected there."""
    cart.rates()
    loop = shipping.location("loop", 200)
    shipping.point(loop, opening_hours="Mon–Sat 9–18")
    shipping.method("collect", kind="collect", location_id=loop.pk, price_minor=0, min_days=0, max_days=0, position=9)
    made = cart.product(units=4)
    shipping.put(3, cart.variant_of(made).pk, loop)
    return made, loop


def test_what_is_collected_is_kept_at_its_place(shop):
    made, loop = shop
    order = cart.order(cart.cart((made, 3)), delivery_option="collect")
    held = Reservation.objects.get(reference=order.pk)
    assert StockItem.objects.get(pk=held.stock_item_id).location_id == loop.pk
    assert (order.delivery_name, order.shipping_minor) == ("Collect: Loop, 1 N State St, Chicago", 0)
    with pytest.raises(purchase.NotDeliverable):
        cart.order(cart.cart((made, 1)), delivery_option="collect")
    cart.order(cart.cart((made, 4)))


def test_the_page_and_the_api_say_where(shop, client: Client):
    made, _loop = shop
    mine = cart.cart((made, 2))
    client.cookies[access.COOKIE] = mine.token
    page = client.get(reverse("checkout"), {"postal_code": "62701"}).content.decode()
    assert page.count('data-testid="delivery-option"') == 3
    assert "<bdi>Loop</bdi>, <bdi>1 N State St</bdi>, <bdi>Chicago, IL 60602</bdi><br><bdi>Mon–Sat 9–18</bdi>" in page
    answer = client.post(
        "/api/checkout/quote", {}, content_type="application/json", headers={"X-Cart-Token": mine.token}
    )
    [found] = [one for one in answer.json()["deliveryOptions"] if one["id"] == "collect"]
    assert found["collectAt"] == {
        "name": "Loop",
        "address": ["1 N State St", "Chicago, IL 60602", "United States of America"],
        "openingHours": "Mon–Sat 9–18",
    }
    assert [(one["units"], one["origin"]) for one in found["parcels"]] == [(2, "Loop")]
    assert {"arrivesBy", "arrivesFrom", "orderBefore", "name", "price"} < set(found)


def test_a_method_that_does_not_carry_it_is_not_offered(shop, client: Client):
    made, _loop = shop
    ShippingMethod.objects.filter(code="express").update(excluded=f"product:{made.pk}")
    ShippingMethod.objects.filter(code="standard").update(most_value_minor=2499)
    mine = cart.cart((made, 1))
    client.cookies[access.COOKIE] = mine.token
    page = client.get(reverse("checkout")).content.decode()
    assert page.count('data-testid="delivery-option"') == 1
