"""Attacks on cart, checkout and orders from outside, over HTTP."""

import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cart.carts.models import Cart, CartLine
from checkout.orders.models import Order
from checkout.payments.models import Payment
from tests.factories import cart as carts

pytestmark = pytest.mark.django_db(transaction=True)

FOREIGN = [
    {"HTTP_ORIGIN": "https://evil.example"},
    {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://evil.example"},
    {},  # neither, and no token
]


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


@pytest.fixture
def browser():
    """A browser with a guest's cart in its cookie, which is checked for CSRF as a real one is."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["cart"] = carts.cart((carts.product(), 1)).token
    return strict


def unsafe_pages():
    line, order = CartLine.objects.get(), carts.order(carts.cart((carts.product(), 1)))
    key = f"?key={order.access_key}"
    return [
        reverse("cart_add"),
        reverse("cart_coupon"),
        reverse("cart_line", args=[line.pk]),
        reverse("cart_line_remove", args=[line.pk]),
        reverse("checkout"),
        reverse("checkout_place"),
        reverse("order_lookup"),
        *(reverse(name, args=[order.number]) + key for name in ("order_cancel", "order_pay", "order_payment_page")),
    ]


class TestA26ForeignPages:
    @pytest.mark.parametrize("headers", FOREIGN)
    def test_no_page_takes_a_post_of_theirs(self, browser, headers):
        urls = unsafe_pages()
        if not headers:  # no browser leaves out both: what does has no cookies but its own (`shop.core.origins`)
            urls.remove(reverse("cart_add"))
        for url in urls:
            assert browser.post(url, {"quantity": "9"}, **headers).status_code == 403, url
        assert CartLine.objects.filter(quantity=1).count() == 2
        assert set(Order.objects.values_list("status", flat=True)) == {"payment_pending"}

    def unsafe_calls(self):
        line = CartLine.objects.get()
        return [
            ("POST", "cart/items"),
            ("PATCH", f"cart/items/{line.pk}"),
            ("DELETE", f"cart/items/{line.pk}"),
            ("DELETE", "cart"),
            ("POST", "cart/coupons"),
            ("DELETE", "cart/coupons/X"),
            ("POST", "checkout/quote"),
            ("POST", "orders"),
            ("POST", "orders/ORD-1/cancel"),
        ]

    @pytest.mark.parametrize("headers", FOREIGN)
    @pytest.mark.parametrize("who", ["guest", "customer"])
    def test_no_call_by_cookie_is_taken_from_them(self, browser, headers, who):
        calls = self.unsafe_calls()
        if who == "customer":
            browser.force_login(carts.customer())
        for method, path in calls:
            answer = browser.generic(method, f"/api/{path}", "{}", content_type="application/json", **headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied"), path
        assert CartLine.objects.get().quantity == 1

    def test_a_foreign_page_cannot_even_begin_a_cart(self):
        body = json.dumps({"productId": str(carts.product().pk)})
        for headers in FOREIGN[:2]:
            answer = Client(enforce_csrf_checks=True).generic(
                "POST", "/api/cart/items", body, content_type="application/json", **headers
            )
            assert answer.status_code == 403
        assert not Cart.objects.exists()

    def test_what_no_browser_sends_by_itself_needs_no_token(self):
        cart = carts.cart((carts.product(), 1))
        answer = Client(enforce_csrf_checks=True).generic(
            "DELETE", "/api/cart", "", content_type="application/json", headers={"X-Cart-Token": cart.token}
        )
        assert answer.status_code == 200
        assert not CartLine.objects.exists()

    def test_the_shops_own_pages_pass(self, browser):
        browser.get(reverse("cart"))
        token = browser.cookies["csrftoken"].value
        url = reverse("cart_line", args=[CartLine.objects.get().pk])
        assert browser.post(url, {"quantity": "2", "csrfmiddlewaretoken": token}).status_code == 303
        answer = browser.generic("DELETE", "/api/cart", "", headers={"X-CSRFToken": token})
        assert answer.status_code == 200

    def test_a_form_cannot_speak_to_the_api(self, browser):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            answer = Client().generic("POST", "/api/cart/items", "{}", content_type=kind)
            assert answer.status_code == 415


def test_A27_reading_changes_nothing(browser):
    order = carts.order(carts.cart((carts.product(), 1)))
    line = CartLine.objects.filter(cart__token=browser.cookies["cart"].value).get()
    before = [list(kind.objects.order_by("pk").values()) for kind in (Cart, CartLine, Order, Payment)]
    for url in (
        reverse("cart"), reverse("cart_add"), reverse("cart_line", args=[line.pk]), reverse("cart_coupon"),
        reverse("checkout"), reverse("payment"), reverse("checkout_place"), "/api/cart", "/api/orders",
        f"/orders/{order.number}/cancel/?key={order.access_key}", f"/orders/{order.number}/?key={order.access_key}",
    ):  # fmt: skip
        browser.get(url)
    assert [list(kind.objects.order_by("pk").values()) for kind in (Cart, CartLine, Order, Payment)] == before


def test_A14_the_back_button_after_paying_ends_at_the_same_order(client):
    client.post(reverse("cart_add"), {"product": str(carts.product().pk)})
    client.post(
        reverse("checkout"),
        {**carts.DETAILS.shipping_address, "email": "ada@example.com", "delivery_option": "standard"},
    )
    page = client.get(reverse("payment")).context
    form = {"method": "card", "payment_token": "pm_card_visa"}
    form |= {name: page[name] for name in ("seen_total", "idempotency_key")}
    first = client.post(reverse("checkout_place"), form)
    replays = [
        client.post(reverse("checkout_place"), {**form, **change})
        for change in (
            {},
            {"payment_token": "pm_card_mastercard"},
            {"seen_total": "1.00 USD"},
            {"method": "bank_transfer"},
        )
    ]
    assert {answer["Location"] for answer in replays} == {first["Location"]}
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)
    assert client.get(reverse("payment"))["Location"] == reverse("cart")


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}", "'; --"]
)
def test_A28_what_a_shopper_types_is_inert_on_every_page(client, payload):
    client.post(reverse("cart_add"), {"product": str(carts.product(name=payload).pk)})
    entered = {**carts.DETAILS.shipping_address, "first_name": payload, "city": payload, "company": payload}
    client.post(reverse("checkout"), {**entered, "email": "ada@example.com", "delivery_option": "standard"})
    page = client.get(reverse("payment"))
    form = {"method": "card", "payment_token": "pm_card_visa"}
    form |= {name: page.context[name] for name in ("seen_total", "idempotency_key")}
    order = client.post(reverse("checkout_place"), form)
    for answer in (client.get(reverse("cart")), page, client.get(order["Location"])):
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_A41_the_cart_cookie_is_no_scripts_business_and_secure_on_https(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    answer = client.post(reverse("cart_add"), {"product": str(carts.product().pk)})
    cookie = answer.cookies["cart"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")


def test_A20_links_in_mails_do_not_follow_the_host_header(client):
    order = carts.order(carts.cart((carts.product(), 1)))
    client.post(
        reverse("order_lookup"), {"number": order.number, "email": "ada@example.com"}, headers={"host": "127.0.0.1:1"}
    )
    from shop.notifications.models import Notification

    link = Notification.objects.get(template="order_link").context["order"]["url"]
    assert link.startswith(f"{settings.SITE_URL}/orders/{order.number}/?key=")
