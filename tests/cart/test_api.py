"""The cart over REST, as the contract says."""

import json

import pytest
from django.urls import reverse

from cart.carts.models import Cart, CartLine
from catalog.products import services as products
from shop.core import db
from tests.factories import cart as carts
from tests.factories import promotions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates():
    carts.rates()


class Caller:
    """A guest's program: JSON, and the token that the first answer gave."""

    def __init__(self, client):
        self.client, self.headers = client, {}

    def __call__(self, method, path, body=None, **headers):
        answer = self.client.generic(
            method,
            f"/api/{path}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={**self.headers, **headers},
        )
        if "X-Cart-Token" in answer:
            self.headers["X-Cart-Token"] = answer["X-Cart-Token"]
        return answer


@pytest.fixture
def call(client):
    return Caller(client)


def test_the_whole_cart_is_every_answer(call):
    product = carts.product(amount=2500, name="Lamp")
    variant = carts.variant_of(product)
    assert call("GET", "cart").json() == {
        "items": [],
        "totals": {"subtotal": "0.00", "discounts": "0.00", "shipping": None, "tax": None, "total": "0.00"},
        "promotions": [],
        "taxes": [],
        "currency": "USD",
        "coupons": [],
        "messages": [],
        "gifts": [],
        "hints": [],
        "token": None,
    }
    answer = call("POST", "cart/items", {"productId": str(product.pk), "quantity": 2})
    cart = Cart.objects.get()
    assert answer.status_code == 200
    assert answer["X-Cart-Token"] == cart.token
    assert answer.json() == {
        "items": [
            {
                "id": str(cart.lines.get().pk),
                "productId": str(product.pk),
                "variantId": str(variant.pk),
                "sku": variant.sku,
                "name": "Lamp",
                "options": "",
                "customizations": [],
                "parts": [],
                "quantity": 2,
                "unitPrice": "25.00",
                "lineTotal": "50.00",
                "currency": "USD",
                "available": 10,
                "availability": "in_stock",
                "expectedOn": None,
                "messages": [],
            }
        ],
        "totals": {"subtotal": "50.00", "discounts": "0.00", "shipping": "5.99", "tax": None, "total": "55.99"},
        "promotions": [],
        "taxes": [],
        "currency": "USD",
        "coupons": [],
        "messages": [],
        "gifts": [],
        "hints": [],
        "token": cart.token,
    }
    assert call("GET", "cart").json() == answer.json()


def test_lines_change_and_go(call):
    product = carts.product()
    line = call("POST", "cart/items", {"sku": carts.variant_of(product).sku}).json()["items"][0]
    answer = call("PATCH", f"cart/items/{line['id']}", {"quantity": 3})
    assert [item["quantity"] for item in answer.json()["items"]] == [3]
    assert call("DELETE", f"cart/items/{line['id']}").json()["items"] == []
    assert call("DELETE", f"cart/items/{line['id']}").json()["error"]["code"] == "not_found"
    call("POST", "cart/items", {"variantId": str(carts.variant_of(product).pk)})
    assert call("DELETE", "cart").json()["items"] == []


def test_coupons_come_and_go(call):
    carts.coupon("SAVE10")
    call("POST", "cart/items", {"productId": str(carts.product(amount=2500).pk), "quantity": 2})
    answer = call("POST", "cart/coupons", {"code": "save10"}).json()
    assert (answer["coupons"], answer["totals"]["discounts"]) == (["SAVE10"], "5.00")
    refused = call("POST", "cart/coupons", {"code": "nope"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "coupon_not_applicable")
    assert call("DELETE", "cart/coupons/SAVE10").json()["coupons"] == []
    assert call("POST", "cart/coupons", {"code": "savelo"}).json()["coupons"] == ["SAVE10"]
    assert call("DELETE", "cart/coupons/SAVE10").json()["coupons"] == []


def test_gifts_and_what_is_nearly_reached(call):
    socks = carts.product(amount=800, name="Socks")
    key = str(carts.variant_of(socks).pk)
    promotions.promotion("gift", "order", terms={"variant": key})
    promotions.promotion("free_shipping", "shipping", name="Free delivery", conditions={"minimum": {"USD": 60_00}})
    answer = call("POST", "cart/items", {"productId": str(carts.product(amount=2500).pk), "quantity": 2}).json()
    assert answer["gifts"] == [
        {
            "productId": str(socks.pk), "variantId": key, "sku": carts.variant_of(socks).sku, "name": "Socks",
            "quantity": 1, "unitPrice": "8.00", "lineTotal": "8.00",
        }
    ]  # fmt: skip
    assert (answer["totals"]["subtotal"], answer["totals"]["discounts"]) == ("58.00", "8.00")
    assert answer["hints"] == ["Add $10.00 more for “Free delivery”."]


def test_a_customer_needs_no_token(client):
    ada = carts.customer()
    carts.cart((carts.product(), 2), customer_id=ada.pk)
    client.force_login(ada)
    answer = Caller(client)("GET", "cart")
    assert (answer.json()["items"][0]["quantity"], answer.json()["token"]) == (2, None)
    assert "X-Cart-Token" not in answer


@pytest.mark.parametrize("quantity", [0, -1, 10**9, 0.5, "x", None, [], {}, True])
def test_A11_no_quantity_is_400(call, quantity):
    answer = call("POST", "cart/items", {"productId": str(carts.product().pk), "quantity": quantity})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
    assert list(answer.json()["error"]["fields"]) == ["quantity"]
    assert not CartLine.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "invalid_json"),
        ("[]", 400, "validation_error"),
        ("[" * 90_000, 400, "invalid_json"),
        ('{"quantity": NaN, "sku": "x"}', 400, "validation_error"),
        ("{}", 400, "validation_error"),
        ('{"productId": "1"}', 400, "validation_error"),
        ('{"sku": "' + "x" * 1_100_000 + '"}', 413, "body_too_large"),
    ],
)
def test_what_cannot_be_read_is_refused(client, body, status, code):
    answer = client.generic("POST", "/api/cart/items", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Cart.objects.exists()


def test_unknown_archived_and_short(call):
    archived, short = carts.product(), carts.product(units=2)
    products.archive(product_id=archived.pk, by="test")
    for body, status, code in (
        ({"productId": str(db.uuid7())}, 404, "not_found"),
        ({"sku": "nothing"}, 404, "not_found"),
        ({"productId": str(archived.pk)}, 404, "not_found"),
        ({"productId": str(short.pk), "quantity": 3}, 409, "out_of_stock"),
    ):
        answer = call("POST", "cart/items", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not CartLine.objects.exists()


def test_A12_prices_and_other_fields_are_ignored(call):
    product = carts.product(amount=2500)
    extra = {
        "unitPrice": "0.01",
        "price": 0,
        "currency": "JPY",
        "discount": 100,
        "status": "ordered",
        "customerId": "x",
    }
    answer = call("POST", "cart/items", {"productId": str(product.pk), **extra}).json()
    assert (answer["items"][0]["unitPrice"], answer["currency"]) == ("25.00", "USD")
    assert Cart.objects.get().status == "open"


def test_A06_anothers_line_is_404(call):
    line = CartLine.objects.get(cart=carts.cart((carts.product(), 1)))
    call("POST", "cart/items", {"productId": str(carts.product().pk)})
    assert call("PATCH", f"cart/items/{line.pk}", {"quantity": 5}).status_code == 404
    assert call("DELETE", f"cart/items/{line.pk}").status_code == 404
    line.refresh_from_db()
    assert line.quantity == 1


def test_a_customers_cart_cannot_be_had_by_its_token(call):
    of_ada = carts.cart((carts.product(), 1), customer_id=carts.customer().pk)
    call.headers["X-Cart-Token"] = of_ada.token
    assert call("GET", "cart").json()["items"] == []


def test_the_same_idempotency_key_adds_once(call):
    body = {"productId": str(carts.product().pk), "quantity": 1}
    first = call("POST", "cart/items", body)
    again = [call("POST", "cart/items", body, **{"Idempotency-Key": "k"}) for _ in range(3)]
    assert [answer.json()["items"][0]["quantity"] for answer in again] == [2, 2, 2]
    other = call("POST", "cart/items", {**body, "quantity": 5}, **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert first.status_code == 200
    assert CartLine.objects.get().quantity == 2


def test_strangers_with_the_same_idempotency_key_do_not_get_each_others_cart(client):
    body = {"productId": str(carts.product().pk), "quantity": 1}
    answers = [Caller(client)("POST", "cart/items", body, **{"Idempotency-Key": "1"}).json() for _ in range(2)]
    assert answers[0]["token"] != answers[1]["token"]
    assert [answer["items"][0]["quantity"] for answer in answers] == [1, 1]


@pytest.mark.parametrize(
    ("name", "args", "path"),
    [
        ("api_cart", [], "/api/cart"),
        ("api_cart_items", [], "/api/cart/items"),
        (
            "api_cart_item",
            ["00000000-0000-0000-0000-000000000000"],
            "/api/cart/items/00000000-0000-0000-0000-000000000000",
        ),
        ("api_cart_coupons", [], "/api/cart/coupons"),
        ("api_cart_coupon", ["X"], "/api/cart/coupons/X"),
    ],
)
def test_the_calls_are_where_the_contract_says(name, args, path):
    assert reverse(name, args=args) == path
