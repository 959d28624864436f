"""A company of another EU country orders without VAT over REST, and at the desk, from a shop in Germany."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from cart.shipping.models import ShippingMethod
from cart.tax.models import TaxRate
from checkout.drafts import services as drafts
from checkout.drafts.models import Draft
from checkout.orders.models import Order
from shop.accounts.models import User
from tests.checkout.api.test_shopper import ADDRESS, BODY, call, guest
from tests.checkout.drafts.test_admin import entered
from tests.factories import cart as carts
from tests.fakes import tax_services

pytestmark = pytest.mark.django_db(transaction=True)

IRISH, UNKNOWN, AWAY = "IE6388047V", "IE4749148U", "FR40303265045"
DUBLIN = {**ADDRESS, "country": "IE", "state": "", "city": "Dublin", "postalCode": "D02 AF30"}
PLACES = {"US": ADDRESS, "IE": DUBLIN, "DE": {**DUBLIN, "country": "DE", "postalCode": "10115"}}
NOTE = (
    "Tax-exempt intra-Community supply (article 138 of directive 2006/112/EC): "
    f"VAT is to be paid by the buyer, VAT id {IRISH}."
)


@pytest.fixture(autouse=True)
def _register(settings: Any) -> Iterator[None]:
    settings.DEFAULT_COUNTRY = "DE"
    carts.rates()
    TaxRate.objects.all().delete()
    ShippingMethod.objects.update(countries=[])
    for country, rate in (("DE", "0.19"), ("IE", "0.23")):
        TaxRate.objects.create(
            name="VAT", country=country, rate=Decimal(rate), valid_from="2020-01-01", is_included=True
        )
    with tax_services.running(tax_services.register({IRISH: True, UNKNOWN: False})) as fake:
        settings.VAT_REGISTER_URL = fake.url
        yield


def quote(client: Client, cart: Any, vat_id: str, address: Any = DUBLIN) -> Any:
    place = {name: address[name] for name in ("country", "state", "postalCode")}
    return call(
        client, "POST", "checkout/quote", {"shippingAddress": place, "vatId": vat_id}, X_Cart_Token=cart.token
    )  # fmt: skip


def test_a_valid_id_takes_the_tax_off_from_quote_to_order(client: Client) -> None:
    cart = guest(1)
    found = quote(client, cart, "ie 6388047 v").json()
    assert (found["totals"]["subtotal"], found["totals"]["tax"], found["taxNote"]) == ("20.33", "0.00", NOTE)
    body = {**BODY, "shippingAddress": DUBLIN, "expectedTotal": found["totals"]["total"], "vatId": IRISH}
    answer = call(client, "POST", "orders", body, X_Cart_Token=cart.token, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["taxNote"]) == (201, NOTE)
    order = Order.objects.get()
    assert (order.tax_minor, order.tax_facts["scheme"], order.tax_facts["vat_id"]) == (0, "reverse_charge", IRISH)


@pytest.mark.parametrize(
    ("vat_id", "sentence"),
    [
        (UNKNOWN, "The register of VAT ids does not know it. Please check it, or leave it out."),
        ("IE638804", "VAT ids that begin with IE have another length."),
    ],
)
def test_a_wrong_id_is_a_stable_error(client: Client, vat_id: str, sentence: str) -> None:
    cart = guest(1)
    body = {**BODY, "shippingAddress": DUBLIN, "vatId": vat_id}
    for answer in (
        quote(client, cart, vat_id),
        call(client, "POST", "orders", body, X_Cart_Token=cart.token, Idempotency_Key="k"),
    ):
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["fields"]) == (422, "vat_id_invalid", {"vatId": [sentence]})
    assert not Order.objects.exists()


def test_an_id_that_cannot_be_checked_now_is_said_and_taxed(client: Client) -> None:
    found = quote(client, guest(1), AWAY).json()
    assert found["taxNote"] == f"VAT id {AWAY} is not checked yet; until it is, VAT is charged."
    assert found["totals"]["tax"] != "0.00"


def test_where_it_makes_no_difference_nobody_is_asked(client: Client) -> None:
    found = quote(client, guest(1), UNKNOWN, {**DUBLIN, "country": "DE", "postalCode": "10115"})
    said = f"VAT id {UNKNOWN} makes no difference to the tax of this order."
    assert (found.status_code, found.json()["taxNote"]) == (200, said)


@pytest.mark.parametrize("country", ["DE", "IE", "US"])
@pytest.mark.parametrize("vat_id", ["<script>", "XX123", "DE123456789", "GB123456789"])
def test_what_cannot_be_one_is_refused_wherever_goods_go(client: Client, vat_id: str, country: str) -> None:
    answer = quote(client, guest(1), vat_id, PLACES[country])
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "vat_id_invalid")


def test_staff_order_for_a_company(client: Client, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["edit_order", "view_order"]))
    client.force_login(clerk)
    there = {"to-country": "IE", "to-state": "", "to-city": "Dublin", "to-postal_code": "D02 AF30"}
    given = entered((carts.product(amount=123_00), 1), **there, delivery_option="standard")
    new = reverse("admin:checkout_draft_new")
    refused = client.post(new, {**given, "vat_id": UNKNOWN})
    assert "The register of VAT ids does not know it" in refused.content.decode()
    assert not Draft.objects.exists()
    client.post(new, {**given, "vat_id": "ie6388047v"})
    draft = Draft.objects.get()
    page = client.get(reverse("admin:checkout_draft_change", args=[draft.pk]))
    assert NOTE in page.content.decode()
    total = page.context["look"].total
    version = page.context["look"].cart.version
    order = drafts.place(draft_id=draft.pk, seen_version=version, seen_total=total, way="link", by="staff:1")
    assert (order.subtotal_minor, order.tax_minor, order.tax_facts["vat_id"]) == (100_00, 0, IRISH)
    again, left_out = drafts.from_order(order_id=order.pk, by="staff:1")
    assert (again.vat_id, left_out) == (IRISH, [])
