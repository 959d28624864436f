from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import brotli
import pytest
from django.core.cache import cache as store
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.http import parse_http_date

from catalog.products import page as product_pages
from catalog.products import prices, services
from catalog.products.models import Product
from catalog.search import indexing
from inventory.stock import services as stock
from shop.core import cache, kept, pages
from shop.core.money import Money
from tests.concurrency.race import together
from tests.factories import cart as carts
from tests.factories import catalog
from tests.outbox import drain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages_are_kept")]

LAMP = "/products/lamp/"
PUBLIC = [
    "/",
    "/products/",
    "/products/?q=lamp",
    "/categories/lighting/",
    "/brands/acme/",
    LAMP,
    "/search/suggest/?q=la",
]
PARTS = [f"{LAMP}reviews/", f"{LAMP}recommendations/"]


@pytest.fixture
def lamp() -> Product:
    category = catalog.category("Lighting")
    brand = catalog.BrandFactory(name="Acme", slug="acme")
    made = catalog.product(name="Lamp", slug="lamp", category=category, brand=brand, amount=1000, units=20)
    indexing.index([made.pk])
    return made


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The product pages that were made, in turn."""
    found: list[str] = []
    real = product_pages.product_page

    def counted(**asked: Any) -> Any:
        found.append(asked["slug"])
        return real(**asked)

    monkeypatch.setattr(product_pages, "product_page", counted)
    return found


def test_a_page_is_made_once_and_the_same_for_all(lamp: Product, made: list[str]) -> None:
    first, second = Client().get(LAMP), Client().get(LAMP)

    assert made == ["lamp"]
    assert second.content == first.content
    assert {**second.headers} == {**first.headers} | {"X-Request-ID": second["X-Request-ID"]}
    assert (second["Cache-Control"], second["Vary"], dict(second.cookies)) == (
        "public, no-cache", "HX-Request, HX-Target, Accept-Encoding", {},
    )  # fmt: skip


@pytest.mark.parametrize("path", [*PUBLIC, *PARTS])
def test_every_page_of_the_catalogue_is_everybodys(lamp: Product, path: str) -> None:
    client = Client()
    made = client.get(path)
    if "?" in path:  # kept when it is asked for once more
        client.get(path)
    again = client.get(path)

    assert (made.status_code, again.status_code, again.content) == (200, 200, made.content)
    assert kept.find(pages.key_of(RequestFactory().get(path)) or "") is not None
    assert again["Content-Security-Policy"] == made["Content-Security-Policy"]


@pytest.mark.parametrize("coding", ["br", "gzip", ""])
def test_each_browser_gets_what_it_takes(lamp: Product, coding: str) -> None:
    plain = Client().get(LAMP).content
    unpacked: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}

    for _time in range(2):
        answer = Client().get(LAMP, headers={"Accept-Encoding": coding})
        assert (answer.get("Content-Encoding", ""), unpacked[coding](answer.content)) == (coding, plain)


def test_what_the_browser_has_is_not_sent_again(lamp: Product) -> None:
    etag = Client().get(LAMP)["ETag"]

    answer = Client().get(LAMP, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)


def test_when_it_changed_is_told_and_believed(lamp: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made anew without a change it is as old as it was; with one it is newer by a second at least, however soon."""
    first = Client().get(LAMP)
    pages.forget()
    same = Client().get(LAMP)
    _price(lamp)
    pages.forget()
    other = Client().get(LAMP)
    moments = [parse_http_date(one["Last-Modified"]) for one in (first, same, other)]
    since = {"If-Modified-Since": first["Last-Modified"]}

    assert moments[0] == moments[1] < moments[2]
    assert Client().get(LAMP, headers=since).status_code == 200
    assert Client().get(LAMP, headers={"If-Modified-Since": other["Last-Modified"]}).status_code == 304


# --- Changes


def _price(lamp: Product) -> None:
    variant = lamp.variants.get()
    prices.set_price(variant_id=variant.pk, amount=Money(1234, "USD"), by="test")


def _sold(lamp: Product) -> None:
    variant = lamp.variants.get()
    stock.set_on_hand(levels={variant.pk: 3}, skus={variant.pk: variant.sku}, reason="count", by="test")


CHANGES: dict[str, tuple[Callable[[Product], object], str]] = {
    "a price": (_price, "$12.34"),
    "a text": (lambda one: services.update(product_id=one.pk, by="test", description="It is bright."), "It is bright."),
    "a stock": (_sold, "3 left"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_on_the_page_once_its_event_was_heard(lamp: Product, what: str) -> None:
    change, shown = CHANGES[what]
    client = Client()
    before = client.get(LAMP).content.decode()

    change(lamp)
    drain()

    assert [shown in before, shown in client.get(LAMP).content.decode()] == [False, True]


def test_only_what_changed_is_made_anew(lamp: Product, made: list[str]) -> None:
    other = catalog.product(name="Desk", slug="desk")
    for slug in ("lamp", other.slug):
        Client().get(f"/products/{slug}/")

    pages.changed("product:desk")
    for slug in ("lamp", other.slug):
        Client().get(f"/products/{slug}/")

    assert made == ["lamp", "desk", "desk"]


def test_forgetting_makes_all_anew(lamp: Product, made: list[str]) -> None:
    Client().get(LAMP)
    pages.forget()
    Client().get(LAMP)

    assert made == ["lamp", "lamp"]


def _changed_while_it_is_made(monkeypatch: pytest.MonkeyPatch, made: list[str]) -> list[str]:
    real = product_pages.product_page

    def changes_after(**asked: Any) -> Any:
        found = real(**asked)
        if len(made) == 1:
            pages.changed("product:lamp")
        return found

    monkeypatch.setattr(product_pages, "product_page", changes_after)
    Client().get(LAMP)
    Client().get(LAMP)
    return made


def test_what_changes_while_a_page_is_made_is_not_missed(
    lamp: Product, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _changed_while_it_is_made(monkeypatch, made) == ["lamp", "lamp"]


def test_negative_control_versions_that_are_read_afterwards_miss_it(
    lamp: Product, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pages.keep

    def late(key: str, request: Any, response: Any, **how: Any) -> Any:
        response.public = {name: store.get(name) for name in response.public}
        return real(key, request, response, **how)

    monkeypatch.setattr(pages, "keep", late)

    assert _changed_while_it_is_made(monkeypatch, made) == ["lamp"]


def test_a_page_that_is_true_until_then_is_made_anew(lamp: Product) -> None:
    shown: list[int] = []

    @pages.public()
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(f"{len(shown)}")
        pages.until(response, time.time() + 0.05)
        shown.append(1)
        return response

    assert [_through(view), _through(view)] == ["0", "0"]
    time.sleep(0.1)
    assert _through(view) == "1"


def test_without_redis_nothing_is_kept(lamp: Product, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Client().get(LAMP)
    monkeypatch.setattr(store, "get_many", lambda names: {})
    monkeypatch.setattr(store, "get", lambda name, *default: None)

    assert [Client().get(LAMP).status_code for _time in range(2)] == [200, 200]
    assert made == ["lamp", "lamp", "lamp"]


# --- Whose page it is


def _through(view: Any, path: str = "/products/x/", **cookies: str) -> str:
    from shop.middleware import kept_pages

    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    answer: Any = kept_pages(view)(request)
    return str(answer.content.decode())


PAGE, REVIEWS, SHELVES = "/products/x/", "/de/products/x/reviews/", "/products/x/recommendations/"


@pytest.mark.parametrize(
    ("cookies", "own"),
    [
        ({}, []),
        ({"js": "1", "cart_count": "3", "customer": "Ada"}, []),
        ({"js": "1", "sessionid": "x"}, [REVIEWS, SHELVES]),  # own votes; not what she has already
        ({"js": "1", "cart": "y"}, [SHELVES]),  # not what is in the cart already
        ({"sessionid": "x"}, [PAGE, REVIEWS, SHELVES]),
        ({"cart": "y"}, [PAGE, REVIEWS, SHELVES]),
        ({"js": "1", "own": "1"}, [PAGE, REVIEWS, SHELVES]),
        ({"js": "1", "messages": "z"}, [PAGE, REVIEWS, SHELVES]),
    ],
)
def test_who_gets_a_page_of_their_own(cookies: dict[str, str], own: list[str]) -> None:
    asked: list[bool] = []

    @pages.public()
    def view(request: HttpRequest) -> HttpResponse:
        asked.append(pages.is_everybodys(request))
        return HttpResponse("hello")

    for path in (PAGE, REVIEWS, SHELVES):
        asked.clear()
        _through(view, path, **cookies)
        _through(view, path, **cookies)
        assert (path, asked) == (path, [False, False] if path in own else [True])


@pytest.mark.parametrize("path", [*PUBLIC, *PARTS])
@pytest.mark.parametrize("has_script", [True, False])
def test_A40_nothing_of_anybody_is_kept(lamp: Product, path: str, has_script: bool) -> None:
    ada = carts.customer(email="ada@example.com", first_name="Ada-Augusta")
    carts.cart((lamp, 7), customer_id=ada.pk)
    signed_in = Client()
    signed_in.force_login(ada)
    if has_script:
        signed_in.cookies["js"] = "1"

    first = signed_in.get(path)
    after = Client().get(path)

    assert [name in after.content.decode() for name in ("ada@example.com", "Ada-Augusta")] == [False, False]
    assert (dict(after.cookies), "Cookie" in after["Vary"]) == ({}, False)
    is_public = has_script and path not in PARTS
    assert (first["Cache-Control"] == "private, no-cache") is not is_public


def test_who_has_a_token_for_forms_is_shown_what_all_are(lamp: Product, made: list[str]) -> None:
    """Whoever was at the checkout has that cookie: their pages are kept as well."""
    client = Client()
    client.cookies["js"], client.cookies["csrftoken"] = "1", "x" * 32

    answers = [client.get(LAMP), Client().get(LAMP)]

    assert [one["Cache-Control"] for one in answers] == ["public, no-cache"] * 2
    assert made == ["lamp"]


def test_a_token_in_a_page_for_all_is_not_kept() -> None:
    from django.middleware.csrf import get_token

    shown: list[str] = []

    @pages.public()
    def view(request: HttpRequest) -> HttpResponse:
        shown.append(get_token(request))
        return HttpResponse(shown[-1])

    assert [_through(view), _through(view)] == shown
    assert len({*shown}) == 2


def test_a_view_that_looks_at_the_visitor_after_all_is_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    shown: list[int] = []

    @pages.public()
    def view(request: HttpRequest) -> HttpResponse:
        shown.append(1)
        response = HttpResponse("hello")
        response.set_cookie("taste", "blue")
        return response

    assert [_through(view), _through(view)] == ["hello", "hello"]
    assert len(shown) == 2


def test_scripts_are_told_of_cart_and_name(lamp: Product) -> None:
    ada = carts.customer(first_name="Ada")
    carts.cart((lamp, 7), customer_id=ada.pk)
    client = Client()
    client.force_login(ada)

    client.get("/cart/")
    told = {name: morsel.value for name, morsel in client.cookies.items() if name in {"cart_count", "customer", "own"}}
    client.post("/account/logout/")

    assert told == {"cart_count": "7", "customer": "Ada"}
    assert [client.cookies[name].value for name in ("customer",)] == [""]


# --- Many at once


def _crowd(monkeypatch: pytest.MonkeyPatch) -> int:
    shown: list[int] = []

    @pages.public()
    def view(request: HttpRequest) -> HttpResponse:
        shown.append(1)
        time.sleep(0.05)
        return HttpResponse("hello")

    monkeypatch.setattr(kept, "TRUSTED", 1)
    assert together([lambda: _through(view)] * 8) == ["hello"] * 8
    return len(shown)


@pytest.mark.django_db(transaction=True)
def test_of_a_crowd_one_makes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _crowd(monkeypatch) == 1


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_turns_all_of_them_do(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        def __enter__(self) -> None: ...
        def __exit__(self, *_raised: object) -> None: ...

    monkeypatch.setattr(kept, "turn", lambda key: Nothing())

    assert _crowd(monkeypatch) == 8


@pytest.mark.django_db(transaction=True)
def test_what_another_process_makes_is_waited_for(lamp: Product, made: list[str]) -> None:
    request = RequestFactory().get(LAMP)
    key = pages.key_of(request)
    assert key is not None
    cache.PAGE_TURN.add(1, key)  # another process is at it
    for _time in range(2):
        Client().get(LAMP, headers={"HX-Request": "true"})  # another page: nobody waits
    page = kept.find(pages.key_of(RequestFactory().get(LAMP, headers={"HX-Request": "true"})) or "")

    def there() -> None:
        time.sleep(0.06)
        assert page is not None
        cache.PAGES.set(page, key)

    waiting = threading.Thread(target=there)
    waiting.start()
    with kept.turn(key) as found:
        assert found == page
    waiting.join()


def test_what_is_sent_once_waits_for_no_turn_and_is_compressed_quickly(lamp: Product, monkeypatch: Any) -> None:
    """An address that anybody can make up: nobody else waits for the same one."""
    taken: list[str] = []
    monkeypatch.setattr(kept, "turn", lambda key: taken.append(key) or nullcontext())

    answers = [Client().get(f"{LAMP}?variant=x", headers={"Accept-Encoding": "br"}) for _time in range(2)]

    assert len(taken) == 1
    assert len(answers[0].content) > len(answers[1].content)
    assert brotli.decompress(answers[0].content) == brotli.decompress(answers[1].content)


@pytest.mark.parametrize(("host", "asked_for"), [("127.0.0.1:8000", 1), ("127.0.0.1:30000", 2), ("127.0.0.1.", 2)])
def test_a_host_that_anybody_can_make_up_is_kept_on_the_second_asking(
    lamp: Product, made: list[str], settings: Any, host: str, asked_for: int
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1"]

    answers = [Client(headers={"Host": host}).get(LAMP) for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(made) == asked_for


def test_memory_holds_so_many_bytes_of_what_was_asked_for_last() -> None:
    memory = kept.Memory(most=250)
    for name in ("a", "b", "c"):
        memory.put(name, _page(b"x" * 100))
        memory.get("a")

    assert [memory.get(name) is not None for name in ("a", "b", "c")] == [True, False, True]


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        (LAMP + "?variant={}", {}),
        ("/products/?q={}", {}),
        (LAMP, {"HX-Request": "true", "HX-Target": "{}"}),
        (LAMP, {"Cookie": "holdfast_currency={}"}),
    ],
)
def test_addresses_that_are_made_up_are_not_kept(lamp: Product, address: str, headers: dict[str, str]) -> None:
    """A page that anybody can make up another address of is kept when somebody asks for it once more."""

    def asked(number: int) -> Any:
        word = "ABCDE"[number] * 3
        return {"path": address.format(word), "headers": {name: text.format(word) for name, text in headers.items()}}

    def found(number: int) -> bool:
        return kept.find(pages.key_of(RequestFactory().get(**asked(number))) or "") is not None

    for number in range(5):
        Client().get(**asked(number))
    at_first = [found(number) for number in range(5)]
    Client().get(**asked(3))

    assert at_first == [False] * 5
    assert [found(number) for number in range(5)] == [number == 3 for number in range(5)]


# --- What an address may ask for

EVERYWHERE = {  # what each view takes, and something it does not
    "/": "?currency=EUR",
    "/products/": "?q=lamp&sort=price&attr.colour=red&attr.colour=blue",
    "/categories/lighting/": "?brand=acme&page=1",
    "/brands/acme/": "?rating=1",
    LAMP: "?variant=LAMP&option.colour=red",
    LAMP + "live/": "?variant=LAMP",
    "/search/suggest/": "?q=la",
    "/sitemap.xml": "",
    "/de/products/": "?q=lamp",
}
_UNKNOWN = ("utm_source=x", "gclid=y&fbclid=z", "variants=1", "attr=1", "option=1", "a.b=1", "=1", "%00=1")


@pytest.mark.parametrize("path", EVERYWHERE)
def test_parameters_that_a_page_does_not_know_make_no_other_page(lamp: Product, path: str) -> None:
    asked = EVERYWHERE[path]
    plain = Client().get(path + asked)
    keys = {pages.key_of(RequestFactory().get(path + asked))}
    for unknown in _UNKNOWN:
        for query in (f"?{unknown}&{asked[1:]}", f"{asked}&{unknown}" if asked else f"?{unknown}"):
            answer = Client().get(path + query)
            keys.add(pages.key_of(RequestFactory().get(path + query)))
            assert (query, answer.status_code, answer.content) == (query, plain.status_code, plain.content)

    assert (len(keys), None in keys) == (1, False)


def test_the_order_of_parameters_makes_no_other_page(lamp: Product) -> None:
    first, second = "/products/?sort=price&q=lamp&brand=b&brand=a", "/products/?brand=b&q=l%61mp&brand=a&sort=price"

    assert pages.key_of(RequestFactory().get(first)) == pages.key_of(RequestFactory().get(second))
    assert Client().get(first).content == Client().get(second).content


def test_an_advertisement_leads_to_a_page_that_is_kept(lamp: Product, made: list[str]) -> None:
    """However each visitor is counted, and from the first one on."""
    for number in range(3):
        Client().get(f"{LAMP}?utm_source=letter&gclid={number}")

    assert made == ["lamp"]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/products/lamp?utm_source=x", "/products/lamp/?utm_source=x"),  # whoever counts at the target still can
        ("/cart/?utm_source=x", None),
    ],
)
def test_other_addresses_are_left_as_they_are(lamp: Product, path: str, target: str | None) -> None:
    answer = Client().get(path)

    assert (answer.get("Location"), answer.wsgi_request.META["QUERY_STRING"]) == (target, "utm_source=x")


def test_more_parameters_than_anybody_has_are_refused(lamp: Product, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
    answer = Client().get("/products/?" + "&".join(f"x{number}=1" for number in range(1001)))

    assert (answer.status_code, answer["Cache-Control"]) == (400, "private, no-cache")


def _page(body: bytes) -> kept.Page:
    return kept.Page((), {"br": body}, "", {}, float("inf"), "", "")


# --- Forms without a token


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "SAME-ORIGIN"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),  # a page that tells nobody its address
        ({"Origin": "null", "Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "http://testserver:81"}, 403),
        ({"Origin": "http://testserver@evil.example"}, 403),
        ({"Origin": "ftp://testserver"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "https://testserver"}, 303),  # of a shop behind a proxy that does not say so
        ({"Origin": "https://shop.example"}, 303),  # SITE_URL
        ({"Origin": "http://shop.example"}, 403),
        ({"Referer": "http://testserver/products/lamp/?variant=X"}, 303),
        ({"Referer": "https://evil.example/products/lamp/"}, 403),
        ({"Referer": "https://evil.example/?http://testserver/"}, 403),
        ({"Referer": "about:blank"}, 403),
        ({"Referer": "http://["}, 403),
        ({"Referer": "https://evil.example/", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Referer": "https://evil.example/", "Origin": "http://testserver"}, 403),
        ({"Referer": "https://evil.example/", "Origin": "null", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Referer": "http://testserver/", "Origin": "https://evil.example"}, 403),
        ({"Referer": "http://testserver/", "Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),  # no browser: docs/adr/0035-pages-for-everybody.md
    ],
)
def test_the_cart_takes_no_form_of_another_site(
    lamp: Product, settings: Any, headers: dict[str, str], status: int
) -> None:
    settings.SITE_URL = "https://shop.example"
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post("/cart/add/", {"product": lamp.pk}, headers=headers)

    assert answer.status_code == status
    assert ("cart" in answer.cookies) == (status == 303)


def test_by_https_what_came_by_http_is_of_another_site(lamp: Product) -> None:
    """A page that somebody on the way has put together."""
    answers = [
        Client().post("/cart/add/", {"product": lamp.pk}, headers={"Origin": f"{scheme}://testserver"}, secure=True)
        for scheme in ("https", "http")
    ]

    assert [one.status_code for one in answers] == [303, 403]
