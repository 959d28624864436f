"""Delivery as merchants set it up."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cart.shipping import calendars
from cart.shipping.models import ShippingMethod, ShippingPoint, ShippingZone
from inventory.stock.models import Location
from tests.factories import shipping
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def method(*bands: Any, **fields: Any) -> dict[str, Any]:
    """What the form sends; a band is (up to, price, step, step price)."""
    data: dict[str, Any] = {
        "name": "Post", "code": "post-x", "position": 1, "is_active": "on", "kind": "deliver", "currency": "usd",
        "basis": "flat", "price": "4.99", "min_days": 1, "max_days": 2, "rest_days": ["5", "6"],
        "rates-TOTAL_FORMS": len(bands), "rates-INITIAL_FORMS": 0,
    }  # fmt: skip
    for place, band in enumerate(bands):
        names = ("up_to_typed", "price", "step_typed", "step_price")
        data |= {f"rates-{place}-{name}": value for name, value in zip(names, band, strict=False)}
    return {**data, **fields}


ADD = "/admin/cart/shippingmethod/add/"


def test_a_method_by_weight(merchant):
    sent = method(("2", "4.99"), ("30", "4.99", "0.5", "0.75"), basis="weight", price="", most_weight="31.5",
                  free_from="50", excluded="tag: fragile\nbrand: Acme", divisor="5000")  # fmt: skip
    assert merchant.post(ADD, sent).status_code == 302
    made = ShippingMethod.objects.get(code="post-x")
    assert (made.currency, made.price_minor, made.free_from_minor, made.most_grams) == ("USD", 0, 5000, 31_500)
    assert made.excluded == "tag:fragile\nbrand:acme"
    assert list(made.rates.values_list("up_to", "price_minor", "step", "step_price_minor")) == [
        (2000, 499, None, 0), (30_000, 499, 500, 75),
    ]  # fmt: skip
    page = merchant.get(f"/admin/cart/shippingmethod/{made.pk}/change/").content.decode()
    assert 'value="31.5"' in page
    assert 'value="0.75"' in page
    assert "tag: fragile" in page


def test_bands_by_price_and_by_units(merchant):
    merchant.post(ADD, method(("49.99", "5"), ("", "0"), basis="price"))
    merchant.post(ADD, method(("3", "5"), ("", "9"), basis="quantity", code="units"))
    assert list(ShippingMethod.objects.get(code="post-x").rates.values_list("up_to", "price_minor")) == [
        (4999, 500), (None, 0),
    ]  # fmt: skip
    assert list(ShippingMethod.objects.get(code="units").rates.values_list("up_to", flat=True)) == [3, None]


@pytest.mark.parametrize(
    ("bands", "fields", "field"),
    [
        ((), {"price": "-1"}, "price"),
        ((), {"price": "4.999"}, "price"),
        ((), {"price": "99999999999999999"}, "price"),
        ((), {"price": ""}, "price"),
        ((), {"currency": "XYZ"}, "currency"),
        ((), {"kind": "collect"}, "location_id"),
        ((), {"basis": "carrier"}, "carrier"),
        ((), {"max_days": "0"}, "max_days"),
        ((), {"max_days": "366"}, "max_days"),
        ((), {"least_weight": "2", "most_weight": "1"}, "most_weight"),
        ((), {"least_value": "2", "most_value": "1"}, "most_value"),
        ((), {"most_weight": "heavy"}, "most_weight"),
        ((), {"excluded": "category: not/there"}, "excluded"),
        ((), {"rest_days": list("0123456")}, "rest_days"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(merchant, bands, fields, field):
    answer = merchant.post(ADD, method(*bands, **fields))
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not ShippingMethod.objects.filter(code="post-x").exists()


def test_the_currency_is_the_shops_own_and_a_code_is_there_once_in_each(merchant):
    assert merchant.get(ADD).context["adminform"].form["currency"].value() == "USD"
    assert merchant.post(ADD, method()).status_code == 302
    answer = merchant.post(ADD, method())
    assert answer.context["adminform"].form.errors == {
        "code": ["Another delivery method in this currency has this code."]
    }
    assert merchant.post(ADD, method(currency="EUR")).status_code == 302


@pytest.mark.parametrize(
    ("bands", "basis", "said"),
    [
        (
            (("2", "1"), ("2.000", "3")),
            "weight",
            "Two bands end at the same place: “up to” is to be different in each.",
        ),
        ((), "weight", "Give at least one band: up to how much, at which price."),
        ((("2", "1"),), "flat", "Bands go with a price by weight, by the goods' price or by units."),
    ],
)
def test_bands_that_do_not_go_together(merchant, bands, basis, said):
    answer = merchant.post(ADD, method(*bands, basis=basis))
    assert answer.context["inline_admin_formsets"][0].formset.non_form_errors() == [said]
    assert not ShippingMethod.objects.filter(code="post-x").exists()


@pytest.mark.parametrize("band", [("-1", "1"), ("0", "1"), ("1", "-1"), ("1", ""), ("1", "1", "1"), ("x", "1")])
def test_a_band_that_makes_no_sense(merchant, band):
    answer = merchant.post(ADD, method(band, basis="weight"))
    assert answer.status_code == 200
    assert not ShippingMethod.objects.filter(code="post-x").exists()


def test_a_zone_and_what_it_refuses(merchant):
    data = {"name": "Far", "position": 1, "countries": ["US"], "states": "us-ak, US-HI", "postal_codes": "99*",
            "methods-TOTAL_FORMS": 0, "methods-INITIAL_FORMS": 0}  # fmt: skip
    url = "/admin/cart/shippingzone/add/"
    assert merchant.post(url, {**data, "states": "US-XX"}).context["adminform"].form.errors.keys() == {"states"}
    assert merchant.post(url, {**data, "but_not": "9-1"}).context["adminform"].form.errors.keys() == {"but_not"}
    assert merchant.post(url, data).status_code == 302
    made = ShippingZone.objects.get()
    assert (made.countries, made.states) == (["US"], ["US-AK", "US-HI"])
    assert merchant.get(f"/admin/cart/shippingzone/{made.pk}/change/").status_code == 200


def test_a_point_and_what_it_refuses(merchant, django_capture_on_commit_callbacks):
    place = Location.objects.create(code="loop", name="Loop")
    data = {"location_id": str(place.pk), "name": "Loop", "time_zone": "America/Chicago", "handling_days": 0,
            "rest_days": ["6"], **shipping.CHICAGO}  # fmt: skip
    url = "/admin/cart/shippingpoint/add/"
    assert merchant.post(url, {**data, "postal_code": "ABC"}).context["adminform"].form.errors.keys() == {"postal_code"}
    calendars.setup()
    with django_capture_on_commit_callbacks(execute=True):
        assert merchant.post(url, data).status_code == 302
    made = ShippingPoint.objects.get()
    assert (made.address, made.rest_days) == (shipping.CHICAGO, "6")
    assert list(calendars.setup().points) == [place.pk]
    assert merchant.get(f"/admin/cart/shippingpoint/{made.pk}/change/").status_code == 200


@pytest.mark.parametrize("page", ["shippingzone", "shippingmethod", "shippingpoint", "holiday"])
def test_the_lists_open(merchant, page):
    shipping.zone("Far", countries=["US"])
    shipping.method("one")
    assert merchant.get(f"/admin/cart/{page}/").status_code == 200
    assert merchant.get(f"/admin/cart/{page}/add/").status_code == 200


def test_holidays_that_are_entered(merchant):
    data = {"on": "2026-12-24", "name": "Christmas Eve", "country": "DE"}
    assert merchant.post("/admin/cart/holiday/add/", {**data, "country": "XX"}).status_code == 200
    assert merchant.post("/admin/cart/holiday/add/", data).status_code == 302
