"""Where a visitor stands when a page is looked at: what is in the cart, how far the order is, who is signed in.

Each function here prepares one scene in a running shop, by its REST API where that can do it and in a browser where it
cannot; a `World` prepares each once. A scene is only looked at afterwards, at any size and in any colours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import quote_plus, urlsplit
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests.journeys import chromium, ordering, running, steps

LONG_NAME = "Extraordinarily long-lasting hand-finished Schifffahrtsgesellschaft storm lantern, brass, large"
PROBLEM = "camp mug"  # nobody else's journey needs these two
DEARER = "pocket notebook"


@dataclass(frozen=True)
class Scene:
    """A page's path, and what the browser of whoever looks at it has kept."""

    path: str
    session: Any = None


Prepare: TypeAlias = "Callable[[World], Scene]"


@dataclass
class World:
    """A running shop with scenes in it. What was changed for them is put back at the end of the `with`."""

    shop: running.Shop
    browser: Browser
    made: dict[Prepare, Scene] = field(default_factory=dict)
    afterwards: ExitStack = field(default_factory=ExitStack)
    mark: str = field(default_factory=lambda: uuid4().hex[:8])  # so that a shop can be prepared again

    def __enter__(self) -> World:
        return self

    def __exit__(self, *raised: object) -> None:
        self.afterwards.close()

    def scene(self, prepare: Prepare) -> Scene:
        """What `prepare` answers, which it is asked once."""
        if prepare not in self.made:
            self.made[prepare] = prepare(self)
        return self.made[prepare]

    def email(self, who: str) -> str:
        return f"{who}-{self.mark}@example.com"

    @contextmanager
    def visit(self, path: str, session: Any = None) -> Iterator[Page]:
        """A page of a browser that has kept `session`."""
        context = self.browser.new_context(base_url=self.shop.url, viewport=steps.DESK, storage_state=session)
        context.add_init_script(chromium.AT_ONCE)
        try:
            page = context.new_page()
            page.goto(path)
            yield page
        finally:
            context.close()

    def api(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """The answer to a REST call of a merchant, or of the guest whose cart's key it is."""
        headers, token = ({"X-Cart-Token": key}, "") if key else ({}, self.shop.staff_token)
        status, answer = self.shop.api(method, path, body, token, headers)
        assert status < 300, (method, path, answer)
        return answer

    def product(self, words: str) -> Any:
        return self.shop.api("GET", f"products/search?q={quote_plus(words)}&limit=1")[1]["products"][0]


def at(path: str) -> Prepare:
    """Somebody who comes for the first time."""
    scene = Scene(path)
    return lambda _world: scene


def in_arabic(prepare: Prepare) -> Prepare:
    """The same scene, its page in Arabic."""

    def prepared(world: World) -> Scene:
        scene = world.scene(prepare)
        return Scene(f"/ar{scene.path}", scene.session)

    return prepared


def sold_out_product(world: World) -> Scene:
    products = _last_of_the_list(world)
    return Scene(next(one["url"] for one in reversed(products) if not one["inStock"]))


def _last_of_the_list(world: World) -> list[Any]:
    """Buyable products come first."""
    total = world.shop.api("GET", "products/search?q=&limit=1")[1]["total"]
    return list(world.shop.api("GET", f"products/search?q=&limit=50&page={-(-total // 50)}")[1]["products"])


def long_named_product(world: World) -> Scene:
    """A name of more than 90 letters with a word of 28, and no picture."""
    product = world.product("lantern")
    body = {"name": product["name"]}
    world.api("PATCH", f"products/{product['id']}", {"name": LONG_NAME})
    world.afterwards.callback(world.api, "PATCH", f"products/{product['id']}", body)
    with world.visit(product["url"]) as page:
        running.eventually(
            lambda: page.get_by_role("heading", level=1).inner_text() == LONG_NAME or page.reload() is None
        )
        return Scene(urlsplit(page.url).path)


def cart_of(world: World, *wanted: tuple[str, int]) -> str:
    """The key of a guest's cart with so many units of what is found by some words."""
    key = ""
    for words, units in wanted:
        product = world.product(words)["id"]
        cart = _put(world, product, units, key) or world.shop.set_stock(product, 50) or _put(world, product, units, key)
        assert cart, words
        key = key or str(cart["token"])
    return key


def _put(world: World, product: str, units: int, key: str) -> Any:
    """The cart with these units in it; None if there are not so many: scenes before this one have bought them."""
    body, headers = {"productId": product, "quantity": units}, {"X-Cart-Token": key} if key else {}
    status, cart = world.shop.api("POST", "cart/items", body, "", headers)
    return cart if status == 200 else None


def keeping(key: str) -> Any:
    """What the browser of the guest with this cart has kept."""
    cookie = {"name": "cart", "value": key, "domain": running.addresses.HOST, "path": "/", "expires": -1}
    return {"cookies": [{**cookie, "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []}


def full_cart(world: World) -> Scene:
    key = cart_of(world, ("quilted jacket", 1), ("morning mug", 2), ("small teapot", 1))
    return Scene("/cart/", keeping(key))


def cart_with_problems(world: World) -> Scene:
    """One thing is sold out meanwhile, another one dearer."""
    key = cart_of(world, ("reader desk lamp", 1), (PROBLEM, 2), (DEARER, 1))
    gone, dearer = world.product(PROBLEM), world.product(DEARER)
    world.shop.set_stock(gone["id"], 0)
    world.afterwards.callback(world.shop.set_stock, gone["id"], 40)
    world.api("PATCH", f"products/{dearer['id']}", {"price": "11.00"})
    world.afterwards.callback(world.api, "PATCH", f"products/{dearer['id']}", {"price": dearer["price"]})
    with world.visit("/cart/", keeping(key)) as page:
        running.eventually(lambda: page.get_by_text("The price changed").count() or page.reload() is None)
    return Scene("/cart/", keeping(key))


def checkout(world: World) -> Scene:
    return Scene("/checkout/", full_cart(world).session)


def payment(world: World) -> Scene:
    with world.visit("/checkout/", full_cart(world).session) as page:
        steps.give_details(page, world.email("payment"))
        return Scene("/checkout/payment/", page.context.storage_state())


def _placed(world: World, who: str, place: Callable[[Page], None], expected: str) -> Scene:
    """The page of an order that `place` made of the payment page, once an element is there; a cart of its own each."""
    key = cart_of(world, ("dusk table lamp", 1), ("studio mug", 2))
    with world.visit("/checkout/", keeping(key)) as page:
        steps.give_details(page, world.email(who))
        place(page)
        expect(page.get_by_test_id(expected).first).to_be_visible(timeout=20_000)
        page.wait_for_url("**/orders/**")
        return Scene(page.url.removeprefix(world.shop.url), page.context.storage_state())


def declined(world: World) -> Scene:
    return _placed(world, "declined", lambda page: steps.pay(page, steps.DECLINED), "payment-error")


def bank_asks(world: World) -> Scene:
    return _placed(world, "bank", lambda page: steps.pay(page, steps.CHALLENGED), "authenticate-btn")


def pending(world: World) -> Scene:
    def place(page: Page) -> None:
        world.shop.let_payments_wait(1)
        steps.pay(page)

    return _placed(world, "pending", place, "order-pending")


def transfer(world: World) -> Scene:
    def place(page: Page) -> None:
        page.get_by_label("Bank transfer").check()
        page.get_by_test_id("place-order-btn").click()

    return _placed(world, "transfer", place, "order-number")


def confirmation(world: World) -> Scene:
    return _placed(world, "confirmation", steps.pay, "order-confirmation")


def _bought(world: World, who: str) -> tuple[str, str]:
    """An order that is paid: its number, and the path of its page."""
    key = cart_of(world, ("quilted jacket", 1), ("morning mug", 2), ("dusk table lamp", 1))
    number, path = ordering.ordered(world.shop, world.email(who), key=key)
    running.eventually(lambda: (number, "payment_confirmed") in world.shop.orders_of(world.email(who)))
    return number, path


def under_way(world: World) -> Scene:
    number, path = _bought(world, "parcels")
    ordering.send(world.shop, number)
    return Scene(path)


def parcel(world: World) -> Scene:
    return _behind(world, under_way, lambda page: page.get_by_test_id("tracking").get_by_role("link"))


def _behind(world: World, prepare: Prepare, link: Callable[[Page], Any]) -> Scene:
    """The page that a link of another scene leads to."""
    before = world.scene(prepare)
    with world.visit(before.path, before.session) as page:
        link(page).first.click()
        page.wait_for_load_state()
        return Scene(page.url.removeprefix(world.shop.url), page.context.storage_state())


def delivered(world: World) -> Scene:
    number, path = _bought(world, "delivered")
    ordering.send(world.shop, number)
    ordering.deliver(world.shop, number)
    with world.visit(path) as page:
        running.eventually(lambda: page.get_by_test_id("return-btn").count() or page.reload() is None)
        return Scene(path, page.context.storage_state())


def return_form(world: World) -> Scene:
    return _behind(world, delivered, lambda page: page.get_by_test_id("return-btn"))


def feedback(world: World) -> Scene:
    path = world.scene(delivered).path
    return Scene(re.sub(r"/orders/([^/]+)/", r"/orders/\1/feedback/", path))


def return_page(world: World) -> Scene:
    """A return that is asked for; of an order of its own, for of this one nothing is left to be returned."""
    number, path = _bought(world, "returned")
    ordering.send(world.shop, number)
    ordering.deliver(world.shop, number)
    with world.visit(path) as page:
        running.eventually(lambda: page.get_by_test_id("return-btn").count() or page.reload() is None)
        page.get_by_test_id("return-btn").click()
        steps.ask_return(page, wish="Money back the way it was paid")
        return Scene(page.url.removeprefix(world.shop.url), page.context.storage_state())


def paid(world: World) -> Scene:
    return Scene(_bought(world, "paid")[1])


def cancelling(world: World) -> Scene:
    return _behind(world, paid, lambda page: page.get_by_test_id("cancel-order-btn"))


def cancelling_some(world: World) -> Scene:
    return _behind(world, paid, lambda page: page.get_by_test_id("cancel-units-link"))


def customer(world: World) -> Scene:
    """Somebody with an account, an address and two orders."""
    email = world.email("customer")
    with world.visit("/") as page:
        steps.sign_up(page, world.shop, email)
        steps.save_address(page)
        token = world.shop.token(email, steps.PASSWORD)
        number, _path = ordering.paid(world.shop, email, token=token, words="quilted jacket", units=1)
        ordering.send(world.shop, number)
        ordering.paid(world.shop, email, token=token, words="morning mug")
        return Scene("/account/", page.context.storage_state())


def of_a_customer(path: str) -> Prepare:
    """One of the account's pages."""
    return lambda world: Scene(path, world.scene(customer).session)
