from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.products import page, services, showing
from catalog.products.models import Product
from shop.core import db
from tests.factories import catalog
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tee() -> Product:
    """Colours and sizes: Moss M and Moss L in stock, Navy M sold out, Navy L not made."""
    product = catalog.ProductFactory(name="Tee", slug="tee", options=["Colour", "Size"])
    for sku, colour, size, units in [("T-NM", "Navy", "M", 0), ("T-MM", "Moss", "M", 20), ("T-ML", "Moss", "L", 3)]:
        catalog.add_variant(product, sku=sku, options={"Colour": colour, "Size": size}, units=units, amount=2500)
    return product


def test_an_in_stock_variant_is_preselected(client: Client, tee: Product) -> None:
    response = client.get("/products/tee/")

    text = response.content.decode()
    assert response.status_code == 200
    assert response.context["variant"].sku == "T-MM"
    assert re.search(rf'data-testid="product-details"[^>]*data-product-id="{tee.pk}"', text)
    assert 'data-sku="T-MM"' in text
    for testid in ("add-to-cart-btn", "stock-status", "price", "variant-select", "reviews", "recommendations"):
        assert f'data-testid="{testid}"' in text


def test_a_variant_by_its_sku(client: Client, tee: Product) -> None:
    variant = client.get("/products/tee/?variant=T-ML").context["variant"]

    assert (variant.sku, variant.stock, variant.available, variant.max_quantity) == ("T-ML", "low", 3, 3)


def test_how_many_of_many_there_are_is_nowhere_on_a_page_that_is_kept(client: Client, tee: Product) -> None:
    """Not each change of many is told of, so that a number would be old; the cart says how many there are."""
    variant = client.get("/products/tee/?variant=T-MM").context["variant"]

    assert (variant.stock, variant.available, variant.max_quantity) == ("in_stock", None, page.MAX_QUANTITY)


@pytest.mark.parametrize("query", ["variant=NOPE", "option.colour=%01", "option.nothing=x&changed=zzz"])
def test_an_unknown_variant_shows_another(client: Client, tee: Product, query: str) -> None:
    response = client.get(f"/products/tee/?{query}")

    assert response.status_code == 200
    assert response.context["variant"] is not None


def test_choosing_an_option_keeps_it_even_when_the_combination_does_not_exist(client: Client, tee: Product) -> None:
    address = "/products/tee/?option.colour=Navy&option.size=L&changed=option.colour"

    response = client.get(address, headers={"HX-Request": "true"})

    assert response.context["variant"].sku == "T-NM"
    assert response["HX-Replace-Url"] == "/products/tee/?variant=T-NM"
    assert "<html" not in response.content.decode()


def test_values_say_whether_they_can_be_had(client: Client, tee: Product) -> None:
    options = client.get("/products/tee/?variant=T-ML").context["options"]

    assert [option["code"] for option in options] == ["colour", "size"]
    navy, moss = options[0]["values"]
    medium, large = options[1]["values"]
    assert (navy["is_possible"], navy["is_available"], moss["is_selected"]) == (False, False, True)
    assert (medium["is_possible"], medium["is_available"], large["is_selected"]) == (True, True, True)


def test_an_old_slug_answers_301(client: Client, tee: Product) -> None:
    services.update(product_id=tee.pk, by="test", name="T-shirt")

    response = client.get("/products/tee/")

    assert (response.status_code, response["Location"]) == (301, "/products/t-shirt/")


BELOW = (
    "live/?variant=T-ML", "options/", "reviews/", "reviews/?stars=5&page=1", "reviews/write/", "recommendations/",
    "seen/", "restock/?variant=x", "restock/asked/",
)  # fmt: skip


@pytest.mark.parametrize("below", BELOW)
def test_below_an_old_slug_everything_leads_on(client: Client, tee: Product, below: str) -> None:
    """Open pages ask there, and mails and search engines have links to it."""
    services.update(product_id=tee.pk, by="test", name="T-shirt")
    client.force_login(UserFactory())

    response = client.get(f"/products/tee/{below}")
    assert (response.status_code, response["Location"]) == (301, f"/products/t-shirt/{below}")
    assert "no-cache" in response["Cache-Control"]  # the old name may come back
    assert client.get(f"/products/no-such/{below}").status_code == 404
    assert client.get(f"/de/products/tee/{below}")["Location"] == f"/de/products/t-shirt/{below}"


def test_what_is_sent_below_an_old_slug_is_not_lost(client: Client, tee: Product) -> None:
    services.update(product_id=tee.pk, by="test", name="T-shirt")

    response = client.post("/products/tee/restock/", {"email": "ada@example.com"})
    assert (response.status_code, response["Location"]) == (308, "/products/t-shirt/restock/")


def test_the_variant_is_still_the_chosen_one_after_a_301(client: Client, tee: Product) -> None:
    services.update(product_id=tee.pk, by="test", name="T-shirt")

    assert client.get("/products/tee/?variant=T-ML")["Location"] == "/products/t-shirt/?variant=T-ML"


def test_an_archived_product_is_gone_with_a_page_that_helps(client: Client, tee: Product) -> None:
    services.archive(product_id=tee.pk, by="test")

    response = client.get("/products/tee/")

    assert response.status_code == 410
    assert 'data-testid="add-to-cart-btn"' not in response.content.decode()


@pytest.mark.parametrize("below", BELOW)
@pytest.mark.parametrize("status", ["archived", "draft"])
def test_below_its_address_a_product_is_as_gone_as_its_page(
    client: Client, tee: Product, below: str, status: str
) -> None:
    """Kept pages too: they were made while it was sold."""
    client.force_login(UserFactory())
    guest = Client()
    before = guest.get(f"/products/tee/{below}").status_code
    Product.objects.filter(pk=tee.pk).update(status=status, archived_at=db.clock() if status == "archived" else None)
    showing.renew([tee.pk])

    expected = client.get("/products/tee/").status_code
    assert expected == (410 if status == "archived" else 404)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.get(f"/products/tee/{below}", headers=headers)
        assert answer.status_code == expected
        assert "data-add-form" not in answer.content.decode()
    if below != "reviews/write/":  # which asks guests to sign in
        assert (before in (200, 302), guest.get(f"/products/tee/{below}").status_code) == (True, expected)


def test_what_can_still_be_read_of_an_archived_product_is_there_to_be_read(client: Client, tee: Product) -> None:
    """Its page asks for it, and shows what it gets (js/page.js)."""
    services.archive(product_id=tee.pk, by="test")

    page = client.get("/products/tee/").content.decode()
    assert 'hx-get="/products/tee/reviews/"' in page
    assert "/products/tee/seen/" not in page
    assert "No reviews yet" in client.get("/products/tee/reviews/", headers={"HX-Request": "true"}).content.decode()


def test_a_form_that_was_open_says_that_the_product_is_gone(client: Client, tee: Product) -> None:
    services.archive(product_id=tee.pk, by="test")

    part = client.post("/products/tee/restock/", {"email": "ada@example.com"}, headers={"HX-Request": "true"})
    assert (part.status_code, part.content.decode().strip()[:5]) == (410, "<div ")
    assert "This product is no longer sold." in part.content.decode()
    page = client.post("/products/tee/restock/", {"email": "ada@example.com"}).content.decode()
    assert 'href="/products/tee/"' in page
    assert "<title>No longer sold" in page


def test_a_draft_is_not_there(client: Client) -> None:
    catalog.product(slug="draft", status="draft")

    assert client.get("/products/draft/").status_code == 404


def test_without_a_price_here_it_is_not_sold(client: Client) -> None:
    catalog.product(slug="foreign", currency="GBP")

    response = client.get("/products/foreign/")

    assert response.status_code == 200
    assert response.context["product"]["is_sellable"] is False
    assert 'data-testid="add-to-cart-btn"' not in response.content.decode()


def test_a_post_is_refused(client: Client, tee: Product) -> None:
    assert client.post("/products/tee/").status_code == 405


def test_structured_data_names_pictures_by_their_whole_address(client: Client, settings: Any) -> None:
    settings.SITE_URL = "https://shop.test"
    catalog.ImageFactory(product=catalog.product(slug="lamp"))

    response = client.get("/products/lamp/")

    data, _crumbs = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.DOTALL
    )
    [picture] = response.context["gallery"]
    assert json.loads(data)["image"] == [f"https://shop.test{picture['src']}"]


def test_structured_data_cannot_close_its_script(client: Client) -> None:
    catalog.product(slug="evil", name="</script><script>alert(1)</script>", description="<b>&</b>")

    text = client.get("/products/evil/").content.decode()

    assert "<script>alert" not in text
    data, _crumbs = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert json.loads(data)["name"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Two\n\nparagraphs & more", "<p>Two</p>\n\n<p>paragraphs &amp; more</p>"),
        ('<p onclick="x()">Bold<script>alert(1)</script></p>', "<p>Bold</p>"),
        ("5 < 6", "<p>5 &lt; 6</p>"),
        ("", ""),
    ],
)
def test_descriptions_are_safe(text: str, html: str) -> None:
    assert page.safe_description(text) == html


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("Anti-glare,Anti-radiation", "", "Anti-glare, Anti-radiation"),
        ("Red, Blue", "", "Red, Blue"),
        ("1,000", "g", "1,000 g"),
        (2.5, "kg", "2.5 kg"),
        (True, "", "Yes"),
    ],
)
def test_values_are_told_as_people_write_them(value: object, unit: str, text: str) -> None:
    assert page.shown_value(value, unit) == text


def test_specifications_in_the_order_of_the_type(client: Client) -> None:
    kind = catalog.ProductTypeFactory(code="lamp")
    catalog.AttributeFactory(product_type=kind, code="watts", name="Power", kind="number", unit="W", position=2)
    catalog.AttributeFactory(product_type=kind, code="dimmable", name="Dimmable", kind="boolean", position=1)
    catalog.product(slug="lamp", product_type=kind, attributes={"watts": 4.5, "dimmable": True})

    assert client.get("/products/lamp/").context["product"]["specs"] == [
        {"label": "Dimmable", "value": "Yes"},
        {"label": "Power", "value": "4.5 W"},
    ]


def test_the_same_few_queries_for_1_and_30_variants(client: Client, counting: Any) -> None:
    counts = []
    for number in (1, 30):
        product = catalog.ProductFactory(
            slug=f"tee-{number}", options=["Size"], category=catalog.category("Wear", "Tees"), attributes={"a": 1}
        )
        for n in range(number):
            catalog.add_variant(product, options={"Size": str(n)})
            catalog.ImageFactory(product=product)
        cache.delete_pattern("*")
        with counting() as queries:
            assert client.get(f"/products/tee-{number}/").status_code == 200
        counts.append(queries())

    assert (
        counts[0] == counts[1] <= 17
    )  # ten are for tax, currencies, ways of delivery and rules of returns, which a process asks for once
