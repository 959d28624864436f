"""Pages of the stock desk name the products, which only the catalogue knows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.stock.models import StockItem
from inventory.suppliers import services as suppliers
from inventory.transfers import services as transfers
from shop.accounts.models import User
from tests.factories import cart as carts
from tests.factories.inventory import LocationFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


@pytest.fixture
def merchant(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    return client


def sold() -> tuple[StockItem, str]:
    """The stock item of a product, and the product's link."""
    made = carts.product(units=9)
    item = StockItem.objects.get(variant_id=carts.variant_of(made).pk)
    return item, f'<a href="{reverse("admin:catalog_product_change", args=[made.pk])}">{made.name}</a>'


def test_a_stock_item_names_its_product(merchant: Client) -> None:
    item, link = sold()
    assert link in merchant.get(reverse("admin:inventory_stockitem_change", args=[item.pk])).content.decode()


def test_lines_name_their_products_in_one_query(merchant: Client) -> None:
    def queries(*made: tuple[StockItem, str]) -> list[int]:
        items = [item for item, _link in made]
        transfer = transfers.draft(
            source=items[0].location.code,
            target=LocationFactory().code,
            units={item.sku: 1 for item in items},
            by="staff:1",
        )
        purchase = suppliers.draft(
            supplier_id=SupplierFactory().pk,
            location_id=items[0].location_id,
            lines=[suppliers.Wanted(item.variant_id, item.sku, 1) for item in items],
            by="staff:1",
        )
        counts = []
        for table, row in (("transfer", transfer), ("purchaseorder", purchase)):
            with CaptureQueriesContext(connection) as seen:
                shown = merchant.get(reverse(f"admin:inventory_{table}_change", args=[row.pk])).content.decode()
            assert [link for _item, link in made if link not in shown] == []
            counts.append(len(seen))
        return counts

    queries(sold())
    assert queries(sold()) == queries(sold(), sold(), sold())
