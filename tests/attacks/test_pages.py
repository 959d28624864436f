"""A40: nobody finds what is somebody's in a cache, and nobody puts something there that others would be shown.

Each check is a function that says what is wrong, and each has a negative control: a shop with the fault that it looks
for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client

from cart.carts import views as cart_views
from catalog.products import views as product_views
from catalog.products.models import Product
from shop.core import asked, codings, pages
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories.currencies import currency

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pages_are_kept")]

NAME, EMAIL, STREET = "Ada-Augusta", "ada@example.com", "99 Analytical Row"
LAMP = "/products/lamp/"
PUBLIC = ["/", "/products/", "/categories/lighting/", "/brands/acme/", LAMP, "/products/?sort=price", "/de/products/"]
EVIL = "evil.example"
UNKEYED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Scheme": f"https://{EVIL}",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "1337",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-For": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": "/cart/",
    "X-Rewrite-URL": "/account/",
    "X-HTTP-Method-Override": "POST",
    "Forwarded": f"host={EVIL};proto=https",
    "Referer": f"https://{EVIL}/",
    "User-Agent": EVIL,
    "Accept": f"application/{EVIL}",
    "Accept-Language": "ar",
    "Authorization": "Bearer somebody",
    "HX-Current-URL": f"https://{EVIL}/",
    "HX-Prompt": EVIL,
    "HX-Trigger": EVIL,
    "X-Requested-With": "XMLHttpRequest",
    "Sec-Fetch-Site": "cross-site",
    "Range": "bytes=0-9",
    "If-Range": '"x"',
    "Content-Type": f"text/{EVIL}",
}


@pytest.fixture(autouse=True)
def lamp() -> Product:
    brand = catalog.BrandFactory(name="Acme", slug="acme")
    return catalog.product(name="Lamp", slug="lamp", category=catalog.category("Lighting"), brand=brand, units=50)


@pytest.fixture
def ada(lamp: Product) -> Client:
    """A browser of somebody who has signed in, with seven lamps in the cart and scripts switched on."""
    customer = carts.customer(email=EMAIL, first_name=NAME)
    carts.cart((lamp, 7), customer_id=customer.pk)
    client = Client()
    client.force_login(customer)
    client.cookies["js"] = "1"
    return client


def _text(answer: Any) -> str:
    if not hasattr(answer, "text_read"):  # a stream can be read once
        answer.text_read = answer.getvalue().decode("utf-8", "replace")
    return str(answer.text_read)


# --- What everybody is shown after an attack is what they were shown before


def _poisoned(paths: list[str], headers: dict[str, str], *, tries: int = 2) -> list[str]:
    """The pages that are another one for everybody once somebody has asked for them with these headers."""
    found = []
    for path in paths:
        clean = _text(Client().get(path))
        pages.forget()
        for _time in range(tries):
            Client().get(path, headers=headers)
        after = Client().get(path)
        if _text(after) != clean or EVIL in _text(after) or EVIL in str(after.headers):
            found.append(path)
    return found


@pytest.mark.parametrize("header", UNKEYED)
def test_A40_no_header_changes_what_others_are_shown(header: str) -> None:
    assert _poisoned(PUBLIC, {header: UNKEYED[header]}) == []


PARTS = [f"{LAMP}reviews/", f"{LAMP}recommendations/", f"{LAMP}options/"]
HTMX = {
    "boosted by a word that htmx never says": {"HX-Request": "true", "HX-Boosted": "false"},
    "boosted": {"HX-Request": "true", "HX-Boosted": "true"},
    "going back": {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    "going back by a word that htmx never says": {"HX-Request": "true", "HX-History-Restore-Request": "1"},
    "encoded": {"HX-Request": "%74rue", "HX-Request-URI-AutoEncoded": "true"},
    "encoded target": {"HX-Request": "true", "HX-Target": "%62uy", "HX-Target-URI-AutoEncoded": "true"},
    "the target that stands for the whole": {"HX-Request": "true", "HX-Target": "-"},
    "no target": {"HX-Request": "true"},
    "in capitals": {"HX-Request": "TRUE", "HX-Target": "buy"},
    "said twice": {"HX-Request": "true, true", "HX-Target": "buy"},
    "not by htmx": {"HX-Request": "false", "HX-Boosted": "true", "HX-Target": "buy"},
}


def _misplaced(headers: dict[str, str], *, usual: dict[str, str]) -> list[str]:
    """The pages and parts that are another one for those who ask as `usual`, once somebody has asked as `headers`."""
    found = []
    for path in (*PUBLIC, *PARTS):
        clean = _text(Client().get(path, headers=usual))
        pages.forget()
        for _time in range(3):
            Client().get(path, headers=headers)
        if _text(Client().get(path, headers=usual)) != clean:
            found.append(path)
    return found


@pytest.mark.parametrize("target", ["", "buy", "results"])
@pytest.mark.parametrize("oddly", HTMX)
def test_A40_no_odd_way_of_asking_for_a_part_puts_it_in_the_place_of_another(oddly: str, target: str) -> None:
    """Whole pages stay whole, and parts the part that they were, whatever was asked for before."""
    assert _misplaced(HTMX[oddly], usual={"HX-Request": "true", "HX-Target": target} if target else {}) == []


def test_negative_control_a_key_that_knows_no_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "_part", lambda _request: None)

    assert set(PARTS) <= set(_misplaced(HTMX["no target"], usual={}))


def _paid_otherwise(code: str) -> list[tuple[str, str]]:
    """The pages that are others for those who chose a currency, or none, once somebody's cookie has said this one."""
    clients = {name: Client(headers={"Cookie": f"{asked.CURRENCY}={name}"} if name else {}) for name in ("", "EUR")}
    clean = {(name, path): _text(client.get(path)) for name, client in clients.items() for path in PUBLIC}
    assert clean["", LAMP] != clean["EUR", LAMP]
    pages.forget()
    for path in PUBLIC:
        for _time in range(3):
            Client(headers={"Cookie": f"{asked.CURRENCY}={code}"}).get(path)
    return [(name, path) for (name, path), text in clean.items() if _text(clients[name].get(path)) != text]


@pytest.mark.parametrize("code", ["EURx", "eur", "EUR ", "EU", "XXX", "EUREUR", "<b>", "EUR%00"])
def test_A40_no_made_up_currency_changes_what_others_are_shown(code: str) -> None:
    currency()

    assert _paid_otherwise(code) == []


def test_negative_control_a_key_that_takes_half_a_word_for_a_currency(monkeypatch: pytest.MonkeyPatch) -> None:
    currency()
    monkeypatch.setattr(asked, "_currency", lambda request: request.COOKIES.get(asked.CURRENCY, "")[:3])

    assert ("EUR", LAMP) in _paid_otherwise("EURx")


def test_A40_a_view_of_a_page_for_everybody_sees_no_cookie_but_the_currency(monkeypatch: pytest.MonkeyPatch) -> None:
    @pages.public()
    def view(request: HttpRequest, **_address: str) -> HttpResponse:
        return HttpResponse(f"{sorted(request.COOKIES)}")

    _serve(monkeypatch, "product_detail", view)
    cookies = f"seen={EVIL}; js=1; {asked.CURRENCY}=EUR; customer={EVIL}"

    assert _text(Client().get(LAMP, headers={"Cookie": cookies})) == f"['{asked.CURRENCY}']"


def _reflecting(header: str) -> Callable[..., HttpResponse]:
    """A view as somebody might write it, with something of the request on the page that is not in the key."""

    @pages.public()
    def view(request: HttpRequest, **_address: str) -> HttpResponse:
        return HttpResponse(f"<a href='https://{request.headers.get(header, 'shop.example')}/'>")

    return view


def test_negative_control_a_page_that_shows_a_header_is_poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    _serve(monkeypatch, "product_detail", _reflecting("X-Forwarded-Host"))

    assert _poisoned([LAMP], {"X-Forwarded-Host": EVIL}) == [LAMP]


def _serve(monkeypatch: pytest.MonkeyPatch, name: str, view: Callable[..., HttpResponse]) -> None:
    """The shop has another view at this name."""
    from django.urls import get_resolver

    from tests.conventions.test_site import patterns

    [pattern] = [one for one in patterns(get_resolver()) if one.name == name]
    monkeypatch.setattr(pattern, "callback", view)
    monkeypatch.setattr(asked, "_taken_at", asked._taken_at.__wrapped__)  # what the other one takes is not remembered


@pytest.mark.parametrize("parameter", ["utm_source", "fbclid", "callback", "_", "lang", "next", "x" * 300])
def test_A40_no_made_up_parameter_changes_what_others_are_shown(parameter: str) -> None:
    clean = {path: _text(Client().get(path)) for path in PUBLIC}

    for path in PUBLIC:
        for _time in range(3):
            poisoned = Client().get(path, {parameter: f"<script>{EVIL}</script>"} | dict(_query(path)))
            assert (path, EVIL in _text(poisoned), _text(poisoned)) == (path, False, clean[path])

    assert {path: _text(Client().get(path)) for path in PUBLIC} == clean


def _query(path: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(path).query)


def test_negative_control_a_view_that_takes_whatever_there_is_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    @pages.public(takes=("utm_source",))
    def view(request: HttpRequest, **_address: str) -> HttpResponse:
        return HttpResponse(request.get_full_path())

    _serve(monkeypatch, "product_detail", view)

    assert [_text(Client().get(LAMP, {name: EVIL})) for name in ("utm_source", "gclid")] == [
        f"{LAMP}?utm_source={EVIL}", LAMP,
    ]  # fmt: skip


def test_A40_a_very_long_query_is_answered_and_does_no_harm() -> None:
    clean, known = _text(Client().get("/products/")), asked._tidy_at.cache_info().currsize

    answers = [Client().get("/products/", {"x": "y" * 100_000}).status_code for _time in range(2)]

    assert answers == [200, 200]
    assert asked._tidy_at.cache_info().currsize == known, "long queries fill the memory"
    assert _text(Client().get("/products/")) == clean


def test_A40_very_long_addresses_fill_no_memory() -> None:
    known = asked._tidy_at.cache_info().currsize, asked._taken_at.cache_info().currsize

    assert Client().get(f"/products/{'y' * 10_000}/", {"variant": "x"}).status_code == 404
    assert (asked._tidy_at.cache_info().currsize, asked._taken_at.cache_info().currsize) == known


@pytest.mark.parametrize("path", PUBLIC)
def test_A40_asking_for_the_head_alone_keeps_no_empty_page(path: str) -> None:
    heads = [Client().head(path) for _time in range(2)]
    whole = Client().get(path)

    assert [one.content for one in heads] == [b"", b""]
    assert len(whole.content) > 1000
    assert whole.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip;q=0.5, br;q=0.5", "br"),
        ("gzip;q=0.3, br;q=0.30", "br"),
        ("identity, br;q=0.5", ""),
        ("identity;q=0.5, br;q=0.5", "br"),
        ("identity;q=0", ""),
        ("br;q=0", ""),
        ("br;q=0, *", ""),
        ("gzip, identity;q=0, *;q=0", "gzip"),
        ("br;q=x, gzip;q=0.001", "gzip"),
        ("br;q=2", ""),
        ("br ; Q = 1.000", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", ""),
        ("abracadabra", ""),
        ("identity", ""),
        ("", ""),
        ("zstd", ""),
        ("BR", "br"),
        ("*", ""),
        ("gzip\x0b, \t br,,,;;q", "br"),
        ("br" * 5000, ""),
    ],
)
def test_A40_a_browser_is_sent_only_what_it_can_read(accepted: str, coding: str) -> None:
    for _time in range(2):
        answer = Client().get(LAMP, headers={"Accept-Encoding": accepted})
        assert answer.get("Content-Encoding", "") == coding
        assert "Accept-Encoding" in answer["Vary"]
    own = Client().get("/cart/", headers={"Accept-Encoding": accepted})
    assert own.get("Content-Encoding", "") == ("gzip" if "gzip" in codings.taken(accepted) else "")


def test_A40_a_file_is_sent_as_it_can_be_read(tmp_path: Path, settings: Any) -> None:
    """By whitenoise, which looks for a coding's name alone."""
    for name, body in (("a.css", b"a{}" * 50), ("a.css.gz", b"gzip"), ("a.css.br", b"br")):
        (tmp_path / name).write_bytes(body)
    settings.STATIC_ROOT, settings.WHITENOISE_USE_FINDERS, settings.WHITENOISE_AUTOREFRESH = str(tmp_path), False, False
    sent = {
        accepted: Client().get("/static/a.css", headers={"Accept-Encoding": accepted}).getvalue()
        for accepted in ("br", "gzip, br", "br;q=0, gzip", "br;q=0, gzip;q=0", "")
    }

    assert sent == {
        "br": b"br", "gzip, br": b"br", "br;q=0, gzip": b"gzip", "br;q=0, gzip;q=0": b"a{}" * 50, "": b"a{}" * 50,
    }  # fmt: skip


# --- What is somebody's is in no cache


TRICKS = [
    "/products/x/../../cart/", "/products/..%2fcart/", "/products/%2e%2e/cart/", "/products/lamp/..;/cart/",
    "/categories/../cart/", "/categories/lighting/../../account/", "/categories/..;/account/", "/cart/style.css",
    "/cart/;.css", "/cart/%3b.css", "/cart;.css", "/cart/.css", "/account/avatar.png", "/account/%0a.js", "/cart//",
    "/account/orders/x.css", "/orders/find/x.js", "/cart%23.css", "/cart%3f.css", "/cart//.css", "/static/../cart/",
    "/static/%2e%2e/cart/", "/media/../account/", "/products/lamp%00/", "/CART/", "/feeds/../cart/",
]  # fmt: skip


def _is_private(answer: Any) -> bool:
    says = answer.get("Cache-Control", "")
    return "private" in says or "no-store" in says


def _shows_ada(answer: Any) -> bool:
    text = _text(answer)
    return any(word in text for word in (NAME, EMAIL, STREET)) or 'data-count="7"' in text


def _leaking(client: Client, paths: list[str]) -> list[str]:
    """The addresses whose answer to this browser may be shown to others although it is hers alone, or is public and
    not what everybody gets."""
    found = []
    for path in paths:
        hers = client.get(path)
        if _is_private(hers):
            continue
        others = Client().get(path)
        is_other = "public" in hers.get("Cache-Control", "") and _text(hers) != _text(others)
        if _shows_ada(hers) or _shows_ada(others) or is_other:
            found.append(path)
    return found


@pytest.mark.parametrize("script", ["js", ""])
def test_A40_no_trick_with_paths_makes_something_of_hers_public(ada: Client, script: str) -> None:
    if not script:
        del ada.cookies["js"]

    assert _leaking(ada, TRICKS) == []
    assert [path for path in TRICKS if ada.get(path).status_code == 200 and not _is_private(ada.get(path))] == []


def test_negative_control_an_account_page_that_says_it_is_public_is_found(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = cart_views.cart

    def public(request: HttpRequest) -> HttpResponse:
        answer = real(request)
        answer["Cache-Control"] = "public, max-age=60"
        return answer

    _serve(monkeypatch, "cart", public)

    assert _leaking(ada, ["/cart/", "/account/"]) == ["/cart/"]


BEGINNINGS = [
    "/", "/cart/", "/checkout/", "/account/", "/manifest.webmanifest", "/sw.js", "/offline/", "/feeds/google.xml",
    "/api/cart", "/api/products/", "/search/suggest/?q=la", "/de/",
]  # fmt: skip
_ADDRESS = re.compile(r'(?:href|src|hx-get|action)="([^"]+)"')


def _crawled(client: Client, *, most: int = 400) -> dict[str, Any]:
    """Every answer of the shop that links lead to, by address: as this browser gets them."""
    found: dict[str, Any] = {}
    waiting = [*BEGINNINGS]
    while waiting and len(found) < most:
        path = waiting.pop()
        if path in found or path.startswith(("/static/", "/media/", "/account/logout", "/admin/")):
            continue
        answer = found[path] = client.get(path)
        if answer.get("Content-Type", "").startswith("text/html"):
            for address in _ADDRESS.findall(_text(answer)):
                parts = urlsplit(urljoin(f"http://testserver{path}", urldefrag(unescape(address))[0]))
                if parts.netloc == "testserver":
                    waiting.append(parts._replace(scheme="", netloc="").geturl())
    return found


@pytest.mark.parametrize("script", ["js", ""])
def test_A40_a_crawl_with_a_cart_finds_nothing_of_hers_that_is_public(ada: Client, script: str) -> None:
    """Every address that links lead to. What shows something of hers is private; what is public is byte for byte what
    somebody gets of whom nothing is known."""
    if not script:
        del ada.cookies["js"]
    crawled = _crawled(ada)
    hers = [path for path, answer in crawled.items() if _shows_ada(answer)]
    public = [path for path, answer in crawled.items() if "public" in answer.get("Cache-Control", "")]

    assert [path for path in hers if not _is_private(crawled[path])] == []
    assert [path for path in public if _text(crawled[path]) != _text(Client().get(path))] == []
    assert [path for path in public if crawled[path].cookies] == []
    assert [path for path, answer in crawled.items() if "Cache-Control" not in answer] == []
    assert {"/cart/", "/account/", "/api/cart"} <= {*hers, "/api/cart"}
    assert len(crawled) > 60
    assert len(public) > (20 if script else 1)


@pytest.mark.parametrize("cookie", ["own", "messages", "sessionid", "cart"])
def test_A40_who_has_a_page_of_their_own_gets_a_private_one(cookie: str) -> None:
    """A price list, a message, or a cart without script: never from the store, never for others."""
    client = Client()
    client.cookies[cookie] = "x"

    for path in PUBLIC:
        Client().get(path)
        own = client.get(path)
        assert (path, _is_private(own), "public" in own["Cache-Control"]) == (path, True, False)
        assert "public" in Client().get(path)["Cache-Control"]


def _told(client: Client) -> bool:
    """Whether a message for one visitor is shown to the next one."""
    page = _text(client.get(LAMP))
    return "Only for her" in page or "Only for her" in _text(Client().get(LAMP))


def test_A40_messages_are_for_whom_they_are_meant(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib import messages

    @pages.public()
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        if not pages.is_everybodys(request):
            messages.info(request, "Only for her")
        return product_views.product_detail(request, slug=slug)

    _serve(monkeypatch, "product_detail", view)
    ada.cookies["messages"] = "x"

    assert "Only for her" in _text(ada.get(LAMP))
    assert "Only for her" not in _text(Client().get(LAMP))


def test_negative_control_a_visitor_who_is_not_told_apart_is_shown_to_others(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shop that takes every page for everybody's and looks at who asks: the crawl's check finds it."""

    @pages.public()
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        return HttpResponse(f"<p>Hello {NAME}, {request.META.get('HTTP_COOKIE', '')}</p>")

    _serve(monkeypatch, "product_detail", view)

    assert _leaking(ada, [LAMP]) == [LAMP]


def test_A40_a_page_that_sets_a_cookie_is_for_nobody_else(caplog: pytest.LogCaptureFixture,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    shown: list[int] = []

    @pages.public()
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        shown.append(1)
        assert isinstance(request.user, AnonymousUser)
        answer = HttpResponse("hello")
        answer.set_cookie("taste", f"{len(shown)}")
        return answer

    _serve(monkeypatch, "product_detail", view)

    answers = [Client().get(LAMP) for _time in range(3)]

    assert [one.cookies["taste"].value for one in answers] == ["1", "2", "3"]
    assert [one.get("Cache-Control", "") for one in answers] == ["private, no-cache"] * 3
