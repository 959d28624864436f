"""How orders are paid with gift cards: the whole way, with the sandbox for what they leave."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from checkout.giftcards import services as gift_services
from checkout.ledger import selectors as ledger
from checkout.orders import access
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import methods, selectors, ways
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.storecredit import services as credit
from inventory.reservations import services as reservations
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.accounts import UserFactory
from tests.factories.giftcards import card, left
from tests.factories.inventory import stocked
from tests.fakes.sandbox import CARD, DECLINED, RunningSandbox

pytestmark = pytest.mark.django_db


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def placed(cards: dict[Any, int], *, provider: str = "stripe", token: str = CARD, **more: Any) -> Order:
    """An order of 30.00 USD that waits for its payment; of each card so much."""
    order_id, item = db.uuid7(), stocked(10)
    reservations.reserve(quantities={item.variant_id: 1}, reference=order_id, ttl=timedelta(minutes=15), by="guest")
    with transaction.atomic(using=db.DEFAULT):
        order = orders.place(
            order_id=order_id, cart_id=db.uuid7(), customer_id=more.pop("customer_id", None), email="a@example.com",
            language="en", shipping_address=make.ADDRESS, billing_address={}, idempotency_key=str(order_id),
            by="guest", quote=make.quote([item]),
        )  # fmt: skip
        agreed = {str(one.pk): minor for one, minor in cards.items()}
        payments.open(order=order, provider=provider, token=token, by="guest", gift_cards=agreed, **more)
    order.refresh_from_db()
    return order


def done(order: Order) -> Order:
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    return order


def asked(sandbox: RunningSandbox) -> list[int]:
    return [charge["amount"] for charge in sandbox.state()["charge"]]


def test_a_card_pays_a_part_and_the_bank_card_the_rest(shop_sandbox: RunningSandbox) -> None:
    gift = card(2000)
    order = done(placed({gift: 2000}))
    assert (order.status, order.captured_minor, left(gift), asked(shop_sandbox)) == (
        "payment_confirmed", 3000, 0, [1000],
    )  # fmt: skip
    assert violations() == []


def test_one_card_pays_everything_without_anybody_else(shop_sandbox: RunningSandbox) -> None:
    gift = card(5000)
    order = done(placed({gift: 3000}, provider="gift_card", token=""))
    assert (order.status, order.captured_minor, left(gift), asked(shop_sandbox)) == (
        "payment_confirmed",
        3000,
        2000,
        [],
    )
    owed = {one.account: one.amount.minor for one in ledger.balances()}
    assert (owed["gift_cards"], owed["customer_receivable"]) == (-2000, -3000)
    assert owed["provider_clearing:gift_card"] == 0
    assert violations() == []


def test_several_cards_pay_everything(shop_sandbox: RunningSandbox) -> None:
    first, second, third = card(700), card(800), card(5000)
    order = done(placed({first: 700, second: 800, third: 1500}, provider="gift_card", token=""))
    assert (order.status, order.captured_minor) == ("payment_confirmed", 3000)
    assert [left(one) for one in (first, second, third)] == [0, 0, 3500]
    assert asked(shop_sandbox) == []
    assert violations() == []


def test_cards_and_store_credit_and_a_bank_card(shop_sandbox: RunningSandbox) -> None:
    customer, first, second = UserFactory(), card(700), card(800)
    credit.grant(customer_id=customer.pk, amount=usd(500), reason="x", key="g", by="staff:1")
    order = done(placed({first: 700, second: 800}, customer_id=customer.pk, use_credit=True))
    assert (order.status, order.captured_minor, asked(shop_sandbox)) == ("payment_confirmed", 3000, [1000])
    assert violations() == []


def test_cards_and_store_credit_pay_everything(shop_sandbox: RunningSandbox) -> None:
    customer, gift = UserFactory(), card(700)
    credit.grant(customer_id=customer.pk, amount=usd(5000), reason="x", key="g", by="staff:1")
    order = done(placed({gift: 700}, customer_id=customer.pk, provider="store_credit", token="", use_credit=True))
    assert (order.status, order.captured_minor, asked(shop_sandbox)) == ("payment_confirmed", 3000, [])
    assert violations() == []


def test_stays_held_after_a_decline_and_pays_with_the_next_bank_card(shop_sandbox: RunningSandbox) -> None:
    gift = card(2000)
    order = done(placed({gift: 2000}, token=DECLINED))
    assert (order.status, left(gift), selectors.still_due(order.pk)) == ("payment_pending", 0, usd(1000))
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    assert (done(order).status, order.captured_minor, left(gift)) == ("payment_confirmed", 3000, 0)
    assert violations() == []


def test_another_gift_card_pays_the_rest_after_a_decline(shop_sandbox: RunningSandbox) -> None:
    first, second = card(2000), card(1500)
    order = done(placed({first: 2000}, token=DECLINED))
    payments.retry(order_id=order.pk, provider="gift_card", token="", by="guest", gift_cards={str(second.pk): 1000})
    assert (done(order).status, order.captured_minor, left(first), left(second)) == ("payment_confirmed", 3000, 0, 500)
    assert violations() == []


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_comes_back_when_nobody_pays_the_rest(shop_sandbox: RunningSandbox, how: str) -> None:
    gift = card(2000)
    order = done(placed({gift: 2000}, token=DECLINED))
    if how == "cancelled":
        orders.cancel(order_id=order.pk, by="guest")
    else:
        payments.cancel_unpaid(order_id=order.pk, by="system")
    assert (done(order).status, left(gift)) == ("cancelled", 2000)
    assert violations() == []


def test_comes_back_when_a_paid_order_is_cancelled(shop_sandbox: RunningSandbox) -> None:
    first, second = card(700), card(800)
    order = done(placed({first: 700, second: 800}))
    orders.cancel(order_id=order.pk, by="staff:1")
    assert (done(order).status, order.refunded_minor) == ("refunded", 3000)
    assert [left(first), left(second)] == [700, 800]
    assert violations() == []


def test_a_part_is_given_back_to_the_card_first(shop_sandbox: RunningSandbox) -> None:
    gift = card(2000)
    order = done(placed({gift: 2000}))
    payments.request_refund(order_id=order.pk, amount=usd(1200), reason="Late", by="staff:1")
    assert (done(order).refunded_minor, left(gift), shop_sandbox.state().get("refund", [])) == (1200, 1200, [])
    payments.request_refund(order_id=order.pk, amount=usd(1000), reason="Late", by="staff:1")
    assert (done(order).refunded_minor, left(gift)) == (2200, 2000)
    assert [one["amount"] for one in shop_sandbox.state()["refund"]] == [200]
    with pytest.raises(payments.RefundRefused):
        payments.request_refund(order_id=order.pk, amount=usd(801), reason="", by="staff:1")
    assert violations() == []


def test_spent_elsewhere_meanwhile_nobody_is_charged(shop_sandbox: RunningSandbox) -> None:
    gift, other = card(2000), card(500)
    order = placed({other: 500, gift: 2000})
    gift_services.withdraw(card_id=gift.pk, amount=usd(1), reason="x", key="w", by="staff:1")
    done(order)
    assert asked(shop_sandbox) == []
    standing = selectors.standing(order)
    assert (standing.state, order.status, left(gift), left(other)) == ("declined", "payment_pending", 1999, 0)
    assert "gift card" in standing.error
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest", gift_cards={str(gift.pk): 1999})
    assert (done(order).status, left(gift), asked(shop_sandbox)) == ("payment_confirmed", 0, [501])
    assert violations() == []


def test_a_rest_that_nobody_takes_is_left_on_the_card() -> None:
    gift = card(2950)
    shopper = methods.Shopper(None, usd(3000), "US", (gift.pk,))
    way = ways.resolve(shopper, db.uuid7(), {"method": "card", "token": "pm_x", "seen_gift": 2900})
    assert (way.gift_cards, way.provider) == ({str(gift.pk): 2900}, "stripe")


def test_another_balance_than_was_seen_is_asked_about() -> None:
    gift = card(2000)
    shopper = methods.Shopper(None, usd(3000), "US", (gift.pk,))
    with pytest.raises(ways.WayRefused, match="balance"):
        ways.resolve(shopper, db.uuid7(), {"method": "card", "token": "pm_x", "seen_gift": 2500})
    gift_services.end(card_id=gift.pk, by="staff:1")
    with pytest.raises(ways.WayRefused, match="balance"):
        ways.resolve(shopper, db.uuid7(), {"method": "card", "token": "pm_x", "seen_gift": 2000})


def test_nobody_charges_a_payment_without_a_card() -> None:
    order = placed({}, provider="gift_card", token="")
    done(order)
    assert (order.status, Payment.objects.get(order=order).status) == ("payment_pending", "failed")


def told(subject: str) -> str:
    [found] = [one for one in mail.outbox if one.subject.startswith(subject)]
    html = " ".join(re.sub("<[^>]+>", " ", str(found.alternatives[0][0])).split())  # type: ignore[attr-defined]
    assert "Total $30.00 Gift card $20.00 Card $10.00" in html
    return str(found.body)


def test_mails_say_what_each_pays(shop_sandbox: RunningSandbox) -> None:
    done(placed({card(2000): 2000}))
    for subject in ("We have your order", "Paid:"):
        assert "Total: $30.00\n  Gift card: $20.00\n  Card: $10.00\n" in told(subject)
    mail.outbox.clear()
    done(placed({}))
    assert not [one for one in mail.outbox if "Card: $" in one.body]


def test_the_page_of_an_order_that_waits_for_its_rest_says_how_much_that_is(
    shop_sandbox: RunningSandbox, client: Client
) -> None:
    order = done(placed({card(2000): 2000}, token=DECLINED))
    html = client.get(access.url(order)).content.decode()
    assert '<dd data-testid="order-gift-cards">−$20.00</dd>' in html
    assert re.search(r"Left to pay</dt><dd>\$10\.00</dd>", html)
    paid = done(placed({card(2000): 2000}))
    assert "order-gift-cards" not in client.get(access.url(paid)).content.decode()
