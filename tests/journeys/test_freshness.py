"""What changes is told everywhere within five seconds: on every page that was kept a moment before, in suggestions,
feed, API, sitemap and data for search engines. On a whole shop: its own web processes, worker and timetable.

`-s` shows how long each place took.
"""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.journeys import running
from tests.journeys.inside import Merchant

WITHIN = 5.0  # seconds
PATIENCE = 20.0  # seconds after which nobody looks any more
Looks = dict[str, Callable[[], bool]]


@pytest.fixture
def merchant(shop: running.Shop) -> Iterator[Merchant]:
    found = Merchant(shop)
    yield found
    found.goes()


@dataclass(frozen=True)
class Goods:
    """A product that stands on the home page, and in a guest's cart."""

    id: str
    slug: str
    name: str
    sku: str
    variant: str
    category: str
    category_path: str
    brand: str
    cart: str


@pytest.fixture
def goods(shop: running.Shop, merchant: Merchant) -> Goods:
    shown = re.findall(r'href="/products/([\w-]+)/"', _text(shop, "/"))
    rows = merchant.does(
        f"[[str(p.pk), p.slug, p.name, v.sku, str(v.pk), str(p.category_id), p.category.url_path, p.brand.slug] "
        f"for p in Product.objects.filter(slug__in={shown!r}, brand__isnull=False, category__isnull=False) "
        f"for v in p.variants.all() if len(p.variants.all()) == 1]"
    )
    assert rows, shown
    status, cart = shop.api("POST", "cart/items", {"productId": rows[0][0], "quantity": 1})
    assert status == 200, cart
    return Goods(*rows[0], cart=cart["token"])


def _text(shop: running.Shop, path: str, cookie: str = "") -> str:
    request = urllib.request.Request(shop.url + path, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def _card(text: str, slug: str) -> str:
    """The product's card on a page; empty where it is not."""
    cards = re.findall(r'<article class="card.*?</article>', text, re.S)
    return next((one for one in cards if f"/products/{slug}/" in one), "")


def _places(shop: running.Shop, goods: Goods, words: str = "") -> dict[str, Callable[[], str]]:
    """What each place says of the product."""
    said = partial(_text, shop)
    slug, query = goods.slug, (words or goods.name).replace(" ", "+")
    lists = {
        "home": "/", "category": f"/categories/{goods.category_path}/", "brand": f"/brands/{goods.brand}/",
        "search": f"/products/?q={query}", "category in German": f"/de/categories/{goods.category_path}/",
    }  # fmt: skip
    found: dict[str, Callable[[], str]] = {
        name: partial(lambda path: _card(said(path), slug), path) for name, path in lists.items()
    }
    page = partial(said, f"/products/{slug}/")
    found["product"] = lambda: page().partition('id="product"')[2].partition("</form>")[0]
    found["product in German"] = lambda: said(f"/de/products/{slug}/").partition('id="product"')[2]
    found["JSON-LD"] = lambda: " ".join(re.findall(r"ld\+json\">(.*?)</script>", page(), re.S))
    found["suggestions"] = partial(said, f"/search/suggest/?q={query}")
    found["cart"] = partial(said, "/cart/", f"cart={goods.cart}")
    found["API"] = partial(said, f"/api/products/{goods.id}")
    found["API search"] = lambda: _found(said(f"/api/products/search?q={query}&limit=20"), goods.id)
    found["feed"] = lambda: _item(said("/feeds/google.xml"), goods.sku)
    found["sitemap"] = lambda: _row(shop, slug)
    return found


def _found(answer: str, product_id: str) -> str:
    rows = [one for one in json.loads(answer)["products"] if one["id"] == product_id]
    return json.dumps(rows, separators=(",", ":"))


def _item(feed: str, sku: str) -> str:
    return next((one for one in re.findall(r"<item>.*?</item>", feed, re.S) if f"<g:id>{sku}</g:id>" in one), "")


def _row(shop: running.Shop, slug: str) -> str:
    """Of the product in whichever part it is."""
    parts = re.findall(r"/sitemap/products-[\w-]+\.xml", _text(shop, "/sitemap.xml"))
    rows = [row for part in parts for row in re.findall(r"<url>.*?</url>", _text(shop, part))]
    return next((row for row in rows if f"<loc>{shop.url}/products/{slug}/</loc>" in row), "")


def _told(what: str, looks: Looks, since: float) -> dict[str, float]:
    """Seconds from the change until each place tells of it. Each is looked at by itself: none waits for another."""

    def first(look: Callable[[], bool]) -> float:
        while time.time() < since + PATIENCE:
            if look():
                return time.time() - since
            time.sleep(0.2)
        return PATIENCE

    with ThreadPoolExecutor(len(looks)) as together:
        found = dict(zip(looks, together.map(first, looks.values()), strict=True))
    seconds = ", ".join(f"{name} {taken:.1f} s" for name, taken in found.items())
    sys.stdout.write(f"\n{what}: {seconds}\n")
    return found


def _holds(what: str, looks: Looks, since: float) -> None:
    found = _told(what, looks, since)
    late = {name: taken for name, taken in found.items() if taken > WITHIN}
    assert late == {}, what


def _has(places: dict[str, Callable[[], str]], words: str, **others: str) -> Looks:
    """That each of the places says these words (or its own, by its name)."""
    return {
        name: partial(lambda look, asked: asked in look(), look, others.get(name.replace(" ", "_"), words))
        for name, look in places.items()
    }


def _changed(look: Callable[[], str]) -> Callable[[], bool]:
    before = look()
    return lambda: look() != before


def _keep(places: dict[str, Callable[[], str]]) -> None:
    """Everything is in the caches, of every web process: asked for often enough."""
    for _time in range(3):
        for look in places.values():
            look()


def test_a_price_and_a_sale_that_begins_and_ends(shop, merchant, goods):
    places = _places(shop, goods)
    _keep(places)
    change = f"prices.set_price(variant_id=UUID({goods.variant!r}), amount=Money(8123, 'USD'), by='test'"
    sitemap = _changed(places["sitemap"])
    time.sleep(1.1)  # moments in a sitemap are whole seconds
    merchant.does(f"{change}) and 1")
    looks = _has(places, "$81.23", **{"JSON-LD": "81.23", "API": "81.23", "API_search": "81.23", "feed": "81.23 USD"},
                 category_in_German="81,23", product_in_German="81,23")  # fmt: skip
    _holds("a price", looks | {"sitemap": sitemap}, time.time())

    del places["sitemap"]
    begins = time.time() + 6
    sale = "sale=Money(7011, 'USD'), sale_starts_at=m + timedelta(seconds=6), sale_ends_at=m + timedelta(seconds=20)"
    merchant.does(f"[{change}, {sale}) and 1 for m in [db.clock(db.CATALOG)]]")
    _keep(places)
    time.sleep(max(0.0, begins - time.time()))
    looks = _has(places, "$70.11", **{"JSON-LD": "70.11", "API": "70.11", "API_search": "70.11", "feed": "70.11 USD"},
                 category_in_German="70,11", product_in_German="70,11")  # fmt: skip
    _holds("a sale begins", looks, begins)
    _keep(places)
    ends = begins + 14
    time.sleep(max(0.0, ends - time.time()))
    looks = {name: partial(lambda look: bool(text := look()) and "70.11" not in text and "70,11" not in text, look)
             for name, look in places.items()}  # fmt: skip
    _holds("a sale ends", looks, ends)


def test_stock_that_is_gone_and_back(shop, merchant, goods):
    places = _places(shop, goods)
    del places["suggestions"], places["API"]  # which say nothing of stock; the API says it of each variant (below)
    _keep(places)
    del places["sitemap"]
    level = "stock.set_on_hand(levels={{UUID({0!r}): {2}}}, skus={{UUID({0!r}): {1!r}}}, reason='count', by='test')"
    change = partial(level.format, goods.variant, goods.sku)

    merchant.does(f"{change(0)} and 1")
    said = {"JSON-LD": "OutOfStock", "feed": "out_of_stock", "API_search": '"inStock":false'}
    looks = _has(places, "Sold out", **said, category_in_German="Ausverkauft", product_in_German="Ausverkauft")
    for name in (
        "home",
        "category",
        "brand",
        "category in German",
    ):  # those that can be had go first: it may be on a later page
        looks[name] = partial(lambda look, found: not look() or found(), places[name], looks[name])
    looks["cart"] = lambda: any(not one["available"] for one in _cart(shop, goods)["items"])
    _holds("stock to 0", looks, time.time())

    _keep(places)
    merchant.does(f"{change(40)} and 1")
    said = {"JSON-LD": "InStock", "feed": "in_stock", "API_search": '"inStock":true', "product": "In stock"}
    looks = _has(places, "/products/", **said, product_in_German="Auf Lager")
    for name in ("home", "category", "brand", "search", "category in German"):
        looks[name] = partial(lambda look: bool(text := look()) and "data-out" not in text, places[name])
    looks["cart"] = lambda: all(one["available"] for one in _cart(shop, goods)["items"])
    _holds("stock is back", looks, time.time())


def _cart(shop: running.Shop, goods: Goods) -> dict[str, Any]:
    _status, found = shop.api("GET", "cart", headers={"X-Cart-Token": goods.cart})
    return dict(found)


def test_a_products_name(shop, merchant, goods):
    name = "Melisande windchime"
    places = _places(shop, goods, words="melisande")
    del places["category in German"], places["product in German"]  # where it has another name, of which below
    _keep(places)
    del places["sitemap"]
    merchant.does(f"services.update(product_id=UUID({goods.id!r}), by='test', name={name!r}) and 1")
    looks = _has(places, name)
    lists = {"home": "/", "category": f"/categories/{goods.category_path}/", "brand": f"/brands/{goods.brand}/",
             "search": "/products/?q=melisande", "suggestions": "/search/suggest/?q=melisande"}  # fmt: skip
    for where, path in lists.items():  # its address has changed with its name; what was looked for is marked
        looks[where] = partial(lambda path: name in re.sub(r"</?mark>", "", _text(shop, path)), path)
    looks["sitemap"] = lambda: bool(_row(shop, "melisande-windchime"))
    _holds("a product's name", looks, time.time())


def test_a_products_name_in_german(shop, merchant, goods):
    name = "Melisandes Windspiel"
    everywhere = _places(shop, goods, words="windspiel")
    places = {one: everywhere[one] for one in ("category in German", "product in German")}
    page = partial(_text, shop, f"/de/products/{goods.slug}/")
    places["home in German"] = partial(_text, shop, "/de/")
    places["search in German"] = lambda: re.sub(r"</?mark>", "", _text(shop, "/de/products/?q=windspiel"))
    places["suggestions in German"] = partial(_text, shop, "/de/search/suggest/?q=windspiel")
    places["JSON-LD in German"] = lambda: " ".join(re.findall(r"ld\+json\">(.*?)</script>", page(), re.S))
    places["cart in German"] = partial(_text, shop, "/de/cart/", f"cart={goods.cart}")
    _keep(places)
    product = f"product_id=UUID({goods.id!r}), language='de', by='test'"
    translate = f"translating.translate_product({product}, texts=dict(name={{!r}}))"
    assert merchant.does(f"{translate.format(name)} and 1")
    _holds("a product's name in German", _has(places, name), time.time())
    assert name not in _text(shop, f"/products/{goods.slug}/") + everywhere["feed"]()

    _keep(places)
    merchant.does(f"{translate.format('')} and 1")
    gone = {where: partial(lambda look: name not in look(), look) for where, look in places.items()}
    _holds("the German name is gone", gone, time.time())


def test_a_word_of_the_list_in_german(shop, merchant, goods):
    rows = merchant.does(
        "[[p.slug, p.options[0], v.options[p.options[0]]] for p in Product.objects.filter(status='active') "
        "for v in p.variants.all() if p.options and v.is_active][:1]"
    )
    assert rows, "no product has options"
    [[slug, option, value]] = rows
    places = {"product in German": partial(_text, shop, f"/de/products/{slug}/")}
    _keep(places)
    say = f"terms.save_terms(terms={{{option!r}: {{'de': 'Spielart'}}, {value!r}: {{'de': 'Windfarben'}}}}, by='test')"
    before = merchant.does(f"{{t.text: t.translations for t in Term.objects.filter(text__in={[option, value]!r})}}")
    merchant.does(f"{say} and 1")
    try:
        _holds("an option in German", _has(places, "Spielart") | {
            "its value": partial(lambda look: "Windfarben" in look(), places["product in German"]),
            "search for it": lambda: f"/de/products/{slug}/" in _text(shop, "/de/products/?q=windfarben"),
        }, time.time())  # fmt: skip
    finally:
        was = {text: {"de": before.get(text, {}).get("de", "")} for text in (option, value)}
        merchant.does(f"terms.save_terms(terms={was!r}, by='test') and 1")


def test_a_categorys_name(shop, merchant, goods):
    name = "Quiet corners"
    places = _places(shop, goods)
    pages = {
        "category": partial(_text, shop, f"/categories/{goods.category_path}/"),
        "product": partial(_text, shop, f"/products/{goods.slug}/"),
        "JSON-LD": places["JSON-LD"],
        "feed": places["feed"],
        "API": places["API"],
        "API categories": partial(_text, shop, "/api/categories/"),
        "suggestions": partial(_text, shop, "/search/suggest/?q=quiet+corn"),
    }
    _keep(pages)
    rename = f"categories.update(category_id=UUID({goods.category!r}), by='test', name={{!r}}) and 1"
    before = merchant.does(f"categories.Category.objects.get(pk={goods.category!r}).name")
    merchant.does(rename.format(name))
    looks = _has(pages, name)
    looks["suggestions"] = lambda: name in re.sub(r"</?mark>", "", pages["suggestions"]())
    try:
        _holds("a category's name", looks, time.time())
    finally:  # other journeys know it by its own
        merchant.does(rename.format(before))


def test_a_review(shop, merchant, goods):
    places = {name: look for name, look in _places(shop, goods).items()
              if name not in ("cart", "suggestions", "feed", "sitemap")}  # fmt: skip
    places["reviews"] = partial(_text, shop, f"/products/{goods.slug}/reviews/")
    _keep(places)
    looks = {name: _changed(look) for name, look in places.items()}
    merchant.does(
        f"[reviews.publish(review_id=r.pk, by='test') and 1 for r in [reviews.post(product_id=UUID({goods.id!r}), "
        f"customer_id=db.uuid7(), author='Ada', rating=1, by='test', title='Hm', body='It rattles.')]]"
    )
    _holds("a review", looks, time.time())
