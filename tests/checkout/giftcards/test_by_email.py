"""Orders of nothing but gift cards: no delivery is asked for, and they end by themselves when the cards were sent."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from pypdf import PdfReader

from cart.carts import services as cart_services
from cart.shipping.forms import MethodForm
from catalog.customizations import gifts
from checkout.changes import services as changes
from checkout.drafts import selectors as draft_selectors
from checkout.drafts import services as drafts
from checkout.fulfilment.selectors import shipments_of
from checkout.giftcards import bought, selectors, services
from checkout.giftcards.models import GiftCard
from checkout.invoices import selectors as invoices
from checkout.invoices import services as invoice_services
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.purchase import services as purchase
from checkout.returns import services as returns
from checkout.returns.selectors import returnable
from inventory.stock.models import StockItem
from shop.core import db
from shop.core.money import Money
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import returns as returned
from tests.factories.checkout import ADDRESS
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


def on_day(days: int = 3) -> dict[str, str]:
    day = db.clock().date() + timedelta(days=days)
    return {gifts.EMAIL: "bob@example.com", gifts.DATE: day.isoformat()}


def test_a_card_for_a_later_day_ends_it_then_and_the_warehouse_never_sees_it() -> None:
    cart = carts.cart((product(), 1))
    variant = carts.variant_of(product()).pk
    cart_services.add(cart=cart, variant_id=variant, quantity=1, by="guest", customizations=on_day())
    order = done(carts.order(cart, **MAILED))
    assert (order.status, order.to_pick, shipments_of(order.pk)) == ("payment_confirmed", 0, [])
    assert orders.possible(order) == ("cancel",)
    assert violations() == []
    later = selectors.bought_with(order.pk)
    GiftCard.objects.filter(pk__in=[one.pk for one in later]).update(send_on=db.clock().date())
    assert services.send_due() == 1
    assert done(order).status == "delivered"
    assert violations() == []


def test_one_that_is_still_to_be_sent_can_be_cancelled() -> None:
    cart = carts.cart()
    cart_services.add(
        cart=cart, variant_id=carts.variant_of(product()).pk, quantity=1, by="guest", customizations=on_day()
    )
    order = done(carts.order(cart, **MAILED))
    bought.cancel_order(order_id=order.pk, by="guest")
    assert done(order).status == "refunded"
    assert services.send_due() == 0
    assert violations() == []


def test_goods_are_added_later_only_with_an_address_and_a_delivery() -> None:
    cart = carts.cart()
    cart_services.add(
        cart=cart, variant_id=carts.variant_of(product()).pk, quantity=1, by="guest", customizations=on_day()
    )
    order = done(carts.order(cart, **MAILED))
    more = {carts.variant_of(carts.product()).pk: 1}
    edit = partial(changes.edit, order_id=order.pk, seen_revision=0, added=more, reason="x", by="staff:1")
    with pytest.raises(changes.EditRefused) as refused:
        edit()
    assert refused.value.code == "delivery_required"
    edit(shipping_address=ADDRESS, delivery_option="standard")
    order = done(order)
    assert (order.delivery_option, order.shipping_address["city"], order.shipping_minor) == (
        "standard", "Springfield", 599,
    )  # fmt: skip
    assert (len(shipments_of(order.pk)), order.to_pick, order.status) == (1, 2, "payment_confirmed")
    assert violations() == []


def test_what_is_said_is_true_of_e_mails() -> None:
    mail.outbox.clear()
    order = mailed(1)
    told = [one.body.lower() for one in mail.outbox]
    assert [one for one in told if "parcel" in one or "delivery address" in one] == []
    assert sorted(one.template for one in Notification.objects.all()) == [
        "gift_card", "invoice", "order_paid", "order_placed"
    ]  # fmt: skip
    document = invoices.documents_of(order.pk)[0]
    assert "Delivered to" not in "\n".join(page.extract_text() for page in PdfReader(_pdf(document)).pages)
    assert invoices.complete(order.pk)[0].content["billing_address"]["last_name"] == "Lovelace"


def _pdf(document: Any) -> BytesIO:
    return BytesIO(invoice_services.pdf(document))


def test_a_draft_of_them_needs_no_address() -> None:
    units = {carts.variant_of(product()).pk: 2}
    wish = drafts.Wish(
        email="ada@example.com", units=units, shipping_address={"country": "US"}, currency="USD", language="en"
    )
    draft = drafts.create(wish=wish, by="staff:1")
    look = draft_selectors.look(draft)
    assert (look.missing, look.unserved, look.total.minor) == ((), "", 10000)
    order = drafts.place(
        draft_id=draft.pk, seen_version=look.cart.version, seen_total=look.total, way="cash", by="staff:1"
    )
    assert (done(order).status, order.shipping_address) == ("delivered", {})


def test_no_delivery_method_takes_the_code() -> None:
    form = MethodForm({"code": "email"})
    assert form.errors["code"] == ["What is sent by e-mail has this code. Take another one."]
