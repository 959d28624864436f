"""What pages say of themselves to search engines and to who shares them, compared with what they show."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from catalog.products import prices, services
from catalog.products.models import Product
from catalog.search import indexing
from shop.core import db
from shop.core.money import Money
from tests.factories import catalog

pytestmark = pytest.mark.django_db
SITE = "https://shop.test"


@pytest.fixture(autouse=True)
def lamp(settings: Any) -> Product:
    settings.SITE_URL = SITE
    settings.SHOP_NAME = "Holdfast"
    brand = catalog.BrandFactory(name="Acme", slug="acme")
    category = catalog.category("Home", "Lighting")
    catalog.product(name="Lamp 3", slug="lamp-3", category=category, brand=brand, amount=1003)
    made = catalog.product(name="Lamp", slug="lamp", category=category, brand=brand, amount=2000, units=20,
                           description="<p>Bright &amp; warm.</p><p>For <b>desks</b>.</p>")  # fmt: skip
    catalog.ImageFactory(product=made, alt="A lamp on a desk")
    return made


def _page(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def _data(text: str) -> dict[str, dict[str, Any]]:
    """The JSON-LD of a page, by its type."""
    found = [json.loads(one) for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)]
    assert all(one["@context"] == "https://schema.org" for one in found)
    return {one["@type"]: one for one in found}


def _meta(text: str) -> dict[str, str]:
    head = text.partition("</head>")[0]
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', head)
    return {name: unescape(value) for name, value in found if name != "og:locale:alternate"}


def _canonical(text: str) -> str:
    [found] = re.findall(r'<link rel="canonical" href="([^"]+)">', text)
    return unescape(found)


def _shown_crumbs(text: str) -> list[tuple[str, str | None]]:
    """A page with nothing above it does not show its name twice: its heading is all there is of a way."""
    if not (found := re.findall(r'<ol class="crumbs">(.*?)</ol>', text, re.S)):
        [name] = re.findall(r'<h1 id="results-title"[^>]*>([^<]+)</h1>', text)
        return [(unescape(name), None)]
    [crumbs] = found
    linked = re.findall(r'<li>(?:<a href="([^"]+)">|<span aria-current="page"(?: lang="en")?>)([^<]+)<', crumbs)
    return [(unescape(name), f"{SITE}{path}" if path else None) for path, name in linked]


@pytest.mark.parametrize(
    "path", ["/products/lamp/", "/categories/home/lighting/", "/brands/acme/", "/products/", "/de/products/lamp/"]
)
def test_breadcrumbs_are_those_that_are_shown(path: str) -> None:
    text = _page(path)

    items = _data(text)["BreadcrumbList"]["itemListElement"]

    assert [(one["name"], one.get("item")) for one in items] == _shown_crumbs(text)
    assert [one["position"] for one in items] == [*range(1, len(items) + 1)]


def test_a_product_is_what_its_page_shows(lamp: Product) -> None:
    text = _page("/products/lamp/")
    product = _data(text)["Product"]
    [price] = re.findall(r'data-testid="price"[^>]*>\$([\d.]+)<', text)

    assert (product["name"], product["brand"]["name"], product["description"]) == (
        "Lamp", "Acme", "Bright & warm. For desks.",
    )  # fmt: skip
    assert product["offers"] == {
        "@type": "Offer",
        "price": price,
        "priceCurrency": "USD",
        "availability": "https://schema.org/InStock",
        "itemCondition": "https://schema.org/NewCondition",
        "url": f"{SITE}/products/lamp/",
        "seller": {"@type": "Organization", "name": "Holdfast"},
        "shippingDetails": product["offers"]["shippingDetails"],  # tests/catalog/products/test_structured.py
        "hasMerchantReturnPolicy": product["offers"]["hasMerchantReturnPolicy"],
    }
    assert product["sku"] in text
    assert product["url"] == _canonical(text) == f"{SITE}/products/lamp/"
    assert "aggregateRating" not in product


def test_a_rating_is_the_one_that_is_shown(lamp: Product) -> None:
    Product.objects.filter(pk=lamp.pk).update(rating_average="4.50", rating_count=2)

    rating = _data(_page("/products/lamp/"))["Product"]["aggregateRating"]

    assert rating == {"@type": "AggregateRating", "ratingValue": "4.50", "reviewCount": 2}


def test_a_sale_says_until_when_it_lasts(lamp: Product) -> None:
    ends = db.clock(db.CATALOG).replace(microsecond=0) + timedelta(days=2)
    variant = lamp.variants.get()
    prices.set_price(
        variant_id=variant.pk, amount=Money(2000, "USD"), sale=Money(1500, "USD"), sale_ends_at=ends, by="test"
    )

    offer = _data(_page("/products/lamp/"))["Product"]["offers"]

    assert (offer["price"], offer["priceValidUntil"]) == ("15.00", ends.isoformat())


@pytest.mark.parametrize(("units", "said"), [(5, "InStock"), (0, "OutOfStock")])
def test_stock_is_the_one_that_is_shown(units: int, said: str) -> None:
    catalog.product(name="Desk", slug="desk", units=units)
    text = _page("/products/desk/")

    assert _data(text)["Product"]["offers"]["availability"] == f"https://schema.org/{said}"
    assert ("Sold out" in text) == (units == 0)


def test_home_says_whose_shop_it_is_and_how_it_is_searched() -> None:
    text = _page("/")
    data = _data(text)
    search = data["WebSite"]["potentialAction"]
    address = urlsplit(search["target"]["urlTemplate"].replace("{search_term_string}", "lamp"))

    assert (data["Organization"]["name"], data["Organization"]["url"]) == ("Holdfast", f"{SITE}/")
    assert data["WebSite"]["publisher"] == {"@id": data["Organization"]["@id"]}
    logo: Any = Client().get(urlsplit(data["Organization"]["logo"]).path)
    assert b"".join(logo.streaming_content).startswith(b"\x89PNG")
    assert parse_qs(address.query) == {"q": ["lamp"]}
    assert "Lamp" in _page(f"{address.path}?{address.query}")


@pytest.mark.usefixtures("many")
def test_a_list_names_its_products_in_their_order() -> None:
    for path in ("/products/", "/categories/home/lighting/", "/brands/acme/", "/products/?page=2"):
        text = _page(path)
        cards = re.findall(r'class="card__link"[^>]* href="([^"?]+)', text)

        items = _data(text)["ItemList"]["itemListElement"]

        assert [one["url"] for one in items] == [f"{SITE}{one}" for one in cards]
        assert items[0]["position"] == (25 if "page=2" in path else 1)


@pytest.fixture
def many(lamp: Product) -> None:
    """More than one page of lamps."""
    for number in range(10, 35):
        fields = {"category": lamp.category, "brand": lamp.brand, "indexed": False}
        catalog.product(name=f"Lamp {number}", slug=f"lamp-{number}", **fields)
    indexing.index(Product.objects.values_list("pk", flat=True))


POLICY = [  # address, whether search engines may show it, its canonical address
    ("/", True, "/"),
    ("/products/", True, "/products/"),
    ("/products/?page=2", True, "/products/?page=2"),
    ("/products/?utm_source=x", True, "/products/"),
    ("/categories/home/lighting/", True, "/categories/home/lighting/"),
    ("/categories/home/lighting/?page=2", True, "/categories/home/lighting/?page=2"),
    ("/categories/home/lighting/?price_max=10.05", False, "/categories/home/lighting/"),
    ("/categories/home/lighting/?sort=price", False, "/categories/home/lighting/"),
    ("/categories/home/lighting/?in_stock=1&page=2", False, "/categories/home/lighting/"),
    ("/categories/home/lighting/?brand=acme", False, "/categories/home/lighting/"),
    ("/brands/acme/", True, "/brands/acme/"),
    ("/brands/acme/?page=2", True, "/brands/acme/?page=2"),
    ("/brands/acme/?in_stock=1", False, "/brands/acme/"),
    ("/products/?category=home/lighting", False, "/categories/home/lighting/"),
    ("/products/?q=lamp", False, "/products/"),
    ("/products/?brand=acme", False, "/products/"),
    ("/products/lamp/", True, "/products/lamp/"),
    ("/products/lamp/?variant=x", True, "/products/lamp/"),
    ("/de/products/lamp/", True, "/de/products/lamp/"),
    ("/de/products/?q=lamp", False, "/de/products/"),
]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("is_kept", [True, False])
def test_what_search_engines_may_show(is_kept: bool, settings: Any) -> None:
    settings.KEEP_PAGES = is_kept
    for path, is_found, canonical in POLICY:
        answer = Client().get(path)
        text = answer.content.decode()
        robots = None if is_found else "noindex, follow"

        assert (path, _canonical(text), _meta(text).get("robots")) == (path, f"{SITE}{canonical}", robots)
        assert ("X-Robots-Tag" in answer, 'rel="alternate" hreflang' in text) == (False, is_found)


@pytest.mark.parametrize(
    "path",
    ["/cart/", "/checkout/", "/account/login/", "/orders/find/", "/gift-cards/", "/api/products/", "/api/cart",
     "/search/suggest/?q=la", "/offline/", "/nothing/", "/products/lamp/reviews/",
     "/products/lamp/reviews/?page=1", "/products/lamp/recommendations/", "/admin/login/"],
)  # fmt: skip
def test_what_is_somebodys_or_endless_is_not_for_search_engines(path: str) -> None:
    answer = Client().get(path)

    assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.usefixtures("many")
def test_every_page_has_words_of_its_own() -> None:
    catalog.category("Office", "Lighting")
    catalog.product(name="Office lamp", slug="office-lamp", category=catalog.category("Office", "Lighting"))
    paths = [
        "/", "/products/", "/products/?page=2", "/categories/home/", "/categories/home/lighting/", "/brands/acme/",
        "/categories/office/lighting/", "/products/lamp/", "/products/lamp-3/", "/products/office-lamp/",
    ]  # fmt: skip
    texts = [_page(path) for path in paths]
    titles = [unescape(re.findall(r"<title>(.*?)</title>", text)[0]) for text in texts]
    descriptions = [_meta(text)["description"] for text in texts]

    assert len({*titles}) == len(titles), titles
    assert len({*descriptions}) == len(descriptions), descriptions
    assert [one for one in descriptions if not 10 < len(one) <= 200] == []


def test_the_first_page_says_what_the_shop_is() -> None:
    [title] = re.findall(r"<title>(.*?)</title>", _page("/"))
    assert title == "Holdfast – Things worth keeping, sent on the day we say" == _meta(_page("/"))["og:title"]


@pytest.mark.parametrize(
    ("path", "own", "others"),
    [("/", "en_US", {"de_DE", "es_ES", "ar_AR"}), ("/de/products/lamp/", "de_DE", {"en_US", "es_ES", "ar_AR"})],
)
def test_who_shares_a_page_is_told_its_languages(path: str, own: str, others: set[str]) -> None:
    text = _page(path)
    assert _meta(text)["og:locale"] == own
    assert {*re.findall(r'property="og:locale:alternate" content="(\w+)"', text)} == others


def test_who_shares_a_product_shows_its_picture_and_price() -> None:
    text = _page("/products/lamp/")
    meta = _meta(text)
    gallery = re.findall(r'<img[^>]* alt="A lamp on a desk"', text)

    assert gallery
    shown = {name: meta[name] for name in meta if name.startswith(("og:", "product:", "twitter:"))}
    image = urlsplit(shown.pop("og:image"))
    assert image.path in text
    assert f"{image.scheme}://{image.netloc}" == SITE
    assert int(shown.pop("og:image:width")) > 0
    assert int(shown.pop("og:image:height")) > 0
    assert shown == {
        "og:url": f"{SITE}/products/lamp/",
        "og:locale": "en_US",
        "og:site_name": "Holdfast",
        "og:type": "product",
        "og:title": "Lamp – Acme",
        "og:description": "Bright & warm. For desks.",
        "og:image:alt": "A lamp on a desk",
        "product:price:amount": "20.00",
        "product:price:currency": "USD",
        "twitter:card": "summary_large_image",
    }


def test_an_archived_product_is_not_shown_by_search_engines(lamp: Product) -> None:
    services.archive(product_id=lamp.pk, by="test")
    answer = Client().get("/products/lamp/")

    assert (answer.status_code, _meta(answer.content.decode())["robots"]) == (410, "noindex, follow")
    assert "offers" not in _data(answer.content.decode())["Product"]


def test_a_category_has_one_address() -> None:
    answer = Client().get("/categories/home//lighting///")

    assert answer.status_code in (301, 404)
    assert Client().get("/categories//home/lighting//").status_code in (301, 404)
