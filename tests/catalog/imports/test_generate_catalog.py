"""manage.py generate_catalog: a shop in order of any size, the same every time."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from catalog.imports import services as imports
from catalog.imports.synthetic import goods, load, shelves, words
from catalog.products import rules
from catalog.products import services as products
from catalog.products.models import Brand, Category, ListingPrice, Price, Product, ProductType, Variant
from catalog.search.models import Listing
from inventory.stock.models import StockItem, StockMovement
from shop.core import db
from shop.events.models import OutboxEvent
from shop.management.commands import verify_invariants

pytestmark = pytest.mark.django_db
NUMBER = 200
_TOLD = "Nobody was told of them: lists show them after manage.py rebuild_search_index."


def generate(number: object = NUMBER, *more: str) -> list[str]:
    out = io.StringIO()
    call_command("generate_catalog", f"--products={number}", *more, stdout=out)
    return out.getvalue().splitlines()


def catalogue() -> dict[str, list[tuple[Any, ...]]]:
    """All that a seed decides, row by row."""
    return {
        "products": list(
            Product.objects.order_by("pk").values_list(
                "pk", "external_id", "name", "slug", "description", "brand__name", "category__url_path",
                "product_type__code", "attributes", "options", "tags", "released_on", "status",
            )
        ),
        "variants": list(Variant.objects.order_by("pk").values_list("pk", "product_id", "sku", "options", "gtin")),
        "prices": list(Price.objects.order_by("pk").values_list("pk", "variant_id", "amount_minor", "sale_minor")),
        "listing prices": list(ListingPrice.objects.order_by("pk").values_list("pk", "product_id", "amount_minor")),
        "stock": list(StockItem.objects.order_by("variant_id").values_list("variant_id", "sku", "on_hand")),
    }  # fmt: skip


def written() -> list[list[tuple[Any, ...]]]:
    """Every row of every table that the command writes."""
    tables = (Category, Brand, ProductType, Product, Variant, Price, ListingPrice, StockItem, StockMovement)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]  # type: ignore[attr-defined]


def test_the_same_seed_makes_the_same_catalogue() -> None:
    generate()
    first = catalogue()
    assert [len(first["products"]), len(first["listing prices"])] == [NUMBER, NUMBER]
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("DELETE FROM catalog_price")
        cursor.execute("DELETE FROM catalog_variant")
        cursor.execute("DELETE FROM catalog_listingprice")
        cursor.execute("DELETE FROM catalog_product")
    StockItem.objects.all().delete()

    generate()

    assert catalogue() == first


def test_a_second_run_changes_nothing() -> None:
    first = generate()
    before = written()
    second = generate()
    assert written() == before
    assert (first[-1], _TOLD in second) == (_TOLD, False)
    assert second[-1].startswith(
        f"0 products with 0 variants and 0 stock items were added, {NUMBER} products were there"
    )


def test_what_is_missing_is_added() -> None:
    generate(50)
    fewer = catalogue()
    lost = fewer["stock"][3][0]  # a run that was ended between the two databases
    StockMovement.objects.filter(variant_id=lost).delete()
    StockItem.objects.filter(variant_id=lost).delete()

    generate()

    more = catalogue()
    assert more["products"][:50] == fewer["products"]
    assert [row for row in more["stock"] if row in fewer["stock"]] == fewer["stock"]
    assert len(more["products"]) == NUMBER


def test_what_the_merchant_changed_stays() -> None:
    generate(50)
    product = Product.objects.order_by("pk")[7]
    products.archive(product_id=product.pk, by="staff:1")
    generate(50)
    product.refresh_from_db()
    assert product.status == Product.Status.ARCHIVED


def test_batches_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (goods, load):
        monkeypatch.setattr(module, "BATCH", 30)
    assert generate(100)[:4] == ["30 of 100", "60 of 100", "90 of 100", "100 of 100"]
    assert Product.objects.count() == 100


def test_another_seed_adds_other_products_to_the_same_tree() -> None:
    generate()
    ground = [list(table.objects.order_by("pk").values_list("pk")) for table in (Category, Brand, ProductType)]
    generate(NUMBER, "--seed=2")
    assert Product.objects.count() == 2 * NUMBER
    assert [list(table.objects.order_by("pk").values_list("pk")) for table in (Category, Brand, ProductType)] == ground


def test_nobody_is_told() -> None:
    before = OutboxEvent.objects.using(db.CATALOG).count(), OutboxEvent.objects.using(db.INVENTORY).count()
    generate()
    assert (OutboxEvent.objects.using(db.CATALOG).count(), OutboxEvent.objects.using(db.INVENTORY).count()) == before


def test_the_shop_is_in_order_and_lists_them_all() -> None:
    generate()
    call_command("rebuild_search_index", stdout=io.StringIO())
    assert set(Listing.objects.values_list("product_id", flat=True)) == set(
        Product.objects.values_list("pk", flat=True)
    )
    assert Listing.objects.filter(is_sellable=True).count() == NUMBER
    assert {finding.code: finding.violations for finding in verify_invariants.verify() if finding.violations} == {}


def test_the_tree_is_one() -> None:
    generate()
    assert Category.objects.find_problems() == ([], [], [], [], [])
    assert Category.objects.filter(depth=3).count() == shelves.shelves(NUMBER)
    assert Brand.objects.count() == words.brands(NUMBER)
    paths = {"": ""} | dict(Category.objects.values_list("path", "url_path"))
    above = {url_path: paths[path[: -Category.steplen]] for path, url_path in paths.items() if path}
    assert above == {url_path: url_path.rpartition("/")[0] for url_path in above}


def test_values_fit_their_product_type() -> None:
    generate()
    kinds = {one.pk: products.specs(one.pk) for one in ProductType.objects.all()}
    assert {spec.kind for specs in kinds.values() for spec in specs} == {"number", "choice", "boolean"}
    for type_id, values in Product.objects.values_list("product_type_id", "attributes"):
        assert rules.clean_attributes(kinds[type_id], values) == (values, {})


def test_every_unit_is_in_the_ledger() -> None:
    generate()
    moved = dict(StockMovement.objects.values_list("stock_item_id", "quantity"))
    assert moved == dict(StockItem.objects.exclude(on_hand=0).values_list("pk", "on_hand"))
    assert set(StockMovement.objects.values_list("kind", "reason", "actor")) == {
        ("receive", "generated catalogue", "system")
    }


@pytest.mark.parametrize("number", ["0", "-5", "ten", "1.5", "", "100000001"])
def test_a_number_out_of_range_is_refused(number: str) -> None:
    with pytest.raises(CommandError) as refused:
        generate(number)
    assert str(refused.value) == f"--products is a whole number from 1 to 100,000,000, not {number!r}."
    assert Category.objects.count() == 0


def test_a_seed_out_of_range_is_refused() -> None:
    with pytest.raises(CommandError) as refused:
        generate(NUMBER, "--seed=x")
    assert str(refused.value) == "--seed is a whole number from 0 to 999,999, not 'x'."


def test_an_import_is_not_disturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    def running() -> None:
        raise imports.ImportRunning("another import is running")

    monkeypatch.setattr(load.imports, "only_one", running)
    with pytest.raises(CommandError) as refused:
        generate()
    assert str(refused.value) == "Not now: another import is running."
