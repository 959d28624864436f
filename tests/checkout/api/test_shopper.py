"""Quotes and orders over REST, as the contract says."""

import json
import threading

import pytest
from django.urls import reverse

from checkout.orders import services as order_services
from checkout.orders.models import Order
from checkout.payments.models import Payment
from checkout.purchase import services as purchase
from inventory.reservations import locking as reservation_locking
from inventory.stock.models import StockItem
from shop.core.models import IdempotentCall
from tests.concurrency.race import locked, together
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "address1": "1 Analytical Way",
    "city": "Springfield",
    "state": "IL",
    "postalCode": "62701",
    "country": "US",
}
BODY = {
    "email": "ada@example.com",
    "shippingAddress": ADDRESS,
    "deliveryOption": "standard",
    "payment": {"provider": "stripe", "token": "pm_card_visa"},
    "expectedTotal": "59.12",
}


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


def call(client, method, path, body=None, **headers):
    return client.generic(
        method,
        f"/api/{path}",
        data=json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def guest(quantity=2, **fields):
    return carts.cart((carts.product(amount=2500, **fields), quantity))


def place(client, cart, body=BODY, key="key-1"):
    return call(client, "POST", "orders", body, X_Cart_Token=cart.token, Idempotency_Key=key)


class TestQuote:
    def test_prices_the_cart_for_an_address(self, client):
        answer = call(
            client, "POST", "checkout/quote",
            {"shippingAddress": {"country": "US", "state": "IL"}, "deliveryOption": "express"},
            X_Cart_Token=guest().token,
        )  # fmt: skip
        assert answer.status_code == 200
        body = answer.json()
        assert [(one["id"], one["name"], one["price"]) for one in body["deliveryOptions"]] == [
            ("standard", "Standard", "5.99"),
            ("express", "Express", "14.99"),
        ]
        assert body["totals"] == {
            "subtotal": "50.00", "discounts": "0.00", "shipping": "14.99", "tax": "3.13", "total": "68.12"
        }  # fmt: skip
        assert body["currency"] == "USD"

    def test_without_an_address_it_is_an_estimate(self, client):
        body = call(client, "POST", "checkout/quote", {}, X_Cart_Token=guest().token).json()
        assert body["totals"]["tax"] is None

    @pytest.mark.parametrize("body", [[], {"shippingAddress": "US"}, {"shippingAddress": {}}, {"deliveryOption": []}])
    def test_what_makes_no_sense_is_400(self, client, body):
        answer = call(client, "POST", "checkout/quote", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")

    @pytest.mark.parametrize(
        ("place", "field"),
        [
            ({"country": "XX"}, "country"),
            ({"country": "US", "state": "ZZ"}, "state"),
            ({"country": "US", "state": "IL", "postalCode": "abc"}, "postalCode"),
            ({"country": "DE", "postalCode": "1"}, "postalCode"),
            ({"country": "US", "state": "I\x00L"}, "state"),
        ],
    )
    def test_a_place_that_does_not_exist_is_400(self, client, place, field):
        answer = call(client, "POST", "checkout/quote", {"shippingAddress": place}, X_Cart_Token=guest().token)
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]["shippingAddress"]) == [field]

    def test_a_way_of_delivery_that_is_not_offered_is_422(self, client):
        answer = call(client, "POST", "checkout/quote", {"deliveryOption": "drone"}, X_Cart_Token=guest().token)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_deliverable")


class TestPayment:
    def standing(self, client, **changes):
        token = place(client, guest()).json()["accessToken"]
        order = Order.objects.get()
        Payment.objects.update(**changes)
        body = call(client, "GET", f"orders/{order.number}", X_Order_Token=token).json()["payment"]
        assert body.pop("payUrl").endswith(f"/orders/{order.number}/?key={token}")
        return body

    def test_a_program_can_tell_waiting_from_declined(self, client):
        assert self.standing(client) == {
            "state": "pending",
            "message": "",
            "actionUrl": "",
            "isDelayed": False,
            "instructions": {},
        }

    def test_a_page_that_is_still_to_be_opened_is_the_orders_page(self, client):
        told = self.standing(client, provider="paypal", token="")
        assert (told["state"], "/orders/ORD-" in told["actionUrl"]) == ("action", True)

    def test_an_exponent_is_no_amount(self, client):
        body = {"expectedTotal": "1e9"}
        answer = call(client, "POST", "orders", body, X_Cart_Token=guest().token, Idempotency_Key="e")
        assert answer.status_code == 400
        assert answer.json()["error"]["fields"]["expectedTotal"] == ["A valid number is required."]

    def test_a_declined_card_says_why(self, client):
        assert self.standing(client, status="failed", message="Your card was declined.") == {
            "state": "declined", "message": "Your card was declined.", "actionUrl": "", "isDelayed": False,
            "instructions": {},
        }  # fmt: skip

    def test_a_challenge_says_where(self, client):
        assert self.standing(client, status="action_required", action_url="https://bank.example/3ds") == {
            "state": "action", "message": "", "actionUrl": "https://bank.example/3ds", "isDelayed": False,
            "instructions": {},
        }  # fmt: skip


class TestPlace:
    def test_answers_201_with_the_order_and_a_guests_token(self, client):
        answer = place(client, guest(name="Lamp"))
        order = Order.objects.get()
        body = answer.json()
        assert answer.status_code == 201
        assert answer["Location"].endswith(f"/api/orders/{order.number}")
        assert body["accessToken"] == order.access_key
        assert (body["number"], body["status"], body["email"]) == (order.number, "payment_pending", "ada@example.com")
        assert [(item["name"], item["quantity"], item["lineTotal"]) for item in body["items"]] == [("Lamp", 2, "50.00")]
        assert body["totals"] == {
            "subtotal": "50.00", "discounts": "0.00", "shipping": "5.99", "tax": "3.13", "total": "59.12"
        }  # fmt: skip
        assert body["shippingAddress"] == {**ADDRESS, "company": "", "address2": "", "phone": ""}
        assert Payment.objects.get().token == "pm_card_visa"

    def test_F05_the_same_key_and_body_get_the_same_answer_even_later(self, client):
        cart = guest()
        first = place(client, cart)
        order_services.cancel(order_id=Order.objects.get().pk, by="system")
        again = place(client, cart)
        assert (again.status_code, again.json()) == (201, first.json())
        assert (Order.objects.count(), Payment.objects.count()) == (1, 1)

    def test_F06_the_same_key_with_another_body_is_422(self, client):
        cart = guest()
        place(client, cart)
        other = place(client, cart, {**BODY, "email": "eve@example.com"})
        assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
        assert Order.objects.count() == 1

    def test_F06_while_the_first_still_runs_it_is_409(self, client, monkeypatch):
        cart = guest()
        inside, go_on = threading.Event(), threading.Event()
        write = purchase._write

        def slowly(*given):
            inside.set()
            assert go_on.wait(20)
            return write(*given)

        monkeypatch.setattr(purchase, "_write", slowly)

        def second():
            from django.test import Client

            assert inside.wait(20)
            try:
                return place(Client(), cart)
            finally:
                go_on.set()

        first, refused = together([lambda: place(client, cart), second])
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "still_running")
        assert first.status_code == 201
        assert (Order.objects.count(), Payment.objects.count()) == (1, 1)

    def test_two_guests_may_use_the_same_key(self, client):
        answers = [place(client, guest(), key="1") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert Order.objects.count() == 2

    def test_needs_a_key(self, client):
        answer = call(client, "POST", "orders", BODY, X_Cart_Token=guest().token)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "idempotency_key_required")

    def test_no_personal_data_is_kept_with_the_key(self, client):
        place(client, guest())
        kept = IdempotentCall.objects.get()
        assert (kept.body, kept.resource) == (None, Order.objects.get().number)

    def test_F09_another_total_is_409_and_says_which(self, client):
        cart = guest()
        answer = place(client, cart, {**BODY, "expectedTotal": "1.00"})
        assert answer.status_code == 409
        assert answer.json()["error"] == {
            "code": "price_changed",
            "message": "The total has changed to $59.12. Please confirm it.",
            "fields": {"expectedTotal": ["59.12"]},
        }
        assert place(client, cart, key="key-2").status_code == 201

    def test_F10_sold_out_is_409_and_may_be_tried_again_with_the_same_key(self, client):
        cart = guest(name="Lamp")
        line = cart.lines.get()
        catalog.put_in_stock({line.variant_id: 1})
        answer = place(client, cart)
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "out_of_stock"
        assert "Lamp" in answer.json()["error"]["message"]
        assert not Order.objects.exists()
        catalog.put_in_stock({line.variant_id: 2})
        assert place(client, cart).status_code == 201

    def test_units_that_others_keep_locked_are_503_and_may_be_tried_again_with_the_same_key(self, client, monkeypatch):
        cart = guest(units=9)
        monkeypatch.setattr(reservation_locking, "PATIENCE", "50ms")
        with locked(StockItem.objects.get(variant_id=cart.lines.get().variant_id)):
            answer = place(client, cart)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert place(client, cart).status_code == 201

    def test_A13_an_empty_cart_cannot_be_ordered(self, client):
        for cart in (carts.cart(), None):
            answer = place(client, cart) if cart else call(client, "POST", "orders", BODY, Idempotency_Key="k")
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "cart_empty")

    def test_a_delivery_that_is_not_offered_is_422(self, client):
        answer = place(client, guest(), {**BODY, "deliveryOption": "drone"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_deliverable")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"email": "ada"}, "email"),
            ({"shippingAddress": {**ADDRESS, "postalCode": "1"}}, "shippingAddress"),
            ({"shippingAddress": {**ADDRESS, "country": "ZZ"}}, "shippingAddress"),
            ({"shippingAddress": {"country": "US"}}, "shippingAddress"),
            ({"shippingAddress": {**ADDRESS, "address1": {"x": 1}}}, "shippingAddress"),
            ({"billingAddress": {**ADDRESS, "firstName": "x" * 101}}, "billingAddress"),
            ({"payment": {"provider": "gold", "token": "x"}}, "payment"),
            ({"payment": {"provider": "stripe"}}, "payment"),
            ({"payment": {"provider": "stripe", "token": "4242 4242"}}, "payment"),
            ({"expectedTotal": "NaN"}, "expectedTotal"),
            ({"expectedTotal": "-1"}, "expectedTotal"),
            ({"expectedTotal": "59.123"}, "expectedTotal"),
            ({"expectedTotal": "1e9"}, "expectedTotal"),
            ({"expectedTotal": None}, "expectedTotal"),
        ],
    )
    def test_what_is_not_valid_says_where_and_nothing_is_done(self, client, change, field):
        answer = place(client, guest(), {**BODY, **change})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
        assert list(answer.json()["error"]["fields"]) == [field]
        assert not Order.objects.exists()

    def test_A10_fields_that_are_not_asked_for_are_ignored(self, client):
        more = {"status": "payment_confirmed", "total": "0.01", "customerId": "x", "paid": True, "number": "ORD-1"}
        assert place(client, guest(), {**BODY, **more}).status_code == 201
        order = Order.objects.get()
        assert (order.status, order.total_minor, order.customer_id) == ("payment_pending", 5912, None)

    def test_a_transfer_has_no_token(self, client):
        assert place(client, guest(), {**BODY, "payment": {"provider": "bank_transfer"}}).status_code == 201


class TestRead:
    def test_A01_A02_A03_anothers_order_is_404_like_one_that_is_not(self, client):
        first, second = (place(client, guest(), key=f"k{n}").json() for n in (1, 2))
        client.cookies.clear()
        missing = call(client, "GET", "orders/ORD-2099999999")
        for token in (None, second["accessToken"], first["accessToken"][:-1], "", "x"):
            headers = {} if token is None else {"X_Order_Token": token}
            answer = call(client, "GET", f"orders/{first['number']}", **headers)
            assert (answer.status_code, answer.content) == (404, missing.content)
            assert call(client, "POST", f"orders/{first['number']}/cancel", {}, **headers).status_code == 404
        assert set(Order.objects.values_list("status", flat=True)) == {"payment_pending"}

    def test_a_guest_follows_the_order_by_its_token(self, client):
        placed = place(client, guest()).json()
        answer = call(client, "GET", f"orders/{placed['number']}", X_Order_Token=placed["accessToken"])
        body = answer.json()
        assert (answer.status_code, body["status"], body["statusLabel"]) == (200, "payment_pending", "Payment Pending")
        assert "accessToken" not in body
        assert answer["Cache-Control"] == "private, no-store"

    def test_ones_own_orders_newest_first(self, client):
        ada = carts.customer()
        product = carts.product(units=50)
        numbers = [carts.order(carts.cart((product, 1), customer_id=ada.pk)).number for _ in range(3)]
        carts.order(carts.cart((product, 1)))
        client.force_login(ada)
        body = call(client, "GET", "orders?limit=2").json()
        assert [one["number"] for one in body["data"]] == numbers[:0:-1]
        assert (body["total"], body["page"], body["limit"]) == (3, 1, 2)
        assert [one["number"] for one in call(client, "GET", "orders?limit=2&page=2").json()["data"]] == numbers[:1]

    def test_A04_a_wider_filter_is_ignored(self, client):
        bob = carts.customer("bob@example.com")
        carts.order(carts.cart((carts.product(), 1), customer_id=bob.pk))
        client.force_login(carts.customer())
        for query in (f"?user={bob.pk}", f"?customerId={bob.pk}", "?ordering=user__password", "?filter[]=1"):
            assert call(client, "GET", f"orders{query}").json()["data"] == []

    def test_guests_have_no_list(self, client):
        answer = call(client, "GET", "orders")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")

    @pytest.mark.parametrize("query", ["page=0", "limit=101", "limit=x", "page=-1", "page=1e3"])
    def test_pages_that_are_not_are_400(self, client, query):
        client.force_login(carts.customer())
        assert call(client, "GET", f"orders?{query}").status_code == 400


class TestCancel:
    def test_once_and_the_same_answer_for_the_same_key(self, client):
        placed = place(client, guest()).json()
        path, token = f"orders/{placed['number']}/cancel", placed["accessToken"]
        first = call(client, "POST", path, {}, X_Order_Token=token, Idempotency_Key="c")
        assert (first.status_code, first.json()["status"]) == (200, "cancelled")
        assert call(client, "POST", path, {}, X_Order_Token=token, Idempotency_Key="c").json() == first.json()
        late = call(client, "POST", path, {}, X_Order_Token=token)
        assert (late.status_code, late.json()["error"]["code"]) == (409, "transition_refused")


@pytest.mark.parametrize(
    ("name", "args", "path"),
    [
        ("api_checkout_quote", [], "/api/checkout/quote"),
        ("api_orders", [], "/api/orders"),
        ("api_order", ["ORD-1"], "/api/orders/ORD-1"),
        ("api_order_cancel", ["ORD-1"], "/api/orders/ORD-1/cancel"),
    ],
)
def test_the_calls_are_where_the_contract_says(name, args, path):
    assert reverse(name, args=args) == path


def test_a_coupon_for_a_first_order_says_so_to_who_has_ordered(client):
    told = "FIRST15: This coupon is for a first order, and you have ordered here before."
    carts.coupon("FIRST15", percent=15, conditions={"is_first_order": True})
    carts.order(carts.cart((carts.product(), 1)), email="ada@example.com")
    cart = guest()
    call(client, "POST", "cart/coupons", {"code": "FIRST15"}, X_Cart_Token=cart.token)
    asked = {"shippingAddress": ADDRESS, "email": "ada@example.com"}

    found = call(client, "POST", "checkout/quote", asked, X_Cart_Token=cart.token).json()
    assert (found["totals"]["discounts"], found["messages"]) == ("0.00", [told])
    new = call(client, "POST", "checkout/quote", {**asked, "email": "bob@example.com"}, X_Cart_Token=cart.token).json()
    assert (new["totals"]["discounts"], new["messages"]) == ("7.50", [])

    cart.refresh_from_db()
    answer = place(client, cart, {**BODY, "expectedTotal": new["totals"]["total"]})
    total = found["totals"]["total"]
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["fields"]) == (409, "price_changed", {"expectedTotal": [total]})
    assert error["message"] == f"The total has changed to ${total}. Please confirm it. {told}"
