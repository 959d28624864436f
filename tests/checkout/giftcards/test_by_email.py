"""Orders of nothing but gift cards: no delivery is asked for, and they end by themselves when the cards were sent."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.giftcards import bought, selectors, services
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.purchase import services as purchase
from checkout.returns import services as returns
from checkout.returns.selectors import returnable
from inventory.stock.models import StockItem
from shop.core.money import Money
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import returns as returned
from tests.factories.giftcards import product
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
BUYER = {"first_name": "Ada", "last_name": "Lovelace", "country": "US"}
MAILED: dict[str, Any] = {"shipping_address": {}, "billing_address": BUYER, "delivery_option": ""}


@pytest.fixture(autouse=True)
def _shop(shop_sandbox: RunningSandbox) -> None:
    carts.rates()


def done(order: Order) -> Order:
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    return order


def test_it_ends_when_the_cards_were_sent() -> None:
    order = done(carts.order(carts.cart((product(), 2)), **MAILED))
    assert (order.status, order.fulfilment_state, order.to_pick) == ("delivered", "delivered", 0)
    assert (order.shipping_minor, order.total_minor, order.shipping_address) == (0, 10000, {})
    assert [one.mailed_at is not None for one in selectors.bought_with(order.pk)] == [True, True]
    assert violations() == []


def test_goods_beside_them_need_an_address() -> None:
    cart = carts.cart((product(), 1), (carts.product(), 1))
    with pytest.raises(purchase.DeliveryRequired) as refused:
        carts.order(cart, **MAILED)
    assert refused.value.missing == ("shipping_address", "delivery_option")


def mailed(quantity: int = 2, **more: Any) -> Order:
    return done(carts.order(carts.cart((product(), quantity)), **MAILED, **more))


def levels(order: Order) -> tuple[int, int]:
    item = StockItem.objects.get(variant_id=order.lines.get().variant_id)
    return item.on_hand, item.allocated


def test_it_can_be_cancelled_while_nobody_used_the_cards() -> None:
    order = mailed()
    assert levels(order) == (8, 0)
    bought.cancel_order(order_id=order.pk, by="guest")
    order = done(order)
    assert (order.status, order.fulfilment_state, order.refunded_minor) == ("refunded", "unfulfilled", 10000)
    assert [(one.is_active, one.balance_minor) for one in selectors.bought_with(order.pk)] == [(False, 0)] * 2
    assert levels(order) == (10, 0)
    outbox.drain()
    assert violations() == []


def test_it_cannot_once_a_card_was_used_or_is_being_returned() -> None:
    returned.rule()
    order = mailed()
    services.withdraw(
        card_id=selectors.bought_with(order.pk)[0].pk, amount=Money(1, "USD"), reason="x", key="x", by="staff:1"
    )
    with pytest.raises(orders.TransitionRefused, match="has been used"):
        bought.cancel_order(order_id=order.pk, by="guest")
    assert [row.units for row in returnable(order)] == [1]
    order = mailed()
    asked = returned.asked(order)
    with pytest.raises(orders.TransitionRefused, match="being returned"):
        bought.cancel_order(order_id=order.pk, by="guest")
    returns.reimburse(return_id=returned.back(asked).pk, by="staff:1")
    order = done(order)
    assert (order.status, order.fulfilment_state) == ("delivered", "partly_returned")
    assert violations() == []


def test_goods_that_left_cannot_be_cancelled() -> None:
    order = returned.delivered(done(carts.order(carts.cart((carts.product(), 1)))))
    with pytest.raises(orders.TransitionRefused, match="it has left"):
        bought.cancel_order(order_id=order.pk, by="guest")
