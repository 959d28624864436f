from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from catalog.products import categories
from catalog.products.models import Category, Image, ListingPrice, Price, Product, Seller
from catalog.reviews.models import Review
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories import catalog
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db
UNTOUCHED = {"translations-TOTAL_FORMS": "0", "translations-INITIAL_FORMS": "0"}  # what a page says of translations


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def sent(client: Client, product: Product) -> dict[str, Any]:
    """What the browser would send if nothing were touched."""
    context = client.get(reverse("admin:catalog_product_change", args=[product.pk])).context
    form = context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for inline in context["inline_admin_formsets"]:
        for one in [inline.formset.management_form, *inline.formset.initial_forms]:
            data |= {one.add_prefix(name): one[name].value() for name in one.fields if name != "file"}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def save(client: Client, product: Product, **changes: Any) -> Any:
    data = {**sent(client, product), **changes}
    return client.post(reverse("admin:catalog_product_change", args=[product.pk]), data)


def events() -> list[str]:
    rows = OutboxEvent.objects.using(db.CATALOG).exclude(event_type="StockChanged").order_by("id")
    return list(rows.values_list("event_type", flat=True))


def test_a_new_product(merchant: Client) -> None:
    kind, seller = catalog.ProductTypeFactory(), catalog.SellerFactory()
    data = {
        "name": "Oak stool",
        "status": "draft",
        "product_type": kind.pk,
        "seller": seller.pk,
        "tags_text": "new, oak",
    }

    response = merchant.post(reverse("admin:catalog_product_add"), data)

    assert response.status_code == 302, response.context["errors"]
    product = Product.objects.get()
    assert (product.slug, product.tags) == ("oak-stool", ["new", "oak"])
    assert events() == ["ProductChanged"]


def test_saving_untouched_changes_nothing(merchant: Client) -> None:
    product = catalog.product(indexed=False)

    assert save(merchant, product).status_code == 302

    assert events() == []


def test_a_new_name_leaves_a_redirect(merchant: Client, client: Client) -> None:
    product = catalog.product(slug="lamp")

    assert save(merchant, product, name="Desk lamp", slug="").status_code == 302

    assert client.get("/products/lamp/")["Location"] == "/products/desk-lamp/"


def test_typed_attributes(merchant: Client) -> None:
    kind = catalog.ProductTypeFactory(code="lamp")
    catalog.AttributeFactory(product_type=kind, code="watts", kind="number", is_required=True)
    catalog.AttributeFactory(product_type=kind, code="dimmable", kind="boolean", is_filterable=True)
    catalog.AttributeFactory(product_type=kind, code="other")
    product = catalog.product(product_type=kind, attributes={"watts": 5, "unlisted": "kept"})

    assert save(merchant, product, **{"attribute:watts": ""}).status_code == 200
    assert save(merchant, product, **{"attribute:watts": "7.5", "attribute:dimmable": "yes"}).status_code == 302

    product.refresh_from_db()
    assert product.attributes == {"watts": 7.5, "dimmable": True}


def test_a_price_in_the_variants_table(merchant: Client) -> None:
    product = catalog.product(amount=2500)

    assert save(merchant, product, **{"variants-0-price": "30.00", "variants-0-sale_price": "24.00"}).status_code == 302

    price = ListingPrice.objects.get(product=product)
    assert (price.amount_minor, price.regular_minor) == (2400, 3000)
    assert "PriceChanged" in events()


@pytest.mark.parametrize("row", [{"price": "0"}, {"price": "-1"}, {"price": "0.00"}, {"sale_price": "0"}])
def test_nothing_is_sold_for_free(merchant: Client, row: dict[str, str]) -> None:
    product = catalog.product(amount=2500)
    response = save(merchant, product, **{f"variants-0-{name}": value for name, value in row.items()})
    assert (response.status_code, "A price is above zero; empty: not sold." in response.content.decode()) == (200, True)
    assert Price.objects.get().amount_minor == 2500


def test_what_was_free_before_can_be_saved_with_the_rest(merchant: Client) -> None:
    product = catalog.product(amount=0)
    assert save(merchant, product, name="Changed").status_code == 302
    assert Price.objects.get().amount_minor == 0


@pytest.mark.parametrize(
    ("status", "is_active", "is_told"), [("active", True, True), ("active", False, False), ("draft", True, False)]
)
def test_an_emptied_price_is_gone_and_told_of(merchant: Client, status: str, is_active: bool, is_told: bool) -> None:
    product = catalog.product(amount=2500, sku="LAMP", status=status)
    row = {"variants-0-price": "", "variants-0-is_active": "on" if is_active else ""}
    response = save(merchant, product, **row)
    assert response.status_code == 302
    told = [str(one) for one in get_messages(response.wsgi_request)]
    warning = "No price in USD: LAMP. Without one this is shown, but not sold."
    assert (warning in told, Price.objects.count()) == (is_told, 0)


@pytest.mark.parametrize(
    "row",
    [
        {"price": "-1"},
        {"price": "10", "sale_price": "10"},
        {"price": "1.999"},
        {"sku": ""},
        {"options_text": "Moss"},
        {"gtin": "abc"},
        {"gtin": "4006381333932"},
        {"length_mm": "-1"},
        {"sale_starts_at": "2026-05-01T12:00"},
        {"sale_price": "9", "sale_starts_at": "2026-05-02T12:00", "sale_ends_at": "2026-05-02T12:00"},
        {"sale_price": "9", "sale_ends_at": "soon"},
    ],
)
def test_a_bad_row_saves_nothing(merchant: Client, row: dict[str, str]) -> None:
    product = catalog.product(amount=2500)

    response = save(merchant, product, name="Changed", **{f"variants-0-{name}": value for name, value in row.items()})

    assert response.status_code == 200
    product.refresh_from_db()
    assert product.name != "Changed"


def test_new_variants_with_options(merchant: Client) -> None:
    product = catalog.ProductFactory()
    rows = {"variants-TOTAL_FORMS": 2}
    for number, colour in enumerate(["Moss", "Navy"]):
        rows |= {
            f"variants-{number}-sku": f"T-{colour}",  # type: ignore[dict-item]
            f"variants-{number}-options_text": f"Colour: {colour}",
            f"variants-{number}-price": "25.00",
            f"variants-{number}-position": number,
            f"variants-{number}-is_active": "on",
        }

    response = save(merchant, product, **rows)

    assert response.status_code == 302
    product.refresh_from_db()
    assert product.options == ["Colour"]
    assert list(product.variants.values_list("sku", "options")) == [
        ("T-Moss", {"Colour": "Moss"}),
        ("T-Navy", {"Colour": "Navy"}),
    ]
    assert ListingPrice.objects.get(product=product).amount_minor == 2500


def test_two_variants_with_the_same_options_are_refused(merchant: Client) -> None:
    product = catalog.product(options=["Colour"])
    product.variants.update(options={"Colour": "Moss"})
    row = {
        "variants-TOTAL_FORMS": 2,
        "variants-1-sku": "X",
        "variants-1-options_text": "Colour: Moss",
        "variants-1-position": 1,
    }

    assert save(merchant, product, **row).status_code == 200
    assert product.variants.count() == 1


def test_pictures_come_and_go(merchant: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    product = catalog.product()
    buffer = io.BytesIO()
    Pillow.new("RGB", (64, 80)).save(buffer, "PNG")
    buffer.seek(0)
    buffer.name = "lamp.png"

    row = {"images-TOTAL_FORMS": 1, "images-0-file": buffer, "images-0-alt": "A lamp", "images-0-position": 0}
    assert save(merchant, product, **row).status_code == 302
    image = Image.objects.get()
    assert (image.alt, image.width, image.height) == ("A lamp", 64, 80)

    assert save(merchant, product, **{"images-0-DELETE": "on"}).status_code == 302
    assert Image.objects.count() == 0


def _png(width: int, height: int) -> io.BytesIO:
    buffer = io.BytesIO()
    Pillow.new("RGB", (width, height)).save(buffer, "PNG")
    buffer.seek(0)
    buffer.name = "lamp.png"
    return buffer


def test_a_picture_is_replaced_and_not_emptied(merchant: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    product = catalog.product()
    row = {"images-TOTAL_FORMS": 1, "images-0-file": _png(64, 80), "images-0-alt": "A lamp", "images-0-position": 0}
    save(merchant, product, **row)
    before = Image.objects.get()
    Image.objects.update(is_ready=True)

    assert save(merchant, product, **{"images-0-file": _png(40, 50)}).status_code == 302
    image = Image.objects.get()
    assert (image.pk, image.alt, image.width, image.height) == (before.pk, "A lamp", 40, 50)
    assert image.file.name != before.file.name  # caches have the old one
    assert not image.is_ready  # its AVIF and WebP files are of the old one
    with image.file.open() as file:
        assert Pillow.open(file).size == (40, 50)

    assert save(merchant, product, **{"images-0-alt": "The lamp"}).status_code == 302
    assert Image.objects.get().file.name == image.file.name
    page = merchant.get(reverse("admin:catalog_product_change", args=[product.pk])).content.decode()
    assert "images-0-file-clear" not in page  # a row is deleted, not emptied


def test_actions_archive_and_activate(merchant: Client) -> None:
    made = [catalog.product(indexed=False) for _ in range(2)]
    address = reverse("admin:catalog_product_changelist")
    chosen = {"_selected_action": [str(product.pk) for product in made]}

    merchant.post(address, {**chosen, "action": "archive"})
    assert list(Product.objects.values_list("status", flat=True)) == ["archived"] * 2
    merchant.post(address, {**chosen, "action": "activate"})
    assert list(Product.objects.values_list("status", flat=True)) == ["active"] * 2
    assert events() == ["ProductChanged"] * 4


def test_the_list_takes_the_same_queries_for_1_and_30_products(merchant: Client, counting: Any) -> None:
    counts = []
    for number in (1, 29):
        for _ in range(number):
            catalog.product(category=catalog.category("Home"), brand="Acme", indexed=False)
        merchant.get(reverse("admin:catalog_product_changelist"))
        with counting() as queries:
            response = merchant.get(reverse("admin:catalog_product_changelist"))
        assert response.status_code == 200
        counts.append(queries())

    assert counts[0] == counts[1] <= 14


def test_categories_are_made_renamed_and_moved(merchant: Client) -> None:
    home = catalog.category("Home")

    merchant.post(reverse("admin:catalog_category_add"), {"name": "Lamps", "parent": str(home.pk), "is_active": "on"})
    lamps = Category.objects.get(url_path="home/lamps")
    address = reverse("admin:catalog_category_change", args=[lamps.pk])
    assert merchant.get(address).context["adminform"].form["parent"].value() == str(home.pk)
    response = merchant.post(
        address, {"name": "Lights", "slug": "lights", "parent": "", "is_active": "on", **UNTOUCHED}
    )

    assert response.status_code == 302
    assert list(Category.objects.order_by("path").values_list("url_path", "depth")) == [("home", 1), ("lights", 1)]


def test_categories_move_up_and_down(merchant: Client) -> None:
    for name in "ABC":
        catalog.category(name)
    last = Category.objects.get(name="C")
    address = reverse("admin:catalog_category_changelist")

    merchant.post(address, {"action": "move_up", "_selected_action": [str(last.pk)]})
    assert list(Category.objects.order_by("path").values_list("name", flat=True)) == ["A", "C", "B"]
    categories.shift(category_id=last.pk, is_up=False, by="test")
    categories.shift(category_id=last.pk, is_up=False, by="test")
    assert list(Category.objects.order_by("path").values_list("name", flat=True)) == ["A", "B", "C"]


@pytest.mark.parametrize("name", ["product", "category", "brand", "seller", "producttype", "review"])
def test_pages_open(merchant: Client, name: str) -> None:
    product = catalog.product(category=catalog.category("Home"), brand="Acme")
    catalog.ReviewFactory(product=product)

    assert merchant.get(reverse(f"admin:catalog_{name}_changelist")).status_code == 200
    if name != "review":
        assert merchant.get(reverse(f"admin:catalog_{name}_add")).status_code == 200


def test_a_renamed_brand_tells(merchant: Client, client: Client) -> None:
    brand = catalog.BrandFactory(name="Acme")

    merchant.post(
        reverse("admin:catalog_brand_change", args=[brand.pk]),
        {"name": "Apex", "slug": "apex", "is_active": "on", **UNTOUCHED},
    )

    assert events() == ["BrandChanged"]
    assert client.get("/brands/acme/")["Location"] == "/brands/apex/"


def test_reviews_are_moderated(merchant: Client) -> None:
    review = catalog.ReviewFactory(status="pending", rating=4)
    address = reverse("admin:catalog_review_changelist")

    merchant.post(address, {"action": "publish", "_selected_action": [str(review.pk)]})

    assert Review.objects.get().status == "published"
    assert Product.objects.get().rating_count == 1


def test_the_shop_itself_is_the_seller_unless_told_otherwise(merchant: Client) -> None:
    address = reverse("admin:catalog_product_add")

    chosen = [merchant.get(address).context["adminform"].form["seller"].value() for _ in range(2)]

    assert chosen == [Seller.objects.get(is_default=True).pk] * 2


@pytest.mark.parametrize("name", ["product_type", "category", "brand", "seller"])
def test_keys_that_are_none_are_refused_in_words(merchant: Client, name: str) -> None:
    good = {"product_type": catalog.ProductTypeFactory().pk, "seller": catalog.SellerFactory().pk}
    data = {"name": "Oak stool", "status": "draft", **good, name: "zzz"}

    response = merchant.post(reverse("admin:catalog_product_add"), data)

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [name]
