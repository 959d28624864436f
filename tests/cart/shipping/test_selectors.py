"""Which ways of delivery a cart has."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cart.carts import selectors as carts
from cart.pricing import selectors as pricing
from cart.shipping import calendars, selectors
from cart.shipping.models import ShippingMethod, ShippingRate
from cart.shipping.rules import Goods
from catalog.products.models import Variant
from shop.core import db
from shop.core.money import Money
from tests.factories import cart, shipping

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 15, tzinfo=UTC)  # nine in Chicago


@pytest.fixture(autouse=True)
def _nothing_else() -> None:
    ShippingMethod.objects.all().delete()
    calendars.forget()


def options(goods: Any = (), country: str = "US", **wanted: Any) -> list[selectors.DeliveryOption]:
    given: dict[str, Any] = {"currency": "USD", "subtotal": Money(5000, "USD"), "at": MONDAY, **wanted}
    return selectors.delivery_options(country=country, goods=goods, **given)


def codes(*args: Any, **wanted: Any) -> list[str]:
    return [one.code for one in options(*args, **wanted)]


def goods(units: int = 1, **fields: Any) -> Goods:
    return Goods(fields.pop("variant_id", None) or db.uuid7(), units, **fields)


class TestWhere:
    def test_a_method_without_countries_serves_where_none_does(self):
        shipping.method("us")
        shipping.method("world", countries=[])
        assert codes() == ["us"]
        assert codes(country="FR") == ["world"]

    def test_an_address_belongs_to_the_first_zone_that_has_it(self):
        far = shipping.zone("Far", position=1, countries=["US"], states=["US-AK", "US-HI"])
        near = shipping.zone("Near", position=2, countries=["US"], but_not="99950")
        shipping.method("far", zone=far)
        shipping.method("near", zone=near)
        shipping.method("letter", countries=["US"], position=9)
        shipping.method("world", countries=[])
        assert codes(state="AK", postal_code="99501") == ["far", "letter"]
        assert codes(state="IL", postal_code="62701") == ["near", "letter"]
        assert codes(state="IL", postal_code="99950-1234") == ["letter"]
        assert codes(country="DE") == ["world"]

    def test_a_zone_without_methods_is_not_served(self):
        shipping.zone("Nowhere", countries=["FR"], postal_codes="20*")
        shipping.method("world", countries=[])
        assert codes(country="FR", postal_code="20000") == []
        assert codes(country="FR", postal_code="75001") == ["world"]

    def test_a_zone_that_makes_no_sense_is_left_out(self):
        shipping.method("broken", zone=shipping.zone("Broken", countries=["US"], postal_codes="9-1"))
        shipping.method("post", position=1)
        assert codes(postal_code="62701") == ["post"]

    def test_a_postcode_that_is_not_known_is_in_no_zone_of_some(self):
        shipping.method("islands", zone=shipping.zone("Islands", countries=["DE"], postal_codes="25846-25849"))
        assert codes(country="DE") == []
        assert codes(country="DE", postal_code="25847") == ["islands"]


class TestWhatItCosts:
    def test_by_weight_with_steps(self):
        shipping.method(basis="weight", bands=[(2000, 499), (30_000, 499, 1000, 100)])
        assert [one.price.minor for one in options([goods(2, grams=1000)])] == [499]
        assert [one.price.minor for one in options([goods(3, grams=1500)])] == [799]
        assert codes([goods(31, grams=1000)]) == []

    def test_room_counts_with_a_divisor(self):
        shipping.method(basis="weight", divisor=5000, bands=[(2000, 499), (None, 999)])
        assert [one.price.minor for one in options([goods(grams=100, cubic_mm=300 * 300 * 300)])] == [999]

    def test_by_price_free_from_and_by_units(self):
        shipping.method("price", basis="price", bands=[(4999, 700), (None, 300)])
        shipping.method("units", basis="quantity", bands=[(5, 100), (None, 900)], position=1)
        shipping.method("free", free_from_minor=5000, position=2)
        assert [one.price.minor for one in options([goods(5, value=4999)])] == [700, 100, 0]
        assert [one.price.minor for one in options([goods(6, value=5000)])] == [300, 900, 0]

    def test_another_currency_has_methods_of_its_own(self):
        shipping.method("post", currency="EUR", price_minor=400)
        assert codes() == []
        assert [one.price for one in options(currency="EUR", subtotal=Money(1, "EUR"))] == [Money(400, "EUR")]

    def test_what_is_not_carried(self):
        shipping.method(excluded="tag:fragile\nbrand:acme", most_grams=5000)
        assert codes([goods(keys=frozenset({"tag:fragile"}))]) == []
        assert codes([goods(keys=frozenset({"tag:soft"})), goods(keys=frozenset({"brand:acme"}))]) == []
        assert codes([goods(keys=frozenset({"tag:soft"}), grams=5001)]) == []
        assert codes([goods(keys=frozenset({"tag:soft"}), grams=5000)]) == ["post"]

    def test_more_than_an_amount_can_be_is_not_offered(self):
        shipping.method(basis="weight", bands=[(None, 0, 1, 10**15)])
        assert codes([goods(9, grams=1000)]) == []


class TestWhenItComes:
    def test_by_the_shops_clock_without_points(self):
        shipping.method()
        [found] = options()
        assert (found.arrives_from, found.arrives_on) == (date(2026, 11, 17), date(2026, 11, 18))
        assert found.order_before is None

    def test_by_the_points_clock_and_the_earlier_cut_off(self):
        shipping.point(shipping.location("loop"), handling_days=1)
        shipping.method()
        shipping.method("express", cut_off=time(8), position=1)
        post, express = options()
        assert post.order_before == datetime(2026, 11, 16, 20, tzinfo=UTC)
        assert (post.arrives_from, post.arrives_on) == (date(2026, 11, 18), date(2026, 11, 19))
        assert express.order_before == datetime(2026, 11, 17, 14, tzinfo=UTC)
        assert express.arrives_from == date(2026, 11, 19)

    def test_holidays_of_both_ends(self):
        shipping.point(shipping.location("loop"), keeps_holidays=True)
        shipping.method()
        shipping.holiday(date(2026, 11, 16))
        assert options()[0].arrives_from == date(2026, 11, 18)
        shipping.holiday(date(2026, 11, 18), "CA")
        assert options()[0].arrives_from == date(2026, 11, 18)
        shipping.holiday(date(2026, 11, 18), "US")
        assert options()[0].arrives_from == date(2026, 11, 19)

    def test_public_holidays_are_known(self):
        wednesday = datetime(2026, 11, 25, 15, tzinfo=UTC)
        shipping.method(min_days=1, max_days=1)
        assert options(at=wednesday)[0].arrives_on == date(2026, 11, 27)  # Thanksgiving between
        assert options(country="US", state="IL", at=wednesday)[0].arrives_on == date(2026, 11, 27)


class TestParcels:
    @pytest.fixture
    def two(self) -> Any:
        """Six units of a thing: four here, two there, which leaves a day later."""
        here, there = shipping.location("here", 1), shipping.location("there", 2)
        shipping.point(here)
        shipping.point(there, handling_days=1)
        key = db.uuid7()
        shipping.put(4, key, here)
        shipping.put(2, key, there)
        return key

    def test_what_comes_from_two_places_comes_in_two_parcels(self, two):
        shipping.method(price_minor=500)
        shipping.method("each", price_minor=500, is_per_parcel=True, position=1)
        once, each = options([goods(6, variant_id=two, value=6000)])
        assert (once.price.minor, each.price.minor) == (500, 1000)
        assert once.parcels == (
            selectors.Parcel(4, date(2026, 11, 17), date(2026, 11, 18), "Here", date(2026, 11, 16)),
            selectors.Parcel(2, date(2026, 11, 18), date(2026, 11, 19), "There", date(2026, 11, 17)),
        )
        assert (once.arrives_from, once.arrives_on) == (date(2026, 11, 17), date(2026, 11, 19))

    def test_one_place_is_enough_where_it_is(self, two):
        shipping.method(is_per_parcel=True)
        assert [len(one.parcels) for one in options([goods(4, variant_id=two)])] == [1]

    def test_each_parcel_has_its_weight(self, two):
        shipping.method(basis="weight", is_per_parcel=True, bands=[(3000, 100), (None, 1000)], most_grams=4000)
        assert [one.price.minor for one in options([goods(6, variant_id=two, grams=1000)])] == [1100]

    def test_parcels_are_worth_together_what_the_goods_are(self, two):
        shipping.method("banded", basis="price", bands=[(9999, 900), (None, 0)])
        shipping.method("least", least_value_minor=10000, position=1)
        once = goods(1, variant_id=two, value=3333)
        several = goods(5, variant_id=two, value=6667)
        assert [(one.code, one.price.minor) for one in options([once, several])] == [("banded", 0), ("least", 500)]
        beyond = goods(9, variant_id=two, value=10000)
        assert [(one.code, one.price.minor) for one in options([beyond])] == [("banded", 0), ("least", 500)]

    def test_an_order_that_is_placed_asks_no_stock(self, two):
        shipping.method(is_per_parcel=True)
        assert [one.price.minor for one in options([goods(60, variant_id=two)], is_placed=True)] == [500]

    def test_what_nobody_has_goes_with_the_first(self, two):
        shipping.method(basis="quantity", is_per_parcel=True, bands=[(None, 0, 1, 1)])
        assert [one.price.minor for one in options([goods(60, variant_id=two)])] == [60]

    def test_collected_where_all_of_it_is(self, two):
        there = shipping.location("shop", 3)
        shipping.point(there, opening_hours="Mon–Sat 9–18")
        shipping.method("collect", kind="collect", location_id=there.pk, price_minor=0, min_days=0, max_days=0)
        assert codes([goods(1, variant_id=two)]) == []
        shipping.put(3, two, there)
        [found] = options([goods(3, variant_id=two)])
        assert found.place == selectors.Place("Shop", shipping.CHICAGO, "Mon–Sat 9–18")
        assert (found.location_id, found.arrives_on) == (there.pk, date(2026, 11, 16))
        assert codes([goods(4, variant_id=two)]) == []

    def test_a_location_that_is_no_point_cannot_be_collected_from(self, two):
        there = shipping.location("shop", 3)
        shipping.put(3, two, there)
        shipping.method("collect", kind="collect", location_id=there.pk)
        assert codes([goods(1, variant_id=two)]) == []


def test_a_quote_weighs_what_is_left_after_discounts_and_gifts(django_assert_max_num_queries):
    made = cart.product(amount=2500)
    Variant.objects.filter(product=made).update(weight_grams=900, length_mm=300, width_mm=200, height_mm=100)
    shipping.method("weight", basis="weight", bands=[(1800, 499), (None, 999)])
    shipping.method("room", basis="weight", divisor=5000, bands=[(1800, 499), (2400, 799)], position=1)
    shipping.point(shipping.location("here"))
    shipping.point(shipping.location("there"))
    mine = cart.cart((made, 2))
    carts.view(mine, currency="USD", address={"country": "US"})  # now this process knows the points
    with django_assert_max_num_queries(8):
        quote = carts.view(mine, currency="USD", address={"country": "US", "state": "IL"}).quote
    assert [one.price.minor for one in quote.delivery_options] == [499, 799]
    assert isinstance(quote, pricing.Quote)


class TestWhatTheDatabaseRefuses:
    @pytest.mark.parametrize(
        "fields",
        [
            {"price_minor": -1}, {"price_minor": 10**15 + 1}, {"free_from_minor": -1}, {"divisor": 0},
            {"least_grams": 2, "most_grams": 1}, {"least_value_minor": 2, "most_value_minor": 1},
            {"kind": "collect"}, {"basis": "carrier"}, {"min_days": 3, "max_days": 2},
        ],
    )  # fmt: skip
    def test_a_method_that_cannot_be(self, fields):
        with pytest.raises(IntegrityError), transaction.atomic():
            shipping.method(**fields)

    @pytest.mark.parametrize("band", [(0, 1), (-1, 1), (10, -1), (10, 1, 0, 1), (10, 1, 1, -1), (10**15 + 1, 1)])
    def test_a_band_that_cannot_be(self, band):
        with pytest.raises(IntegrityError), transaction.atomic():
            shipping.method(bands=[band])

    @pytest.mark.parametrize("up_to", [None, 1000])
    def test_two_bands_that_end_at_the_same_place(self, up_to):
        made = shipping.method(bands=[(up_to, 1)])
        with pytest.raises(IntegrityError), transaction.atomic():
            ShippingRate.objects.create(method=made, up_to=up_to, price_minor=2)


def test_what_is_on_its_way_comes_later():
    here, there = shipping.location("here", 1), shipping.location("there", 2)
    shipping.point(here)
    shipping.point(there)
    key = db.uuid7()
    shipping.put(1, key, here)
    from inventory.stock.models import StockItem

    day = date(2026, 12, 1)
    StockItem.objects.filter(variant_id=key).update(backorder_limit=5, expected_on=day)
    shipping.method()
    [found] = options([goods(3, variant_id=key)])
    assert found.parcels == (selectors.Parcel(3, day + timedelta(days=1), day + timedelta(days=2), "Here", day),)
    assert found.order_before is None


def test_what_an_order_keeps_of_a_place():
    place = selectors.Place("Loop", shipping.CHICAGO)
    day = date(2026, 11, 16)
    option = selectors.DeliveryOption("collect", "Click & collect", Money(0, "USD"), day, day, place=place)
    assert option.label == "Click & collect: Loop, 1 N State St, Chicago"
    assert len(selectors.DeliveryOption("c", "x" * 80, Money(0, "USD"), day, day, place=place).label) == 80
