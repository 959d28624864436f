from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image as Pillow

from catalog.products import categories, pictures, prices, selectors, services, tree
from catalog.products.models import Category, Image, ListingPrice, OldSlug, Product, Seller
from catalog.products.services import BadProduct, NewVariant
from shop.audit.models import AuditEntry
from shop.core import cache, db
from shop.core.money import Money
from shop.events.models import OutboxEvent
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def create(**fields: Any) -> Product:
    kind = catalog.ProductTypeFactory()
    return services.create(**{"name": "Oak stool", "product_type_id": kind.pk, "by": "test", **fields})


def events() -> list[str]:
    rows = OutboxEvent.objects.using(db.CATALOG).exclude(event_type="StockChanged").order_by("id")
    return list(rows.values_list("event_type", flat=True))


def listing_price(product: Product) -> tuple[int, int, bool]:
    row = ListingPrice.objects.get(product=product, currency="USD")
    return row.amount_minor, row.regular_minor, row.has_range


def test_create_makes_product_variants_and_prices() -> None:
    variants = [
        NewVariant("STOOL-O", {"Colour": "Oak"}, weight_grams=900, price=usd("49.00")),
        NewVariant("STOOL-W", {"Colour": "White"}, price=usd("59.00"), sale=usd("45.00")),
    ]

    product = create(options=["Colour"], variants=variants, status="active")

    assert product.slug == "oak-stool"
    assert list(product.variants.values_list("sku", "position")) == [("STOOL-O", 0), ("STOOL-W", 1)]
    assert listing_price(product) == (4500, 5900, True)
    assert events() == ["ProductChanged"]
    assert AuditEntry.objects.using(db.CATALOG).get().action == "product.create"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"status": "sold"}, "status"),
        ({"colour": "red"}, "colour"),
        ({"attributes": {"unknown": 1}}, "attributes.unknown"),
        ({"variants": [NewVariant("A"), NewVariant("A")]}, "sku"),
        ({"variants": [NewVariant("A"), NewVariant("B")]}, "options"),
        ({"variants": [NewVariant("A", {"Size": "S"})]}, "options"),
        ({"variants": [NewVariant("")]}, "sku"),
    ],
)
def test_create_refuses_and_leaves_nothing_behind(fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadProduct) as caught:
        create(**fields)

    assert list(caught.value.fields) == [wrong]
    assert Product.objects.count() == 0
    assert events() == []


def test_a_taken_sku_is_refused() -> None:
    catalog.VariantFactory(sku="TAKEN")

    with pytest.raises(BadProduct):
        create(variants=[NewVariant("TAKEN")])


def test_renaming_gives_a_new_slug_and_remembers_the_old_one() -> None:
    product = create()

    services.update(product_id=product.pk, by="test", name="Ash stool")
    assert Product.objects.get().slug == "ash-stool"
    assert selectors.moved_to("product", "oak-stool") == "ash-stool"

    services.update(product_id=product.pk, by="test", name="Oak stool")
    assert Product.objects.get().slug == "oak-stool"
    assert list(OldSlug.objects.values_list("slug", flat=True)) == ["ash-stool"]


def test_nobody_takes_a_slug_that_leads_elsewhere() -> None:
    product = create()
    services.update(product_id=product.pk, by="test", name="Ash stool")

    assert create().slug == "oak-stool-2"


def test_free_slugs_differ_within_a_batch() -> None:
    create(name="Cup")

    assert services.free_slugs(["Cup", "Cup", "Mug", "cup"]) == ["cup-2", "cup-3", "mug", "cup-4"]


def test_archive_and_activate() -> None:
    product = create(status="active")

    assert services.archive(product_id=product.pk, by="staff:1").archived_at is not None
    assert services.activate(product_id=product.pk, by="staff:1").archived_at is None
    assert events() == ["ProductChanged"] * 3


def test_set_price_reprices_and_tells() -> None:
    product = catalog.product(amount=2500)
    variant = product.variants.get()

    prices.set_price(variant_id=variant.pk, amount=usd("30.00"), sale=usd("20.00"), by="test")

    assert listing_price(product) == (2000, 3000, False)
    assert events()[-1] == "PriceChanged"


@pytest.mark.parametrize(
    ("amount", "sale", "hours"),
    [("10.00", "10.00", None), ("10.00", "12.00", None), ("-1.00", None, None), ("10.00", "5.00", -1)],
)
def test_set_price_refuses(amount: str, sale: str | None, hours: int | None) -> None:
    variant = catalog.product().variants.get()
    now = db.clock(db.CATALOG)
    ends = now + timedelta(hours=hours) if hours else None

    with pytest.raises(prices.BadPrice):
        prices.set_price(
            variant_id=variant.pk,
            amount=usd(amount),
            sale=usd(sale) if sale else None,
            sale_starts_at=now,
            sale_ends_at=ends,
            by="test",
        )


def test_a_sale_reaches_the_list_when_it_starts_and_ends() -> None:
    product = catalog.product(amount=2500)
    variant = product.variants.get()
    now = db.clock(db.CATALOG)
    prices.set_price(
        variant_id=variant.pk,
        amount=usd("25.00"),
        sale=usd("20.00"),
        sale_starts_at=now + timedelta(hours=1),
        sale_ends_at=now + timedelta(hours=2),
        by="test",
    )
    assert listing_price(product) == (2500, 2500, False)
    assert prices.refresh() == 0

    variant.prices.update(sale_starts_at=now - timedelta(hours=1))
    ListingPrice.objects.update(changes_at=now - timedelta(seconds=1))
    assert prices.refresh() == 1
    assert listing_price(product) == (2000, 2500, False)

    variant.prices.update(sale_ends_at=now - timedelta(minutes=1))
    ListingPrice.objects.update(changes_at=now - timedelta(seconds=1))
    assert prices.refresh() == 1
    assert listing_price(product) == (2500, 2500, False)
    assert prices.refresh() == 0


def test_reprice_forgets_prices_that_are_gone(counting: Any) -> None:
    made = [catalog.product(indexed=False) for _ in range(30)]
    made[0].variants.get().prices.all().delete()

    with counting() as queries:
        prices.reprice([product.pk for product in made])
    assert queries() <= 8

    assert ListingPrice.objects.count() == 29


def test_renaming_a_category_repaths_its_subtree() -> None:
    root, leaf = catalog.category("Home"), catalog.category("Home", "Lamps", "Desk lamps")

    categories.update(category_id=root.pk, name="House", by="test")

    assert list(Category.objects.order_by("path").values_list("url_path", flat=True)) == [
        "house",
        "house/lamps",
        "house/lamps/desk-lamps",
    ]
    assert selectors.moved_to("category", "home/lamps/desk-lamps") == "house/lamps/desk-lamps"
    assert leaf.pk == Category.objects.get(url_path="house/lamps/desk-lamps").pk
    assert events() == ["CategoryChanged"]


def test_moving_a_category_keeps_paths_unique() -> None:
    catalog.category("A", "Same")
    target = catalog.category("B")
    moved = catalog.category("C", "Same")
    categories.move(category_id=moved.pk, target_id=target.pk, position="last-child", by="test")
    other = Category.objects.get(url_path="a/same")
    categories.move(category_id=other.pk, target_id=target.pk, position="first-child", by="test")

    assert list(Category.objects.order_by("path").values_list("url_path", flat=True)) == [
        "a",
        "b",
        "b/same-2",
        "b/same",
        "c",
    ]


def test_many_categories_are_made_at_once_beside_those_that_are_there() -> None:
    root = categories.create(name="Home", by="test")
    old = categories.create(name="Lamps", parent_id=root.pk, by="test")
    events = OutboxEvent.objects.using(db.CATALOG).count()
    paths = [("Home", "Lamps", "Desk lamps"), ("Home", "Rugs"), ("Garden", "Rakes"), ("Home", "Lamps", "desk lamps!")]

    made = categories.load(paths=paths, by="test")

    assert made["Home",] == root.pk
    assert made["Home", "Lamps"] == old.pk
    assert dict(Category.objects.values_list("pk", "url_path")) == {
        root.pk: "home",
        old.pk: "home/lamps",
        made[paths[0]]: "home/lamps/desk-lamps",
        made[paths[1]]: "home/rugs",
        made["Garden",]: "garden",
        made[paths[2]]: "garden/rakes",
        made[paths[3]]: "home/lamps/desk-lamps-2",
    }
    assert Category.objects.find_problems() == ([], [], [], [], [])
    assert [node.name for node in tree.tree().children()] == ["Home", "Garden"]
    assert categories.load(paths=paths, by="test") == made
    assert Category.objects.count() == 7
    assert OutboxEvent.objects.using(db.CATALOG).count() == events
    assert AuditEntry.objects.using(db.CATALOG).filter(action="category.load").count() == 1


def test_a_category_cannot_go_into_itself() -> None:
    root, leaf = catalog.category("A"), catalog.category("A", "B")

    with pytest.raises(categories.BadCategory):
        categories.move(category_id=root.pk, target_id=leaf.pk, position="last-child", by="test")


def test_what_is_under_a_hidden_category_is_hidden() -> None:
    root = catalog.category("A")
    catalog.category("A", "B")
    catalog.category("C")
    categories.update(category_id=root.pk, is_active=False, by="test")
    cache.CATEGORY_TREE.delete()  # as after the commit

    assert [node.url_path for node in tree.tree().nodes] == ["c"]


def png(width: int = 960, height: int = 1200) -> bytes:
    buffer = io.BytesIO()
    Pillow.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def broken_avif() -> bytes:
    """An AVIF whose picture is nowhere: its decoder raises what no other one does."""
    buffer = io.BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(buffer, "AVIF")
    return buffer.getvalue().replace(b"iloc", b"lost")


def test_a_picture_gets_avif_and_webp(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    product = catalog.product(name="Lamp")

    image = pictures.add(product_id=product.pk, content=png(640, 800), by="test", process=True)

    shown = pictures.picture(image)
    assert shown is not None
    assert (shown["width"], shown["height"], shown["alt"]) == (640, 800, "")
    assert shown["src"].endswith("/640w.webp")
    assert [part.split()[1] for part in shown["srcset_avif"].split(", ")] == ["320w", "640w"]
    written = sorted(path.suffix for path in tmp_path.rglob("*w.*"))
    assert written == [".avif", ".avif", ".webp", ".webp"]


def test_before_a_worker_has_been_there_the_original_is_shown(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    image = pictures.add(product_id=catalog.product().pk, content=png(), by="test")

    shown = pictures.picture(image)
    assert shown is not None
    assert "srcset_avif" not in shown
    assert shown["src"].endswith(".png")


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", png()[:100], broken_avif()])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    product = catalog.product()

    with pytest.raises(pictures.BadPicture):
        pictures.add(product_id=product.pk, content=content, by="test")

    assert Image.objects.count() == 0


def test_the_default_seller_is_made_once(settings: Any) -> None:
    settings.SHOP_NAME = "Holdfast"
    plain = catalog.SellerFactory(name="Holdfast", slug="holdfast", is_default=False)
    assert services.default_seller() == plain, "a seller of this name is there already"
    plain.delete()

    assert services.default_seller() == services.default_seller()

    assert list(Seller.objects.values_list("name", "is_default")) == [("Holdfast", True)]
