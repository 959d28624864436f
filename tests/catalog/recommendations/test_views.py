from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from cart.carts.models import CartLine
from catalog.products import prices
from catalog.products.models import Product
from catalog.recommendations import seen, shelves, trends
from catalog.recommendations.models import Neighbours
from catalog.search import indexing
from shop.core import db, kept, pages
from shop.core.money import Money
from shop.resilience import breaker, switches
from tests.factories import catalog, customizations
from tests.factories import recommendations as make
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _closed() -> None:
    breaker.reset(shelves.NAME)


def near(product: Product, *others: Product, kind: str = "together") -> None:
    ids = [one.pk for one in others]
    Neighbours.objects.create(product_id=product.pk, kind=kind, others=ids, weights=list(range(len(ids), 0, -1)))


def names(response: Any) -> list[str]:
    return re.findall(r'class="card__link" href="[^"]*">([^<]*)<', response.content.decode())


def url(product: Product, name: str = "product_recommendations") -> str:
    return reverse(name, args=[product.slug])


@pytest.fixture
def pair() -> tuple[Product, Product]:
    mug, spoon = catalog.product(name="Mug"), catalog.product(name="Spoon")
    near(mug, spoon)
    return mug, spoon


def test_the_products_page_leads_to_its_shelves(client: Client, pair: tuple[Product, Product]) -> None:
    page = client.get(pair[0].get_absolute_url()).content.decode()

    assert f'data-testid="recommendations" hx-get="{url(pair[0])}"' in page
    assert f'<a href="{url(pair[0])}">You may also like</a>' in page
    seen = url(pair[0], "product_seen")
    assert f'<noscript><img src="{seen}" alt=""' in page
    assert f'<link rel="seen" href="{seen}">' in page  # for scripts, once the page is drawn


def test_the_fragment_is_the_shelves_alone(client: Client, pair: tuple[Product, Product]) -> None:
    response = client.get(url(pair[0]), headers=HTMX)

    assert (response.status_code, names(response)) == (200, ["Spoon"])
    assert response.content.decode().strip().startswith('<section class="section" aria-labelledby="together">')
    assert response["Cache-Control"] == "private, no-cache"  # where pages are not kept


def test_without_scripts_the_shelves_are_a_page(client: Client, pair: tuple[Product, Product]) -> None:
    response = client.get(url(pair[0]))
    page = response.content.decode()

    assert (response.status_code, names(response)) == (200, ["Spoon"])
    assert "<h1" in page
    assert f'<a href="{pair[0].get_absolute_url()}">Mug</a>' in page
    assert '<meta name="robots" content="noindex, follow">' in page


def test_a_fragment_of_nothing_is_empty_and_a_page_of_nothing_says_so(client: Client) -> None:
    product = catalog.product()

    assert client.get(url(product), headers=HTMX).content == b""
    assert "Nothing comes to mind just now." in client.get(url(product)).content.decode()


@pytest.mark.parametrize("name", ["product_recommendations", "product_seen"])
def test_there_is_nothing_for_a_product_that_is_none(client: Client, name: str) -> None:
    draft = catalog.product(status="draft")

    assert client.get(reverse(name, args=["nothing"])).status_code == 404
    assert client.get(url(draft, name)).status_code == 404
    assert client.post(url(catalog.product(), name)).status_code == 405


def test_guests_share_a_fragment_for_a_minute(
    pair: tuple[Product, Product],
    counting: Any,
    pages_are_kept: None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    address, mug = url(pair[0]), pair[0]
    asked = RequestFactory().get(address, headers=HTMX)

    first = Client().get(address, headers=HTMX)
    assert Client().get(address, headers=HTMX).content == first.content  # kept when it is asked for once more
    with counting() as queries:
        again = Client().get(address, headers=HTMX)
    assert (again.content, queries(), names(again)) == (first.content, 0, ["Spoon"])
    held = kept.find(pages.key_of(asked) or "")
    assert held is not None
    assert 55 < held.until - time.time() <= 60
    assert names(Client().get(address)) == ["Spoon"]  # the page of its own is another one
    prices.set_price(variant_id=pair[1].variants.get().pk, amount=Money(1234, "USD"), by="test")
    with django_capture_on_commit_callbacks(execute=True):
        indexing.index([pair[1].pk])
    assert "$12.34" in Client().get(address, headers=HTMX).content.decode()
    switches.shed("recommendations")
    assert Client().get(url(mug), headers=HTMX).content == b""


def test_what_is_in_the_cart_is_not_shown_once_more(client: Client, pair: tuple[Product, Product]) -> None:
    client.get(url(pair[0]), headers=HTMX)
    client.post("/cart/add/", {"product": str(pair[1].pk)})

    assert names(client.get(url(pair[0]), headers=HTMX)) == []
    assert names(Client().get(url(pair[0]), headers=HTMX)) == ["Spoon"]


def test_what_a_customer_owns_is_not_shown_to_them(client: Client, pair: tuple[Product, Product]) -> None:
    user = UserFactory()
    make.bought([pair[1]], customer_id=user.pk)
    client.force_login(user)

    assert names(client.get(url(pair[0]), headers=HTMX)) == []
    assert names(Client().get(url(pair[0]), headers=HTMX)) == ["Spoon"]


def test_a_card_is_drawn_anew_when_what_it_shows_changes(client: Client, pair: tuple[Product, Product]) -> None:
    client.get(url(pair[0]))
    prices.set_price(variant_id=pair[1].variants.get().pk, amount=Money(1234, "USD"), by="test")

    assert "$12.34" in client.get(url(pair[0])).content.decode()


def test_while_shed_pages_stand_without_shelves(client: Client, pair: tuple[Product, Product]) -> None:
    switches.shed("recommendations")

    for address in (pair[0].get_absolute_url(), "/", "/cart/"):
        response = client.get(address)
        assert response.status_code == 200
        assert 'data-testid="recommendations"' not in response.content.decode()
    assert client.get(url(pair[0])).status_code == 200
    assert client.get(url(pair[0]), headers=HTMX).content == b""


def test_the_cart_page_shows_what_is_bought_with_what_is_in_it(client: Client, pair: tuple[Product, Product]) -> None:
    address = reverse("cart_recommendations")
    assert client.get(address, headers=HTMX).content == b""
    client.post("/cart/add/", {"product": str(pair[0].pk)})
    page = client.get("/cart/").content.decode()

    assert f'data-testid="recommendations" hx-get="{address}" hx-trigger="load, cart-changed from:body"' in page
    assert f'<a href="{address}">What others bought with this</a>' in page
    assert names(client.get(address, headers=HTMX)) == ["Spoon"]
    assert '<a href="/cart/">Your cart</a>' in client.get(address).content.decode()


def test_a_change_of_the_cart_is_told_to_what_stands_beside_it(client: Client, pair: tuple[Product, Product]) -> None:
    client.post("/cart/add/", {"product": str(pair[0].pk)})
    line = CartLine.objects.get()

    response = client.post(f"/cart/lines/{line.pk}/", {"quantity": "2"}, headers=HTMX)

    assert response["HX-Trigger"] == "cart-changed"
    assert "HX-Trigger" not in client.get("/cart/").headers


def test_what_was_seen_is_remembered_by_the_browser(client: Client) -> None:
    mug, tray = catalog.product(name="Mug"), catalog.product(name="Tray")
    for product in (mug, tray, mug):
        response = client.get(url(product, "product_seen"))
        assert (response["Content-Type"], response.content[:6]) == ("image/gif", b"GIF89a")
        assert "no-store" in response["Cache-Control"]

    cookie = response.cookies[seen.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 30 * 24 * 3600)
    assert seen.read(cookie.value) == [mug.pk, tray.pk]
    found = client.get("/recommendations/", headers=HTMX)
    assert names(found) == ["Mug", "Tray"]
    assert "You looked at" in found.content.decode()


def test_a_visitor_of_whom_nothing_is_known_sees_what_trends(client: Client) -> None:
    make.bought([catalog.product(name="Mug")], at=db.clock(db.CATALOG) - timedelta(hours=1))
    trends.rebuild_trends()

    assert client.get("/recommendations/", headers=HTMX).content == b""
    page = client.get("/recommendations/")
    assert names(page) == ["Mug"]
    assert "Trending now" in page.content.decode()
    home = client.get("/")
    assert [card.name for card in home.context["trending"]] == ["Mug"]
    assert 'hx-get="/recommendations/" hx-trigger="load"' in home.content.decode()


def test_without_trends_the_home_page_shows_what_is_popular(client: Client) -> None:
    catalog.product(name="Mug")

    assert [card.name for card in client.get("/").context["trending"]] == ["Mug"]


@pytest.mark.parametrize("cookie", ["x", "A" * 22, "'; DROP TABLE", "A" * 4000])
def test_a_made_up_cookie_shows_nothing(client: Client, cookie: str) -> None:
    client.cookies[seen.COOKIE] = cookie

    assert client.get("/recommendations/", headers=HTMX).status_code == 200
    assert client.get(url(catalog.product(), "product_seen")).status_code == 200


# --- All of it by one button


def whole(client: Client, product: Product) -> Any:
    response = client.get(url(product), headers=HTMX)
    return next((one["whole"] for one in response.context["shelves"] if one["whole"]), None)


def test_what_is_bought_together_can_be_bought_at_once(client: Client, pair: tuple[Product, Product]) -> None:
    shown = whole(client, pair[0])
    assert [card.name for card in shown["cards"]] == ["Mug", "Spoon"]
    assert shown["total"] == Money(5000, "USD")
    text = client.get(url(pair[0]), headers=HTMX).content.decode()
    assert 'action="/cart/add-all/"' in text
    assert "Add all 2 to cart" in text


def test_what_asks_something_is_not_bought_at_once(client: Client, pair: tuple[Product, Product]) -> None:
    mug, spoon = pair
    catalog.add_variant(spoon, options={"Size": "L"})
    assert whole(client, mug) is None

    third = catalog.product(name="Fork")
    Neighbours.objects.filter(product_id=mug.pk).delete()
    near(mug, spoon, third)
    assert [card.name for card in whole(client, mug)["cards"]] == ["Mug", "Fork"]
    customizations.engraving(mug)
    assert whole(client, mug) is None
