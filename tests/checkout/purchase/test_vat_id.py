"""A company of another EU country orders without VAT, from a shop in Germany."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cart.shipping.models import ShippingMethod
from cart.tax.models import TaxRate
from checkout.orders import access
from checkout.orders.models import Order
from checkout.purchase.models import CheckoutDetails
from tests.checkout.purchase.test_views import ENTERED, enter, pay, put_in
from tests.factories import cart as carts
from tests.fakes import tax_services

pytestmark = pytest.mark.django_db(transaction=True)

IRISH, UNKNOWN, AWAY = "IE6388047V", "IE4749148U", "FR40303265045"
THERE = {"country": "IE", "state": "", "city": "Dublin", "postal_code": "D02 AF30"}


@pytest.fixture(autouse=True)
def _register(settings: Any) -> Iterator[None]:
    settings.DEFAULT_COUNTRY = "DE"
    carts.rates()
    TaxRate.objects.all().delete()
    ShippingMethod.objects.update(countries=[])
    known = {"name": "VAT", "valid_from": date(2020, 1, 1), "is_included": True, "applies_to_shipping": True}
    TaxRate.objects.create(country="DE", rate=Decimal("0.19"), **known)
    TaxRate.objects.create(country="IE", rate=Decimal("0.23"), **known)
    with tax_services.running(tax_services.register({IRISH: True, UNKNOWN: False})) as fake:
        settings.VAT_REGISTER_URL = fake.url
        yield


def test_it_is_asked_for_where_it_makes_a_difference(client: Client) -> None:
    put_in(client, carts.product())
    for country, is_asked in (("DE", False), ("IE", True), ("GR", True), ("US", False), ("CH", False)):
        for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
            page = client.get(reverse("checkout"), {"country": country}, **headers).content.decode()
            assert ('data-testid="vat-id-input"' in page) is is_asked


def test_a_valid_id_takes_the_tax_off_to_the_order(client: Client) -> None:
    put_in(client, carts.product(amount=123_00))
    assert enter(client, **THERE, vat_id="ie 6388047 v")["Location"] == reverse("payment")
    page = client.get(reverse("payment"))
    note = (
        "Tax-exempt intra-Community supply (article 138 of directive 2006/112/EC): "
        f"VAT is to be paid by the buyer, VAT id {IRISH}."
    )
    assert note in page.content.decode()
    assert page.context["quote"].subtotal.minor == 100_00
    pay(client)
    order = Order.objects.get()
    assert (order.subtotal_minor, order.tax_minor) == (100_00, 0)
    assert order.tax_facts == {
        "scheme": "reverse_charge", "vat_id": IRISH, "vat_status": "valid", "proof": "WAPIAAAA1"
    }  # fmt: skip
    assert note in client.get(access.url(order)).content.decode()


@pytest.mark.parametrize(
    ("vat_id", "sentence"),
    [
        (UNKNOWN, "The register of VAT ids does not know it. Please check it, or leave it out."),
        ("IE638804", "VAT ids that begin with IE have another length."),
    ],
)
def test_a_wrong_id_is_said_at_the_field(client: Client, vat_id: str, sentence: str) -> None:
    put_in(client, carts.product())
    answer = enter(client, **THERE, vat_id=vat_id)
    assert (answer.status_code, answer.context["form"].errors["vat_id"]) == (422, [sentence])
    assert not CheckoutDetails.objects.exists()


def test_an_id_that_cannot_be_checked_now_is_kept_and_tax_charged(client: Client) -> None:
    put_in(client, carts.product(amount=123_00))
    assert enter(client, **THERE, vat_id=AWAY)["Location"] == reverse("payment")
    page = client.get(reverse("payment"))
    assert f"VAT id {AWAY} is not checked yet; until it is, VAT is charged." in page.content.decode()
    pay(client)
    order = Order.objects.get()
    assert order.tax_minor == 24_12
    assert order.tax_facts == {"vat_id": AWAY, "vat_status": "unverified"}


def test_what_was_typed_stays_when_the_country_changes(client: Client) -> None:
    put_in(client, carts.product())
    given = {**ENTERED, **THERE, "vat_id": IRISH}
    form = client.get(reverse("checkout"), given, HTTP_HX_REQUEST="true").context["form"]
    assert form["vat_id"].value() == IRISH
