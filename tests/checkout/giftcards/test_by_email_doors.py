"""Carts of nothing but gift cards on the checkout's pages, the order's page and over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.orders.models import Order
from checkout.purchase.models import CheckoutDetails
from shop.accounts.models import User
from tests import outbox
from tests.checkout.api.test_shopper import ADDRESS, call
from tests.checkout.purchase.test_views import ENTERED, enter, pay, put_in
from tests.factories import cart as carts
from tests.factories.giftcards import product
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
WHO = {name: ENTERED[name] for name in ("email", "first_name", "last_name", "country")}
BODY = {"email": "ada@example.com", "payment": {"provider": "stripe", "token": "pm_card_visa"}}


@pytest.fixture(autouse=True)
def _shop(shop_sandbox: RunningSandbox) -> None:
    carts.rates()


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestPages:
    def test_the_cart_says_that_it_is_sent_by_email(self, client: Client) -> None:
        put_in(client, product())
        page = text(client.get(reverse("cart")))
        assert ">Sent by e-mail</dd>" in page
        assert 'data-testid="cart-place"' not in page
        assert "Estimated total" not in page
        put_in(client, carts.product())
        page = text(client.get(reverse("cart")))
        assert ">Sent by e-mail</dd>" not in page
        assert 'data-testid="cart-place"' in page

    def test_only_who_buys_is_asked(self, client: Client) -> None:
        put_in(client, product())
        answer = client.get(reverse("checkout"))
        assert list(answer.context["form"].fields) == ["email", "first_name", "last_name", "country", "po_number"]
        page = text(answer)
        assert 'data-testid="by-email"' in page
        assert 'data-testid="delivery-option"' not in page
        answer = client.post(reverse("checkout"), {**WHO, "last_name": ""})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["last_name"])

    def test_it_is_bought_without_an_address(self, client: Client) -> None:
        put_in(client, product(), 2)
        assert client.post(reverse("checkout"), WHO)["Location"] == reverse("payment")
        page = text(client.get(reverse("payment")))
        assert "Deliver to" not in page
        assert "Who buys" in page
        assert "Estimated total" not in page
        assert "Arrives" not in page
        answer = pay(client)
        order = Order.objects.get()
        assert (order.total_minor, order.shipping_address, order.delivery_name) == (10000, {}, "By e-mail")
        assert order.billing_address["last_name"] == "Lovelace"
        outbox.drain()
        page = text(client.get(answer["Location"].partition("&")[0]))
        for said in ("Delivery address", "arcel", "Track", "arrived", "We started to pack"):
            assert said not in page
        assert "Everything was sent by e-mail" in page
        assert 'data-testid="cancel-order-btn"' in page
        gone = client.post(reverse("order_cancel", args=[order.number]) + f"?key={order.access_key}")
        assert gone.status_code == 303
        outbox.drain()
        order.refresh_from_db()
        assert order.status == "refunded"
        assert "is cancelled" in text(client.get(answer["Location"].partition("&")[0]))

    def test_goods_that_are_added_meanwhile_need_an_address(self, client: Client) -> None:
        put_in(client, product())
        client.post(reverse("checkout"), WHO)
        seen = client.get(reverse("payment")).context
        put_in(client, carts.product())
        assert client.get(reverse("payment"))["Location"] == reverse("checkout")
        form = {"method": "card", "payment_token": "pm_card_visa"}
        form |= {name: seen[name] for name in ("seen_total", "idempotency_key")}
        assert client.post(reverse("checkout_place"), form)["Location"] == reverse("checkout")
        page = client.get(reverse("checkout"))
        assert page.context["form"]["first_name"].value() == "Ada"
        assert "address1" in page.context["form"].fields
        assert "Please tell us where to, and how." in text(page)
        assert not Order.objects.exists()

    def test_an_address_that_was_given_for_goods_that_went_is_who_buys(self, client: Client) -> None:
        goods = carts.product()
        put_in(client, product())
        put_in(client, goods)
        enter(client)
        line = client.get(reverse("cart")).context["cart"].lines[1]
        client.post(reverse("cart_line_remove", args=[line.id]))
        pay(client)
        order = Order.objects.get()
        assert (order.shipping_address, order.billing_address["city"]) == ({}, "Springfield")

    def test_costs_no_more_queries_than_goods(self, client: Client, django_assert_max_num_queries: Any) -> None:
        for _ in range(3):
            put_in(client, product())
        client.post(reverse("checkout"), WHO)
        with django_assert_max_num_queries(20):
            assert client.get(reverse("payment")).status_code == 200
        assert CheckoutDetails.objects.get().delivery_option == "email"

    def test_staff_see_no_address_and_no_parcel(self, client: Client, settings: Any) -> None:
        settings.STAFF_MFA_REQUIRED = False
        order = carts.order(carts.cart((product(), 1)), shipping_address={}, delivery_option="")
        outbox.drain()
        client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
        page = text(client.get(reverse("admin:checkout_order_change", args=[order.pk])))
        assert "Deliver to" not in page
        assert "By e-mail" in page
        assert f"{order.number}-1" not in page


class TestRest:
    def quote(self, client: Client, cart: Any, **body: Any) -> Any:
        return call(client, "POST", "checkout/quote", body, X_Cart_Token=cart.token).json()

    def order(self, client: Client, cart: Any, **body: Any) -> Any:
        return call(client, "POST", "orders", {**BODY, **body}, X_Cart_Token=cart.token, Idempotency_Key="key-1")

    def test_address_and_method_may_be_left_out(self, client: Client) -> None:
        cart = carts.cart((product(), 2))
        told = self.quote(client, cart)
        assert [(one["id"], one["price"]) for one in told["deliveryOptions"]] == [("email", "0.00")]
        assert (told["totals"]["shipping"], told["totals"]["total"]) == ("0.00", "100.00")
        buyer = {"firstName": "Ada", "lastName": "Lovelace", "country": "US"}
        answer = self.order(client, cart, expectedTotal="100.00", billingAddress=buyer)
        assert answer.status_code == 201
        made = answer.json()
        assert (made["shippingAddress"], made["delivery"]["id"], made["delivery"]["arrivesBy"]) == (None, "email", None)
        assert made["billingAddress"]["lastName"] == "Lovelace"
        outbox.drain()
        seen = call(client, "GET", f"orders/{made['number']}", X_Order_Token=made["accessToken"]).json()
        assert (seen["status"], seen["fulfilmentStatus"]) == ("delivered", "delivered")
        path = f"orders/{made['number']}/cancel"
        gone = call(client, "POST", path, {}, X_Order_Token=made["accessToken"], Idempotency_Key="key-2")
        assert (gone.status_code, gone.json()["status"]) == (200, "cancelled")

    def test_nothing_is_needed_but_an_email(self, client: Client) -> None:
        answer = self.order(client, carts.cart((product(), 1)), expectedTotal="50.00")
        assert (answer.status_code, answer.json()["billingAddress"]) == (201, None)
        outbox.drain()
        assert (Order.objects.get().status, outbox.failures()) == ("delivered", [])

    def test_a_client_that_sends_both_goes_on_as_before(self, client: Client) -> None:
        cart = carts.cart((product(), 1))
        told = self.quote(client, cart, shippingAddress={"country": "US"}, deliveryOption="standard")
        assert told["totals"]["shipping"] == "0.00"
        answer = self.order(
            client, cart, shippingAddress=ADDRESS, deliveryOption="standard", expectedTotal=told["totals"]["total"]
        )
        made = answer.json()
        assert (answer.status_code, made["shippingAddress"], made["billingAddress"]["city"]) == (
            201, None, "Springfield",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("body", "fields"),
        [
            ({}, ["shippingAddress", "deliveryOption"]),
            ({"shippingAddress": ADDRESS}, ["deliveryOption"]),
            ({"deliveryOption": "standard"}, ["shippingAddress"]),
        ],
    )
    def test_goods_say_what_is_missing(self, client: Client, body: dict[str, Any], fields: list[str]) -> None:
        cart = carts.cart((product(), 1), (carts.product(), 1))
        error = self.order(client, cart, expectedTotal="75.00", **body)
        assert error.status_code == 400
        assert (error.json()["error"]["code"], list(error.json()["error"]["fields"])) == ("delivery_required", fields)

    def test_a_billing_address_of_goods_is_whole(self, client: Client) -> None:
        cart = carts.cart((carts.product(), 1))
        error = self.order(
            client, cart, shippingAddress=ADDRESS, deliveryOption="standard", expectedTotal="1",
            billingAddress={"country": "US"},
        ).json()["error"]  # fmt: skip
        assert (error["code"], list(error["fields"])) == ("validation_error", ["billingAddress"])
