"""The shop without a network: what the service worker keeps, shows and never keeps; and how a newer one takes over."""

from __future__ import annotations

import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, running, steps

READY = "navigator.serviceWorker.ready.then(() => true)"
SETTLED = "navigator.serviceWorker.getRegistration().then((one) => !one.waiting && !one.installing)"
CACHED = """async () => {
    const found = {};
    for (const name of await caches.keys()) {
        const store = await caches.open(name);
        found[name] = (await store.keys()).map((one) => decodeURI(one.url.replace(location.origin, "")));
    }
    return found;
}"""


PERSONAL = (
    "/cart/", "/account/", "/account/orders/", "/account/addresses/", "/api/cart", "/products/?q=laptop",
    "/search/suggest/?q=lap",
)  # fmt: skip


def kept(page: Page) -> dict[str, list[str]]:
    """The addresses in every cache of this browser, by the cache's name without the release."""
    found: dict[str, list[str]] = page.evaluate(CACHED)
    return {name.rpartition(":")[2]: addresses for name, addresses in found.items()}


def visit(page: Page, path: str) -> None:
    page.goto(path)
    page.evaluate(READY)
    running.eventually(lambda: page.evaluate("!!navigator.serviceWorker.controller"))


def seen(page: Page, path: str) -> None:
    """Look at a page until it is kept."""
    visit(page, path)
    assert running.eventually(lambda: path in kept(page).get("seen", [])), kept(page)


def product(shop: running.Shop, words: str = "laptop") -> tuple[str, str]:
    """Id and address of a product."""
    _status, found = shop.api("GET", f"products/search?q={words}&limit=1")
    return found["products"][0]["id"], f"/products/{found['products'][0]['slug']}/"


def test_a_page_that_was_never_seen_is_the_offline_page(page):
    visit(page, "/")
    page.context.set_offline(True)

    for path in ("/products/?sort=price", "/account/login/", "/orders/find/", "/cart/", "/checkout/"):
        page.goto(path)
        expect(page.get_by_test_id("offline-page")).to_be_visible()
        assert page.url.endswith(path)
    assert page.evaluate("getComputedStyle(document.querySelector('.button--main')).fontFamily").startswith("Figtree")
    assert axe.violations(page) == []

    page.context.set_offline(False)
    expect(page.get_by_test_id("offline-page")).to_have_count(0)  # it notices by itself
    page.goto("/cart/")
    expect(page.get_by_test_id("cart-page")).to_be_visible()


def test_the_offline_page_leads_to_what_was_seen(page, shop):
    _id, path = product(shop)
    seen(page, path)
    title = page.title()
    page.context.set_offline(True)
    page.goto("/cart/")

    page.get_by_test_id("seen-pages").get_by_role("link", name=title, exact=True).click()

    expect(page.get_by_test_id("offline-note")).to_be_visible()
    assert page.url.endswith(path)


def test_a_seen_product_says_from_when_it_is_and_sells_nothing(page, shop):
    _id, path = product(shop)
    seen(page, path)
    name = page.locator("h1").inner_text()
    in_stock = page.get_by_test_id("stock-status").inner_text()
    page.context.set_offline(True)
    page.goto(path)

    assert page.locator("h1").inner_text() == name
    note = page.get_by_test_id("offline-note")
    expect(note).to_be_visible()
    assert re.search(r"as it was on \w{3} \d{1,2}, 20\d\d, \d", note.inner_text())
    assert "Price and stock may have changed" in note.inner_text()
    expect(page.get_by_test_id("add-to-cart-btn")).to_be_disabled()
    expect(page.get_by_test_id("stock-status")).to_have_text("Stock is not known while you are offline")
    assert in_stock not in page.locator("main").inner_text()
    assert page.locator(".price").count() == page.locator(".price > .seen-price").count() > 0
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Bricolage')
    assert axe.violations(page) == []


def test_the_price_of_a_seen_page_is_as_old_as_the_page(page, shop):
    """Not as old as the moment at which it was opened without a network."""
    _id, path = product(shop)
    seen(page, path)
    page.evaluate(
        """async () => {
            const store = await caches.open((await caches.keys()).find((one) => one.endsWith(":seen")));
            for (const request of await store.keys()) {
                const kept = await store.match(request), headers = new Headers(kept.headers);
                headers.set("Holdfast-Kept-At", new Date(Date.now() - 3 * 86_400_000).toISOString());
                await store.put(request, new Response(await kept.text(), { headers }));
            }
        }"""
    )
    page.context.set_offline(True)
    page.goto(path)

    told = re.search(r"as it was on (.+?)\. Price and stock", page.get_by_test_id("offline-note").inner_text())
    assert told
    note = page.locator("[data-live-note]")
    expect(note).to_contain_text(f"Price and stock are from {told[1]} and may have changed")


CANNOT = "You are offline. Nothing was changed. Please try again when you are connected."


def test_without_a_network_a_button_keeps_the_page_and_says_why(page, shop):
    _id, path = product(shop)
    visit(page, path)
    for testid in ("add-to-cart-btn", "quick-add"):
        page.goto(path if testid == "add-to-cart-btn" else "/products/")
        page.wait_for_load_state("networkidle")
        address = page.url
        page.context.set_offline(True)
        page.get_by_test_id(testid).first.click()
        expect(page.get_by_test_id("connection-error")).to_contain_text(CANNOT)
        assert page.url == address
        assert axe.violations(page) == []
        page.context.set_offline(False)
        expect(page.get_by_test_id("cart-count")).to_have_text("0")
    page.get_by_test_id("quick-add").first.click()  # and now it goes on from there
    expect(page.get_by_test_id("cart-count")).to_have_text("1")


def test_without_a_network_a_cart_shows_what_is_in_it(page, shop):
    _id, path = product(shop)
    visit(page, path)
    steps.add_to_cart(page)
    page.goto("/cart/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)

    page.get_by_role("button", name=re.compile("^[+] Quantity")).click()
    expect(page.get_by_test_id("connection-error")).to_contain_text(CANNOT)
    expect(page.get_by_test_id("cart-quantity")).to_have_value("1")
    page.get_by_test_id("cart-remove-btn").click()
    page.get_by_test_id("checkout-btn").hover()
    expect(page.get_by_test_id("cart-item")).to_have_count(1)

    page.context.set_offline(False)
    page.get_by_role("button", name=re.compile("^[+] Quantity")).click()
    expect(page.get_by_test_id("cart-count")).to_have_text("2")


def test_a_network_that_leads_nowhere_keeps_the_page_as_well(open_page, shop):
    """The browser thinks that it is connected."""
    page = open_page(service_workers="block")
    _id, path = product(shop)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.route("**/*", lambda route: route.abort("connectionfailed"))

    page.get_by_test_id("add-to-cart-btn").click()

    expect(page.get_by_test_id("connection-error")).to_contain_text("The shop could not be reached.")
    assert page.url.endswith(path)


def _text(url: str) -> str:
    """What somebody else reads there now."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


def test_back_online_the_price_is_the_present_one(page, shop):
    product_id, path = product(shop, "phone")
    seen(page, path)
    before = page.get_by_test_id("price").inner_text()
    page.context.set_offline(True)
    page.goto(path)
    expect(page.get_by_test_id("offline-note")).to_be_visible()
    sku = page.get_by_test_id("product-details").get_attribute("data-sku")
    status, answer = shop.api("PATCH", f"products/{product_id}", {"sku": sku, "price": "123.45"}, shop.staff_token)
    assert status == 200, answer

    assert running.eventually(lambda: "$123.45" in _text(shop.url + path))
    page.wait_for_timeout(1500)  # until each of the web processes has looked whether its page is current

    page.context.set_offline(False)  # the page notices by itself

    expect(page.get_by_test_id("price")).to_have_text("$123.45")
    assert before != "$123.45"
    expect(page.get_by_test_id("offline-note")).to_have_count(0)
    expect(page.get_by_test_id("add-to-cart-btn")).to_be_enabled()


def test_A40_nothing_of_a_purchase_or_of_somebody_is_in_any_cache(open_page, shop, customer, shopper):
    page = open_page(storage_state=customer.session)
    _id, path = product(shop)
    seen(page, path)
    steps.add_to_cart(page)
    steps.to_checkout(page)
    steps.give_details(page, shopper)
    steps.pay(page)
    number = steps.confirmed(page)
    for personal in (*PERSONAL, f"/orders/{number}/"):
        page.goto(personal)
    answer = page.goto("/products/?page=2")
    assert answer.headers["cache-control"] == "public, no-cache", page.context.cookies()
    seen(page, "/products/?page=2")

    stores = kept(page)
    bodies = page.evaluate(
        """async () => {
            const texts = [];
            for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) {
                const kept = await (await caches.open(name)).match(request);
                texts.push(kept.headers.get("Cache-Control") + " " + (await kept.text()));
            }
            return texts;
        }"""
    )

    assert set(stores) == {"offline", "files", "seen", "pictures"}
    assert [
        one for one in stores["seen"] if not re.match(r"/(products/|categories/|brands/)?", one) or "q=" in one
    ] == []
    assert {"/products/?page=2", path} <= set(stores["seen"])
    everything = json.dumps(stores)
    for word in ("/cart", "/checkout", "/orders", "/account", "/api", "/admin", "q=laptop", "suggest"):
        assert word not in everything, word
    told = [body for body in bodies for word in (customer.email, shopper, number) if word in body]
    assert told == []
    assert [body[:60] for body in bodies if "private" in body[:60] or "no-store" in body[:60]] == []


def test_pages_of_somebodys_own_are_not_kept(open_page, shop):
    """With prices of their own (the cookie says so) every page is private: the worker keeps none of them."""
    page = open_page()
    _id, path = product(shop)
    visit(page, "/")
    page.context.add_cookies([{"name": "own", "value": "1", "url": shop.url}])
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.goto(path)

    expect(page.get_by_test_id("offline-page")).to_be_visible()
    assert path not in kept(page).get("seen", [])


def test_the_last_pages_are_kept_and_no_more(page):
    seen(page, "/")
    page.evaluate(
        """async () => {
            const name = (await caches.keys()).find((one) => one.endsWith(":seen"));
            const store = await caches.open(name);
            for (let at = 0; at < 60; at += 1) await store.put(`/products/old-${at}/`, new Response("old"));
        }"""
    )
    seen(page, "/products/")

    assert running.eventually(lambda: len(kept(page)["seen"]) == 40)
    addresses = kept(page)["seen"]
    assert addresses[-1] == "/products/"
    assert "/products/old-59/" in addresses
    assert "/products/old-10/" not in addresses


# --- One release after the other


class Front(ThreadingHTTPServer):
    """Stands before the shop and says of pages and worker that they are of this release; `is_off`: there is no worker
    any more. (Playwright shows no test what a browser asks for by itself, and a newer worker is one of these things.)
    """

    daemon_threads = True

    def __init__(self, shop: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.shop, self.release, self.is_off = shop, "first", False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def changed(self, path: str, body: bytes) -> bytes:
        if path == "/sw.js":
            if self.is_off:
                return (running.CHECKOUT / "static/js/worker-off.js").read_bytes()
            return re.sub(rb'"name": "[^"]*"', b'"name": "%s"' % self.release.encode(), body, count=1)
        return re.sub(rb'name="release" content="[^"]*"', b'name="release" content="%s"' % self.release.encode(), body)


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Front

    def do_GET(self) -> None:
        request = urllib.request.Request(
            self.server.shop + self.path, headers={"Cookie": self.headers.get("Cookie", "")}
        )
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            body = self.server.changed(self.path, answer.read())
            self.send_response(answer.status)
            for name in ("Content-Type", "Cache-Control", "Vary", "Content-Security-Policy", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def front(shop: running.Shop) -> Iterator[Front]:
    server = Front(shop.url)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _releases(page: Page) -> set[str]:
    return {name.split(":")[1] for name in page.evaluate("caches.keys()")}


def test_a_new_release_takes_over_and_leaves_nothing_of_the_old_one(open_page, front):
    page = open_page(base_url=front.url)
    seen(page, "/products/")
    assert _releases(page) == {"first"}

    front.release = "second"
    page.goto("/")

    assert running.eventually(lambda: _releases(page) == {"second"}), _releases(page)
    assert running.eventually(lambda: page.evaluate(SETTLED))
    seen(page, "/products/")


def test_a_page_of_the_old_release_is_waited_for(open_page, front):
    """While another tab shows a page of the old release its worker stays; as soon as that tab goes on, it goes."""
    page = open_page(base_url=front.url)
    visit(page, "/products/")
    other = page.context.new_page()
    visit(other, "/")

    front.release = "second"
    page.goto("/")
    waiting = "navigator.serviceWorker.getRegistration().then((one) => !!one.waiting)"
    assert running.eventually(lambda: page.evaluate(waiting))
    page.wait_for_timeout(2000)
    assert "first" in _releases(page)

    other.goto("/products/")
    assert running.eventually(lambda: _releases(page) == {"second"}), _releases(page)


def test_the_kill_switch_leaves_no_worker_and_no_cache(open_page, front):
    """What the shop sends with SERVICE_WORKER=0 (tests/shop/offline/test_views.py) takes everything away."""
    page = open_page(base_url=front.url)
    seen(page, "/products/")
    front.is_off, front.release = True, ""

    page.goto("/")  # the browser looks for a newer worker by itself

    assert running.eventually(lambda: page.evaluate("caches.keys()") == []), page.evaluate("caches.keys()")
    gone = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
    assert running.eventually(lambda: page.evaluate(gone) == 0)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(gone) == 0


def test_the_shop_can_be_installed_from_every_page(open_page):
    """The browser finds the manifest, though it is named only when the page is drawn, and has nothing to say of it."""
    page = open_page()
    for path in ("/", "/cart/"):
        page.goto(path)
        page.wait_for_function("document.querySelector('link[rel=manifest]')")
        found = page.context.new_cdp_session(page).send("Page.getAppManifest")
        assert found["url"].endswith("/manifest.webmanifest")
        assert found["errors"] == []
        assert '"name"' in found["data"]
