"""The waiting line over REST: 202 and a place, until the turn has come."""

from __future__ import annotations

import pytest

from catalog.products.models import Product
from checkout.orders.models import Order
from checkout.purchase import line
from checkout.purchase.models import QueuedOrder
from shop.core.models import IdempotentCall
from tests.checkout.api.test_shopper import call, guest, place
from tests.checkout.purchase.test_line import no_slot
from tests.factories import cart as carts

__all__ = ["no_slot"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_slot")]


@pytest.fixture(autouse=True)
def _rates(monkeypatch):
    monkeypatch.setattr(line, "_slots", line._Slots())
    carts.rates()


def token_of(answer):
    return answer["Location"].rsplit("/", 1)[1]


def test_a_call_in_line_is_202_until_its_turn_then_201_with_the_same_key(client):
    cart = guest()
    first = place(client, cart)
    assert (first.status_code, first.json(), first["Retry-After"]) == (
        202, {"status": "waiting", "place": 1, "seconds": None}, "2",
    )  # fmt: skip
    assert place(client, cart).json() == first.json()
    assert (QueuedOrder.objects.count(), IdempotentCall.objects.count()) == (1, 0)
    line.serve()
    done = place(client, cart)
    assert (done.status_code, done.json()["number"]) == (201, Order.objects.get().number)
    followed = call(client, "GET", f"orders/line/{token_of(first)}")
    assert followed.json()["status"] == "placed"
    assert followed.json()["order"] == done.json()
    assert followed["Cache-Control"] == "private, no-store"


def test_asking_again_and_again_for_ones_place_is_no_new_try(client, settings):
    settings.RATELIMIT_ENABLE = True
    cart = guest()
    assert {place(client, cart).status_code for _ in range(35)} == {202}
    line.serve()
    assert place(client, cart).status_code == 201


def test_a_refusal_says_what_a_direct_call_would_have_said(client):
    cart = guest(units=2, name="Gone")
    token = token_of(place(client, cart))
    place(client, carts.cart((product_of(cart), 2)), key="key-2")
    QueuedOrder.objects.filter(token=token).update(number=10**9)
    line.serve()
    body = call(client, "GET", f"orders/line/{token}").json()
    assert (body["status"], body["error"]["code"]) == ("refused", "out_of_stock")
    assert body["error"]["message"] == "“Gone” is no longer available."
    assert list(body["error"]["fields"].values()) == [["0"]]


def test_a_full_line_is_503_with_a_code(client, settings):
    settings.LINE_LIMIT = 0
    answer = place(client, guest())
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "line_full")
    assert IdempotentCall.objects.count() == 0


def test_a_token_that_is_none_is_404(client):
    assert call(client, "GET", "orders/line/" + "x" * 43).status_code == 404


def product_of(cart):
    return Product.objects.get(variants__pk=cart.lines.get().variant_id)
