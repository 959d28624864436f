from __future__ import annotations

from typing import Any

import pytest

from catalog.products import services
from catalog.products.services import BadProduct, NewVariant
from inventory.stock.models import StockItem
from shop.core import db
from tests.catalog.products.test_services import create
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def stock_items() -> list[tuple[str, int]]:
    return list(StockItem.objects.order_by("sku").values_list("sku", "on_hand"))


def test_new_variants_have_stock_items_without_units(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(using=db.CATALOG, execute=True):
        product = create(options=["Colour"], variants=[NewVariant("A", {"Colour": "Oak"})])
        services.add_variants(product_id=product.pk, variants=[NewVariant("B", {"Colour": "Ash"})], by="test")
        services.make_matrix(product_id=product.pk, choices={"Colour": ["Fir"]}, sku_prefix="C", by="test")
        assert stock_items() == [], "after the transaction, not in it"

    assert stock_items() == [("A", 0), ("B", 0), ("C-FIR", 0)]


def test_saving_a_variant_opens_a_missing_stock_item_and_leaves_others_alone(
    django_capture_on_commit_callbacks: Any,
) -> None:
    kept, bare = catalog.product(units=7).variants.get(), catalog.VariantFactory(sku="Z")
    catalog.VariantFactory()

    with django_capture_on_commit_callbacks(using=db.CATALOG, execute=True):
        for variant in (kept, bare):
            services.update_variant(variant_id=variant.pk, by="test", position=3)

    assert {row.variant_id: row.on_hand for row in StockItem.objects.all()} == {kept.pk: 7, bare.pk: 0}


def test_gtins_are_checked() -> None:
    with pytest.raises(BadProduct) as refused:
        create(variants=[NewVariant("A", gtin="4006381333932")])
    assert list(refused.value.fields) == ["gtin"]
    variant = create(variants=[NewVariant("A", gtin="4006381333931")]).variants.get()
    with pytest.raises(BadProduct):
        services.update_variant(variant_id=variant.pk, by="test", gtin="abc")

    services.update_variant(variant_id=variant.pk, by="test", gtin="")

    variant.refresh_from_db()
    assert variant.gtin == ""
