"""Whole orders in another currency, with all that the books say of them afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cart.carts import services as carts_of
from checkout.invoices.models import Document
from checkout.ledger.models import LedgerEntry
from checkout.payments import methods
from checkout.payments.models import Refund
from checkout.returns import services as returns
from shop.core.money import Money
from shop.currencies import selectors as currencies
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import giftcards
from tests.factories import returns as making
from tests.factories.currencies import currency
from tests.invariants import violations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates() -> Any:
    carts.rates()
    yield
    assert violations() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("code", "rate", "rounding", "price", "delivery"),
    [
        ("EUR", "0.92", {"step_minor": 100, "ending_minor": 99}, 22_99, 6_00),
        ("JPY", "149.35", {"step_minor": 10}, 3730, 890),
    ],
)
def test_from_the_cart_to_the_return(
    shop_sandbox: Any, code: str, rate: str, rounding: Any, price: int, delivery: int
) -> None:
    currency(code, rate, **rounding)
    making.rule()
    cart = carts.cart((carts.product(amount=25_00), 3))
    carts_of.change_currency(cart=cart, currency=code, by="guest")
    order = carts.order(cart)
    assert (order.currency, order.subtotal_minor, order.shipping_minor) == (code, 3 * price, delivery)
    payment = make.payment_of(order)
    assert payment.amount == order.total
    order = making.delivered(order)  # and paid, by what drains its events
    found = making.asked(order, making.wanted(order.lines.get(), 1))
    making.back(found)
    returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    [refund] = Refund.objects.filter(order_id=order.pk)
    assert 0 <= order.total_minor - 3 * refund.amount_minor < 3  # a third of all, its share of the delivery with it
    papers = Document.objects.filter(order_id=order.pk)
    assert set(papers.values_list("currency", flat=True)) == {code}
    assert papers.get(kind="invoice").gross_minor == order.total_minor
    assert set(LedgerEntry.objects.values_list("currency", flat=True)) == {code}


def test_a_gift_card_of_another_currency_is_refused_in_a_sentence() -> None:
    currency("EUR")
    code = giftcards.code(giftcards.card(50_00))
    client = Client()
    client.cookies[currencies.COOKIE] = "EUR"
    client.post(reverse("cart_add"), {"product": str(carts.product().pk)})
    client.post(reverse("gift_card_use"), {"code": code})
    told = client.session["gift_card_refused"]
    assert told == {"gift_problem": "This gift card is in USD; here you pay in EUR.", "gift_typed": ""}


def test_a_provider_that_does_not_take_the_currency_is_not_offered(settings: Any) -> None:
    settings.PROVIDER_CURRENCIES = {"bank_transfer": ["USD"], "paypal": ["USD"]}
    offered = [set(methods.on_offer(methods.Shopper(None, Money(100, code)))) for code in ("USD", "EUR")]
    assert offered[0] - offered[1] == {"bank_transfer", "paypal"}
    assert "card" in offered[1]
