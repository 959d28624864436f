"""The sitemap: everything that may be found and nothing else, in parts that stay small, without counting."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils.http import parse_http_date

from catalog.products import prices, services
from catalog.products.models import Product
from catalog.search import indexing
from catalog.search.models import Listing
from catalog.sitemap import rules, selectors
from shop.core import kept, pages
from shop.core.money import Money
from tests.factories import catalog
from tests.outbox import drain

pytestmark = pytest.mark.django_db
SITE = "https://shop.test"
_NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
    "x": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture(autouse=True)
def _shop(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SITE_URL = SITE
    settings.KEEP_PAGES = True
    monkeypatch.setattr(kept, "TRUSTED", 0)
    monkeypatch.setattr(selectors, "SIZE", 3)


def _read(path: str) -> ElementTree.Element:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml; charset=utf-8"), path
    return ElementTree.fromstring(answer.content)  # noqa: S314  (our own)


def _files() -> list[tuple[str, str | None]]:
    """Path and lastmod of every file in the index."""
    return [
        (urlsplit(one.findtext("s:loc", "", _NAMES)).path, one.findtext("s:lastmod", None, _NAMES))
        for one in _read("/sitemap.xml").findall("s:sitemap", _NAMES)
    ]


def _addresses(path: str) -> list[str]:
    return [one.text or "" for one in _read(path).findall("s:url/s:loc", _NAMES)]


def _all() -> list[str]:
    return [address for path, _changed in _files() for address in _addresses(path)]


def test_everything_that_may_be_found_is_in_it_once() -> None:
    category, brand = catalog.category("Home", "Lighting"), catalog.BrandFactory(name="Acme", slug="acme")
    for number in range(7):
        catalog.product(name=f"Lamp {number}", slug=f"lamp-{number}", category=category, brand=brand)
    catalog.product(slug="draft", status=Product.Status.DRAFT)
    services.archive(product_id=catalog.product(slug="gone").pk, by="test")
    indexing.index(Product.objects.values_list("pk", flat=True))

    found = _all()

    plain = ["/", "/products/", "/categories/home/", "/categories/home/lighting/", "/brands/acme/"]
    plain += [f"/products/lamp-{number}/" for number in range(7)]
    assert sorted(found) == sorted(f"{SITE}{prefix}{path}" for prefix in ("", "/de", "/es", "/ar") for path in plain)
    assert len(_files()) == 1 + 3  # pages, and parts of three products
    for address in found:
        page = Client().get(urlsplit(address).path)
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{address}">' in page.content.decode()
        assert '<meta name="robots"' not in page.content.decode()


def test_each_page_names_itself_in_every_language_and_its_picture() -> None:
    catalog.ImageFactory(product=catalog.product(name="Lamp & co", slug="lamp", indexed=False))
    indexing.index(Product.objects.values_list("pk", flat=True))
    path = _files()[1][0]

    rows = _read(path).findall("s:url", _NAMES)

    links = [{one.get("hreflang"): one.get("href") for one in row.findall("x:link", _NAMES)} for row in rows]
    expected = {code: f"{SITE}{prefix}/products/lamp/" for code, prefix in
                {"en": "", "de": "/de", "es": "/es", "ar": "/ar", "x-default": ""}.items()}  # fmt: skip
    assert links == [expected] * 4
    [picture] = {row.findtext("i:image/i:loc", "", _NAMES) for row in rows}
    assert picture.startswith(f"{SITE}/media/")
    changed = Listing.objects.get(currency="USD").updated_at
    assert {row.findtext("s:lastmod", "", _NAMES) for row in rows} == {f"{changed:%Y-%m-%dT%H:%M:%SZ}"}


def test_one_language_needs_no_links_to_others() -> None:
    text = rules.urlset([rules.Page("/a/?b&c")], site=SITE, prefixes=[("en", "")])

    assert "<url><loc>https://shop.test/a/?b&amp;c</loc></url>" in text


@pytest.mark.parametrize("count", [1, 30])
def test_the_same_few_queries_for_1_and_30_products(count: int, counting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "SIZE", 50)
    for number in range(count):
        catalog.product(slug=f"lamp-{number}")
    path = _files()[1][0]
    pages.forget()

    with counting() as queries:
        Client().get(path)
    pages.forget()
    with counting() as of_the_index:
        Client().get("/sitemap.xml")

    assert (queries(), of_the_index()) == (1, 0)  # the parts are known


@pytest.mark.django_db(transaction=True)
def test_a_change_is_told_without_counting() -> None:
    made = [catalog.product(slug=f"lamp-{number}") for number in range(7)]
    drain()
    before = dict(_files())
    parts = [path for path in before if "products-" in path]
    assert [before[path] is not None for path in parts] == [True] * 3

    price_of = made[4].variants.get()
    prices.set_price(variant_id=price_of.pk, amount=Money(999, "USD"), by="test")
    _one_second_later(Listing.objects.get(product_id=made[4].pk).updated_at)
    services.update(product_id=made[4].pk, by="test", name="Bright")
    drain()
    after = dict(_files())

    assert [path for path in parts if after[path] != before[path]] == [parts[1]]
    assert _moment(after[parts[1]]) > _moment(before[parts[1]])


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "")


def _one_second_later(moment: datetime) -> None:
    """Moments in sitemaps are whole seconds."""
    time.sleep(max(0.0, 1.1 - moment.microsecond / 1e6))


@pytest.mark.django_db(transaction=True)
def test_a_new_product_is_in_it_and_an_archived_one_is_not() -> None:
    first = catalog.product(slug="first")
    drain()
    assert f"{SITE}/products/first/" in _all()

    catalog.product(slug="second")
    services.archive(product_id=first.pk, by="test")
    drain()

    assert [f"{SITE}/products/{slug}/" in _all() for slug in ("first", "second")] == [False, True]


def test_a_part_holds_no_more_than_the_format_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        catalog.product(slug=f"lamp-{number}")
    monkeypatch.setattr(selectors, "SIZE", 50)
    monkeypatch.setattr(selectors, "MOST", 8)

    assert len(_addresses(_files()[1][0])) == 8  # two products in four languages
    assert selectors.SIZE * 4 <= 50 * 4 <= rules.MOST


def test_an_old_part_still_answers() -> None:
    made = catalog.product(slug="lamp")

    assert f"{SITE}/products/lamp/" in _addresses(f"/sitemap/products-{made.pk}.xml")
    assert Client().get("/sitemap/products-x.xml").status_code == 404


@pytest.mark.parametrize("coding", ["gzip", "br"])
@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap/pages.xml"])
def test_it_is_sent_packed_and_only_when_it_has_changed(path: str, coding: str) -> None:
    first = Client().get(path, headers={"Accept-Encoding": coding})

    assert (first["Content-Encoding"], first["Cache-Control"]) == (coding, "public, no-cache")
    assert parse_http_date(first["Last-Modified"])
    for condition in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        assert Client().get(path, headers=condition).status_code == 304


def test_robots_txt_names_what_is_not_read_and_the_sitemap() -> None:
    answer = Client().get("/robots.txt")
    lines = answer.content.decode().splitlines()
    hidden = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert (lines[0], lines[-1]) == ("User-agent: *", f"Sitemap: {SITE}/sitemap.xml")
    assert {"/cart/", "/de/checkout/", "/ar/account/", "/admin/", "/api/"} <= {*hidden}
    assert [path for path in map(str, _paths_of_all()) if path.startswith(tuple(hidden))] == []
    assert [path for path in hidden if re.search(r"//|\s", path)] == []


def _paths_of_all() -> list[str]:
    catalog.product(slug="lamp", category=catalog.category("Lighting"))
    return [urlsplit(address).path for address in _all()]
