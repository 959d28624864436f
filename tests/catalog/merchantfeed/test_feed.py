"""The feed as it is asked for: whole items, when it is made, how much it reads."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.http.response import HttpResponseBase
from django.test import Client

from catalog.merchantfeed import receivers, selectors, services
from catalog.merchantfeed.models import MerchantFeed
from catalog.products import prices
from catalog.products.models import Image, Product, Variant
from shop.core import db
from shop.core.money import Money
from shop.subscriptions import SUBSCRIBERS
from tests.counting import Counting
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories.bundles import bundle
from tests.factories.catalog import ImageFactory

pytestmark = pytest.mark.django_db
G = "{http://base.google.com/ns/1.0}"


@pytest.fixture(autouse=True)
def _storage(settings: Any, tmp_path: Path) -> None:
    """Files of the feed are this test's own."""
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = "https://shop.example"


def body(answer: HttpResponseBase) -> bytes:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return gzip.decompress(content) if answer.headers.get("Content-Encoding") == "gzip" else content


def items() -> list[list[tuple[str, Any]]]:
    root = ElementTree.XML(body(Client().get("/feeds/google.xml")))
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    assert [one.tag for one in root[0]][:3] == ["title", "link", "description"]
    return [[_pair(one) for one in item] for item in root.iter("item")]


def _pair(element: ElementTree.Element) -> tuple[str, Any]:
    return element.tag.removeprefix(G), dict(map(_pair, element)) if len(element) else element.text


def by_id() -> dict[str, dict[str, Any]]:
    return {dict(item)["id"]: dict(item) for item in items()}


def shown(*, units: int = 10, **fields: Any) -> Product:
    made = carts.product(units=units, **fields)
    ImageFactory(product=made, file=f"products/{made.slug}.webp")
    return made


def changed() -> None:
    """As workers hear of it."""
    receivers.note_change({})


def test_a_whole_item() -> None:
    product = catalog.product(
        name="Cup & saucer", slug="cup", amount=1500, units=3, brand="Acme", indexed=False,
        description="<p>For <b>tea</b>.</p>",
    )  # fmt: skip
    Product.objects.filter(pk=product.pk).update(options=["Colour"], attributes={"material": "Clay"})
    variant = carts.variant_of(product)
    Variant.objects.filter(pk=variant.pk).update(
        options={"Colour": "Moss"}, gtin="4006381333931", weight_grams=350, sku="CUP/1"
    )
    ImageFactory(product=product, file="products/b.webp", position=2)
    ImageFactory(product=product, variant=variant, file="products/a.webp", position=3)
    Image.objects.create(product=product, remote_url="https://elsewhere.example/c.jpg", position=4)
    ends = db.clock().replace(microsecond=0) + timedelta(days=1)
    prices.set_price(
        variant_id=variant.pk, amount=Money(1500, "USD"), sale=Money(1200, "USD"),
        sale_starts_at=ends - timedelta(days=2), sale_ends_at=ends, by="test",
    )  # fmt: skip

    [item] = items()
    span = "/".join(f"{at:%Y-%m-%dT%H:%M:%S}+0000" for at in (ends - timedelta(days=2), ends))
    assert item == [
        ("id", "CUP/1"),
        ("title", "Cup & saucer - Moss"),
        ("description", "For tea."),
        ("link", "https://shop.example/products/cup/?variant=CUP%2F1"),
        ("image_link", "https://shop.example/media/products/a.webp"),
        ("additional_image_link", "https://shop.example/media/products/b.webp"),
        ("additional_image_link", "https://elsewhere.example/c.jpg"),
        ("availability", "in_stock"),
        ("price", "15.00 USD"),
        ("sale_price", "12.00 USD"),
        ("sale_price_effective_date", span),
        ("brand", "Acme"),
        ("gtin", "4006381333931"),
        ("condition", "new"),
        ("item_group_id", str(product.pk)),
        ("shipping_weight", "350 g"),
        ("color", "Moss"),
        ("material", "Clay"),
    ]


def test_only_what_can_be_bought_is_there() -> None:
    shown(name="Cup")
    shown(name="Draft", status=Product.Status.DRAFT)
    shown(name="Without a price", amount=None)
    Variant.objects.filter(product=shown(name="Off")).update(is_active=False)
    assert [dict(item)["title"] for item in items()] == ["Cup"]


def test_stock_of_goods_and_of_bundles() -> None:
    cup, pot = shown(name="Cup", units=4), shown(name="Pot", units=0)
    ImageFactory(product=bundle((cup, 4), name="Set"), file="products/set.webp")
    ImageFactory(product=bundle((cup, 5), name="Large set"), file="products/large.webp")
    ImageFactory(product=bundle((pot, 1), (cup, 1), name="Archived"), file="products/gone.webp")
    Product.objects.filter(pk=pot.pk).update(status="archived", archived_at=db.clock())
    said = {one["title"]: (one["availability"], one.get("is_bundle")) for one in by_id().values()}
    assert said == {
        "Cup": ("in_stock", None), "Set": ("in_stock", "yes"), "Large set": ("out_of_stock", "yes"),
    }  # fmt: skip


def test_pre_orders_with_their_day() -> None:
    from inventory.stock.models import StockItem

    product = shown(name="Cup", units=0)
    StockItem.objects.filter(variant_id=carts.variant_of(product).pk).update(
        backorder_limit=5, is_preorder=True, expected_on=date(2027, 1, 5)
    )
    [item] = by_id().values()
    assert (item["availability"], item["availability_date"]) == ("preorder", "2027-01-05T00:00+0000")


# --- When it is made


def test_a_small_shop_says_at_once_what_changed() -> None:
    product = shown(name="Cup", amount=1500)
    assert [one["price"] for one in by_id().values()] == ["15.00 USD"]
    first = MerchantFeed.objects.get()
    prices.set_price(variant_id=carts.variant_of(product).pk, amount=Money(900, "USD"), by="test")
    changed()
    assert [one["price"] for one in by_id().values()] == ["9.00 USD"]
    second = MerchantFeed.objects.get()
    assert (second.former, default_storage.exists(first.name)) == (first.name, True)
    assert (second.made_at, second.changed_at) >= (first.made_at, first.changed_at)

    catalog.put_in_stock({carts.variant_of(product).pk: 0})
    changed()
    assert [one["availability"] for one in by_id().values()] == ["out_of_stock"]
    assert not default_storage.exists(first.name)  # nobody reads it any more


def test_a_sale_that_begins_by_itself_is_there_at_its_moment() -> None:
    product = shown(name="Cup", amount=1500)
    now = db.clock(db.CATALOG)
    prices.set_price(
        variant_id=carts.variant_of(product).pk, amount=Money(1500, "USD"), sale=Money(1000, "USD"),
        sale_starts_at=now + timedelta(days=1), by="test",
    )  # fmt: skip
    assert [one.get("sale_price") for one in by_id().values()] == [None]
    feed = MerchantFeed.objects.get()
    assert feed.valid_until == now + timedelta(days=1)
    product.variants.get().prices.update(sale_starts_at=now - timedelta(hours=1))
    MerchantFeed.objects.update(valid_until=now - timedelta(hours=1))  # as if a day had passed
    assert [one.get("sale_price") for one in by_id().values()] == ["10.00 USD"]
    assert MerchantFeed.objects.get().valid_until is None


def test_nothing_new_is_not_written_again() -> None:
    shown(name="Cup")
    items()
    feed = MerchantFeed.objects.get()
    changed()
    items()
    again = MerchantFeed.objects.get()
    assert (again.name, again.digest, again.changed_at) == (feed.name, feed.digest, feed.changed_at)


def test_a_large_shop_waits_for_the_timetable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "SMALL", 1)
    product = shown(name="Cup", amount=1500)
    shown(name="Pot")
    answer = Client().get("/feeds/google.xml")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    assert MerchantFeed.objects.count() == 0

    assert services.refresh("USD") is not None
    prices.set_price(variant_id=carts.variant_of(product).pk, amount=Money(900, "USD"), by="test")
    changed()
    assert "15.00 USD" in {one["price"] for one in by_id().values()}
    assert services.refresh("USD") is None  # not yet
    MerchantFeed.objects.update(made_at=db.clock() - services.PAUSE)
    assert services.refresh("USD") is not None
    assert "9.00 USD" in {one["price"] for one in by_id().values()}
    assert services.refresh("USD") is None


def test_only_one_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown()
    found = services.make("USD")
    assert found is not None
    with services._alone() as is_mine:
        assert is_mine
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_elsewhere).result() is None


def _elsewhere() -> MerchantFeed | None:
    from django.db import connections

    try:
        return services.make("USD")
    finally:
        connections.close_all()


def test_what_it_hears() -> None:
    heard = {event.__name__ for event, who in SUBSCRIBERS.items() if f"{receivers.__name__}.note_change" in who}
    assert heard == {
        "ProductChanged", "ProductsImported", "PriceChanged", "PricesChanged", "CategoryChanged", "BrandChanged",
        "PromotionChanged", "StockChanged",
    }  # fmt: skip


# --- Over the wire


def test_who_has_it_already_gets_nothing() -> None:
    shown()
    first = Client().get("/feeds/google.xml")
    assert first.headers["Content-Type"] == "application/xml; charset=utf-8"
    body(first)
    for header in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = Client().get("/feeds/google.xml", headers=header)
        assert (again.status_code, body(again)) == (304, b"")


@pytest.mark.parametrize(
    ("accepts", "is_packed"), [("gzip, br", True), ("gzip;q=0.5", True), ("gzip;q=0", False), ("", False)]
)
def test_compressed_for_who_can_read_it(accepts: str, is_packed: bool) -> None:
    shown(name="Cup")
    answer = Client().get("/feeds/google.xml", headers={"Accept-Encoding": accepts})
    assert (answer.headers.get("Content-Encoding") == "gzip", answer.headers["Vary"].split(", ")[0]) == (
        is_packed, "Accept-Encoding",
    )  # fmt: skip
    assert b"<g:title>Cup</g:title>" in body(answer)


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    shown()
    carts.product(name="No picture")
    call_command("make_merchant_feed")
    assert capsys.readouterr().out.splitlines() == [
        "1 variants are in https://shop.example/feeds/google.xml; it took 0 seconds.",
        "1 more have no picture and cannot be listed.",
    ]


def test_queries_are_so_many_a_batch(counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [shown() for _ in range(3)]
    ImageFactory(product=bundle((made[0], 1)), file="products/set.webp")
    list(selectors.sold("USD"))  # this process knows the tree and the rules
    with counting() as queries:
        assert [len(batch) for batch in selectors.sold("USD")] == [4]
    few = queries()
    for _ in range(6):
        shown()
    with counting() as queries:
        assert [len(batch) for batch in selectors.sold("USD")] == [10]
    assert queries() == few == 9
    monkeypatch.setattr(selectors, "BATCH", 5)
    with counting() as queries:
        assert [len(batch) for batch in selectors.sold("USD")] == [5, 5]
    assert queries() == 13  # the bundle is in one of them
