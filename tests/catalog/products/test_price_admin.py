"""Prices of other lists and of more units, as merchants type them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.products import prices
from catalog.products.models import ListingPrice, Price
from catalog.products.price_models import PriceRecord
from shop.accounts.models import CustomerGroup
from shop.core.money import Money
from tests.factories import catalog, giftcards
from tests.factories.accounts import StaffFactory
from tests.factories.currencies import currency

pytestmark = pytest.mark.django_db

ADD = "/admin/catalog/price/add/"


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def data(**fields: Any) -> dict[str, Any]:
    return {"sku": "LAMP", "currency": "USD", "price_list": "default", "min_quantity": 10, "price": "20.50", **fields}


def test_a_price_comes_changes_and_goes(merchant: Client) -> None:
    product = catalog.product(amount=25_00, sku="LAMP")
    answer = merchant.post(ADD, data(price_list="trade", min_quantity=1))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = Price.objects.get(price_list="trade")
    assert (row.amount_minor, row.min_quantity) == (20_50, 1)
    assert ListingPrice.objects.get(product=product, price_list="trade").amount_minor == 20_50

    page = reverse("admin:catalog_price_change", args=[row.pk])
    assert merchant.get(page).status_code == 200
    assert (
        merchant.post(page, {"price": "19.00", "sale_price": "18", "sku": "OTHER", "currency": "EUR"}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.amount_minor, row.sale_minor, row.currency, row.variant.sku) == (19_00, 18_00, "USD", "LAMP")
    assert PriceRecord.objects.filter(price_list="trade").count() == 2

    gone = reverse("admin:catalog_price_delete", args=[row.pk])
    assert merchant.post(gone, {"post": "yes"}).status_code == 302
    assert not ListingPrice.objects.filter(price_list="trade").exists()
    assert merchant.get("/admin/catalog/price/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sku": "NONE"}, "sku"),
        ({"min_quantity": 1}, "sku"),  # there is one
        ({"price": "20.505"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "0"}, "price"),
        ({"sale_price": "0"}, "sale_price"),
        ({"sale_price": "30"}, "sale_price"),
        ({"currency": "XXQ"}, "price"),
        ({"min_quantity": 0}, "min_quantity"),
        ({"price": "99999999999999"}, "price"),
        ({"sale_price": "9", "sale_starts_at_0": "2026-12-02", "sale_starts_at_1": "00:00",
          "sale_ends_at_0": "2026-12-01", "sale_ends_at_1": "00:00"}, "sale_ends_at"),
    ],
)  # fmt: skip
def test_what_makes_no_price_is_refused_at_its_field(merchant: Client, fields: dict[str, Any], field: str) -> None:
    catalog.product(amount=25_00, sku="LAMP")
    answer = merchant.post(ADD, data(**fields))
    assert list(answer.context["adminform"].form.errors) == [field]
    assert Price.objects.count() == 1


def test_too_much_is_said_with_how_much_may_be(merchant: Client) -> None:
    catalog.product(amount=25_00, sku="LAMP")
    answer = merchant.post(ADD, data(price="99999999999999"))
    assert answer.context["adminform"].form.errors == {"price": ["At most $10,000,000,000,000.00."]}


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"price": "0"}, "price", "A price is above zero."),
        ({"sale_price": "0"}, "sale_price", "A price is above zero."),
        ({"price": "10000.01"}, "price", "A gift card holds at most $10,000.00."),
        ({"price": "1500001", "currency": "JPY"}, "price", "A gift card holds at most ¥1,500,000."),
    ],
)
def test_a_gift_card_is_sold_for_what_one_may_hold(
    merchant: Client, fields: dict[str, Any], field: str, told: str
) -> None:
    currency("JPY", "150")
    product = giftcards.product()
    sku = product.variants.get().sku
    answer = merchant.post(ADD, data(sku=sku, **fields))
    assert answer.context["adminform"].form.errors == {field: [told]}
    assert merchant.post(ADD, data(sku=sku, price="1500000", currency="JPY")).status_code == 302
    with pytest.raises(prices.BadPrice, match="more than nothing"):
        prices.set_price(variant_id=product.variants.get().pk, amount=Money(0, "USD"), by="staff:1")


def test_what_is_seldom_meant_is_told(merchant: Client) -> None:
    catalog.product(amount=25_00, sku="LAMP")
    CustomerGroup.objects.create(name="Trade", code="trade", price_list="trade")

    def told(**fields: Any) -> list[str]:
        page = merchant.post(ADD, data(**fields), follow=True)
        return [str(one) for one in page.context["messages"] if one.level_tag == "warning"]

    assert told(price_list="typo") == ["No customer group has the price list “typo”."]
    assert told(price_list="trade", price="30") == ["Fewer units cost less each: $25.00 from 1 on. Is that meant?"]
    assert told(price_list="trade", price="20", min_quantity="20") == []
