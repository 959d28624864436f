"""The tables inside the catalogue's admin pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.products import forms
from catalog.products.models import Price
from shop.core import db
from tests.catalog.products.test_admin import events, merchant, save
from tests.factories import catalog, giftcards

pytestmark = pytest.mark.django_db
__all__ = ["merchant"]  # a fixture


@pytest.mark.parametrize("table", ["variants", "images"])
def test_tables_take_a_limited_number_of_rows(merchant: Client, table: str) -> None:
    product = catalog.product()

    response = save(merchant, product, **{f"{table}-TOTAL_FORMS": 5_000_000})

    assert response.status_code == 200
    [formset] = [one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == table]
    assert len(formset.forms) == formset.initial_form_count() + forms.NEW_ROWS
    assert formset.non_form_errors().as_data()[0].code == "too_many_forms"


def test_product_types_take_a_limited_number_of_attributes(merchant: Client) -> None:
    kind = catalog.AttributeFactory().product_type
    data = {"name": "Lamp", "code": "lamp", "tax_class": "standard", "attributes-INITIAL_FORMS": 1}
    data |= {"custom_fields-TOTAL_FORMS": 0, "custom_fields-INITIAL_FORMS": 0}

    response = merchant.post(
        reverse("admin:catalog_producttype_change", args=[kind.pk]), {**data, "attributes-TOTAL_FORMS": 5_000_000}
    )

    [table, _fields] = response.context["inline_admin_formsets"]
    assert len(table.formset.forms) == 1 + forms.NEW_ROWS


def test_sale_dates_and_measures(merchant: Client) -> None:
    product = catalog.product(amount=2500)
    row = {"sale_price": "20.00", "sale_starts_at": "2026-05-01T12:00", "sale_ends_at": "2026-05-08T12:00:30"}
    row |= {"length_mm": "300", "width_mm": "200", "height_mm": "90", "weight_grams": "700", "gtin": "4006381333931"}

    assert save(merchant, product, **{f"variants-0-{name}": value for name, value in row.items()}).status_code == 302

    variant, price = product.variants.get(), Price.objects.get()
    assert (variant.length_mm, variant.width_mm, variant.height_mm, variant.weight_grams) == (300, 200, 90, 700)
    assert variant.gtin == "4006381333931"
    starts, ends = datetime(2026, 5, 1, 12, tzinfo=UTC), datetime(2026, 5, 8, 12, 0, 30, tzinfo=UTC)
    assert (price.sale_minor, price.sale_starts_at, price.sale_ends_at) == (2000, starts, ends)

    assert save(merchant, product, **{"variants-0-price": "26.00"}).status_code == 302
    price.refresh_from_db()
    assert (price.amount_minor, price.sale_starts_at, price.sale_ends_at) == (2600, starts, ends)


def test_a_gift_card_costs_something(merchant: Client) -> None:
    product = giftcards.product()
    for price, told in (
        ("0", "A price is above zero; empty: not sold."),
        ("10001", "A gift card holds at most $10,000.00."),
    ):
        response = save(merchant, product, **{"variants-0-price": price})
        [table] = [one.formset for one in response.context["inline_admin_formsets"] if one.formset.prefix == "variants"]
        assert table.errors[0] == {"price": [told]}
    assert save(merchant, product, **{"variants-0-price": "75"}).status_code == 302


def test_an_untouched_sale_is_not_saved_again(merchant: Client) -> None:
    product = catalog.product(amount=2500, sale=2000, indexed=False)
    starts = datetime(2026, 5, 1, 12, 0, 30, 123456, tzinfo=UTC)
    Price.objects.update(sale_starts_at=starts)

    assert save(merchant, product).status_code == 302

    assert events() == []


def test_a_new_variant_is_found_in_the_stock(merchant: Client, django_capture_on_commit_callbacks: Any) -> None:
    product = catalog.ProductFactory()
    row = {"variants-TOTAL_FORMS": 1, "variants-0-sku": "T-1", "variants-0-position": 0, "variants-0-price": "5"}

    with django_capture_on_commit_callbacks(using=db.CATALOG, execute=True):
        assert save(merchant, product, **row).status_code == 302

    page = merchant.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()
    [address] = re.findall(r'href="([^"]*/stockitem/[^"]*)"[^>]*>Stock<', page)
    listed = merchant.get(address).context["cl"].result_list
    assert [(item.sku, item.on_hand) for item in listed] == [("T-1", 0)]
