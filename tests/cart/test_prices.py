"""One price: on the page, in its JSON-LD, on the card of a list, in search, by API, in the feed, in the cart and on
the order."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from cart.promotions import listed
from cart.promotions import services as promotions
from cart.promotions.models import Promotion
from catalog.merchantfeed import services as feeds
from catalog.products import invariants, pricerules, prices, services
from catalog.products import selectors as products
from catalog.products.models import ListingPrice, Product
from catalog.products.ownprices import on_cards
from catalog.products.price_models import PriceRecord, PriceRule
from catalog.search import indexing
from shop.accounts.models import CustomerGroup, User
from shop.core import cache, db
from shop.core.money import Money
from tests.factories import cart as carts
from tests.factories.catalog import ImageFactory
from tests.factories.promotions import promotion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates(db: None, settings: Any, tmp_path: Path) -> None:
    carts.rates()
    settings.MEDIA_ROOT = tmp_path  # of the feed


def in_lists(kind: str = "percent", **fields: Any) -> Promotion:
    """A promotion of the catalogue's lane that has come to all lists."""
    made = promotion(kind, "catalogue", **{"name": "Everything off", **fields})
    told(made)
    return made


def told(made: Promotion) -> None:
    listed.show(promotion_id=made.pk)
    pricerules.forget()
    while prices.spread():
        pass


def trade(*, price_list: str = "trade") -> User:
    group = CustomerGroup.objects.create(name="Trade", code="trade", price_list=price_list)
    return carts.customer(customer_group=group)


def client_of(customer: User | None) -> Client:
    client = Client()
    if customer:
        client.force_login(customer)
    return client


def set_price(product: Product, amount: int, sale: int | None = None, **fields: Any) -> None:
    prices.set_price(
        variant_id=carts.variant_of(product).pk, amount=Money(amount, "USD"),
        sale=None if sale is None else Money(sale, "USD"), by="test", **fields,
    )  # fmt: skip


def on_page(client: Client, product: Product) -> tuple[str, str]:
    """What the page says and its JSON-LD."""
    html = client.get(product.get_absolute_url()).content.decode()
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert data is not None
    found = re.search(r'data-testid="price">([^<]*)<', html)
    assert found is not None
    return found[1], json.loads(data[1])["offers"]["price"]


def on_list(client: Client, product: Product) -> str:
    html = client.get("/products/", {"q": product.name}).content.decode()
    cards = [one for one in html.split('data-testid="product-card"')[1:] if product.get_absolute_url() in one]
    found = re.search(r"\$[\d,.]+", cards[0])
    assert found is not None
    return found[0]


def by_api(client: Client, product: Product) -> set[str]:
    one = client.get(f"/api/products/{product.pk}").json()
    row = next(one for one in client.get("/api/products/").json()["data"] if one["id"] == str(product.pk))
    return {shown["salePrice"] or shown["price"] for shown in (one, one["variants"][0], row)}


def in_feed(product: Product) -> str:
    """What everybody pays, as the feed tells it."""
    if not product.images.exists():
        ImageFactory(product=product)
    made = feeds.make("USD")
    assert made is not None
    with default_storage.open(made.name) as packed:
        root = ElementTree.XML(gzip.decompress(packed.read()))
    rows = [{one.tag.partition("}")[2]: one.text or "" for one in item} for item in root.iter("item")]
    [item] = [row for row in rows if row["id"] == carts.variant_of(product).sku]
    return item.get("sale_price", item["price"]).removesuffix(" USD")


def everywhere(product: Product, customer: User | None = None, *, quantity: int = 1) -> dict[str, str]:
    """The price of a unit by where it is said, in dollars; those of several units in the cart and on the order."""
    client = client_of(customer)
    page, structured = on_page(client, product)
    price_list = customer.customer_group.price_list if customer and customer.customer_group else "default"
    [card] = on_cards(products.cards([product.pk], currency="USD"), currency="USD", price_list=price_list)
    assert card.price is not None
    said = {
        "page": page.strip("$"), "json-ld": structured, "list": on_list(client, product).strip("$"),
        "card": str(card.price.decimal),
    }  # fmt: skip
    if price_list == "default":
        said["feed"] = in_feed(product)
    said |= {f"api {number}": price for number, price in enumerate(by_api(client, product))}
    cart = carts.cart((product, quantity), customer_id=customer.pk if customer else None)
    order = carts.order(cart, customer_id=customer.pk if customer else None)
    if quantity == 1:
        said["order"] = str(Money(order.lines.get().unit_price_minor, "USD").decimal)
    assert cart.lines.get().unit_price_minor == order.lines.get().unit_price_minor
    return said


def index(made: Iterable[Product]) -> None:
    indexing.index([one.pk for one in made])
    cache.LISTINGS.set(str(db.uuid7()))  # as the end of the transaction does, which a test does not come to


def the_same(product: Product, customer: User | None = None) -> str:
    said = everywhere(product, customer)
    assert len(set(said.values())) == 1, said
    return said["page"]


@pytest.mark.parametrize("seed", range(5))
def test_one_price_everywhere(seed: int) -> None:
    rng = Random(seed)
    made = [
        carts.product(amount=rng.randrange(100, 20_000), name=f"Lamp {word}", units=50, tags=rng.sample(["a", "b"], 1))
        for word in ("alder", "birch", "cedar")
    ]
    customer = trade()
    for product in made:
        if rng.random() < 0.5:
            amount = rng.randrange(100, 20_000)
            set_price(product, amount, rng.randrange(50, amount))
        if rng.random() < 0.5:
            set_price(product, rng.randrange(50, 20_000), price_list="trade")
        if rng.random() < 0.5:
            set_price(product, rng.randrange(50, 20_000), min_quantity=3)
    terms = {
        "percent": {"percent": str(rng.randrange(1, 9999) / 100)},
        "amount": {"amounts": {"USD": rng.randrange(1, 100)}},
        "fixed_price": {"prices": {"USD": rng.randrange(1, 9000)}},
    }
    for kind in rng.sample(list(terms), 2):
        in_lists(kind, terms=terms[kind], scope={"any_of": [f"tag:{rng.choice('ab')}"]} if rng.random() < 0.7 else {})
    index(made)

    for product in made:
        public, own = the_same(product), the_same(product, customer)
        assert float(own) <= float(public)
    assert invariants.listing_prices() == []


def test_nobody_else_sees_the_prices_of_a_group() -> None:
    product = carts.product(amount=100_00, name="Lamp")
    set_price(product, 80_00, price_list="trade")
    index([product])
    customer = trade()

    for _time in range(2):  # whoever comes first fills the caches
        assert the_same(product, customer) == "80.00"
        assert the_same(product) == "100.00"
        client = client_of(customer)
        home = [client_of(one).get("/").content.decode() for one in (customer, None)]
        assert ["$80.00" in home[0], "$100.00" in home[1], "$80.00" in home[1]] == [True, True, False]
        typed = [client_of(one).get("/search/suggest/?q=lamp").content.decode() for one in (customer, None)]
        assert ["$80.00" in typed[0], "$80.00" in typed[1]] == [True, False]
        assert client.get(product.get_absolute_url()).headers["Vary"].find("Cookie") >= 0
    index([product])


def test_an_account_that_is_in_no_group_any_more_pays_what_everybody_does() -> None:
    product = carts.product(amount=100_00, name="Lamp")
    set_price(product, 80_00, price_list="trade")
    index([product])
    customer = trade()
    cart = carts.cart((product, 1), customer_id=customer.pk)
    User.objects.filter(pk=customer.pk).update(customer_group=None)

    client = client_of(User.objects.get(pk=customer.pk))
    html = client.get("/cart/").content.decode()
    assert "The price changed from $80.00 to $100.00." in html
    assert carts.total(cart).minor == carts.total(carts.cart((product, 1))).minor


def test_a_promotion_in_lists_begins_changes_and_ends() -> None:
    lamp, cable = carts.product(amount=40_00, name="Lamp", tags=["glow"]), carts.product(amount=10_00, name="Cable")
    index([lamp, cable])
    made = in_lists(terms={"percent": "25"}, scope={"any_of": ["tag:glow"]})
    index([lamp, cable])

    assert (the_same(lamp), the_same(cable)) == ("30.00", "10.00")
    listing = ListingPrice.objects.get(product=lamp)
    assert (listing.amount_minor, listing.regular_minor) == (30_00, 40_00)

    made.scope = {}
    promotions.save(made)
    told(made)
    index([lamp, cable])
    assert (the_same(lamp), the_same(cable)) == ("30.00", "7.50")

    made.status = "ended"
    promotions.save(made)
    told(made)
    index([lamp, cable])
    assert (the_same(lamp), the_same(cable)) == ("40.00", "10.00")
    assert PriceRule.objects.filter(reach__isnull=False).count() == 0
    recorded = PriceRecord.objects.filter(variant_id=carts.variant_of(lamp).pk).order_by("at", "id")
    assert list(recorded.values_list("amount_minor", flat=True)) == [40_00, 30_00, 40_00]


def test_what_a_product_becomes_decides() -> None:
    lamp = carts.product(amount=40_00, name="Lamp")
    in_lists(terms={"percent": "50"}, scope={"any_of": ["tag:glow"]})
    assert ListingPrice.objects.get(product=lamp).amount_minor == 40_00

    services.update(product_id=lamp.pk, by="test", tags=["glow"])

    assert ListingPrice.objects.get(product=lamp).amount_minor == 20_00


def test_a_promotion_in_lists_is_told_where_it_counts() -> None:
    lamp = carts.product(amount=40_00, name="Lamp")
    index([lamp])
    in_lists(name="Summer prices")

    assert "Summer prices" in Client().get(lamp.get_absolute_url()).content.decode()
    customer = carts.customer()
    carts.cart((lamp, 1), customer_id=customer.pk)
    assert "Summer prices" in client_of(customer).get("/cart/").content.decode()


def test_more_units_cost_less_each_in_the_cart_and_on_the_order() -> None:
    product = carts.product(amount=10_00, name="Cable", units=100)
    set_price(product, 9_00, min_quantity=10)
    index([product])
    customer = carts.customer()
    client = client_of(customer)
    page = client.get(product.get_absolute_url()).content.decode()
    assert "$9.00 each" in page
    [variant] = client.get(f"/api/products/{product.pk}").json()["variants"]
    assert variant["priceBreaks"] == [{"quantity": 10, "price": "9.00"}]

    cart = carts.cart((product, 9), customer_id=customer.pk)
    assert "$9.00 each from 10 on." in client.get("/cart/").content.decode()
    line: UUID = cart.lines.get().pk
    html = client.post(f"/cart/lines/{line}/", {"quantity": 10}, follow=True).content.decode()
    assert "The price changed from $" not in html
    assert cart.lines.get().unit_price_minor == 9_00

    cart.refresh_from_db()
    order = carts.order(cart, customer_id=customer.pk)
    assert (order.lines.get().unit_price_minor, order.subtotal_minor) == (9_00, 90_00)


def test_a_change_of_price_is_told_also_after_another_quantity() -> None:
    product = carts.product(amount=10_00, name="Cable", units=100)
    customer = carts.customer()
    cart = carts.cart((product, 1), customer_id=customer.pk)
    set_price(product, 12_00)

    client = client_of(customer)
    client.post(f"/cart/lines/{cart.lines.get().pk}/", {"quantity": 2})
    assert "The price changed from $10.00 to $12.00." in client.get("/cart/").content.decode()
