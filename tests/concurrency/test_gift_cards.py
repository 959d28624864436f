"""F25: a gift card spent twice at the same time, with its negative control."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from checkout.giftcards import invariants, locking, selectors, services, spending
from checkout.giftcards.models import GiftCard
from checkout.payments import services as payments
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.concurrency import race
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.giftcards import card, left
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def spend(card_id: UUID, number: int) -> object:
    return spending.hold(
        card_id=card_id, payment_id=db.uuid7(), amount=usd(1500), document="", key=f"h{number}", by="system"
    )


def test_F25_spent_twice_at_the_same_time_only_one_gets_it(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        gift = card(2000)
        outcomes = race.together([partial(spend, gift.pk, n) for n in range(6)])
        assert sum(isinstance(one, services.NotEnough) for one in outcomes) == 5
        assert left(gift) == 500
    assert invariants.balances_are_sums() == []


def test_F25_two_orders_paid_with_the_same_card(schedules: Any) -> None:
    """The card pays for one; the other is declined."""
    carts.rates()
    product = carts.product(units=900, amount=1000)
    for _schedule in schedules():
        gift = card(2500)
        placed = []
        for _ in range(2):
            cart = carts.cart((product, 1))
            total = carts.total(cart).minor
            placed.append(carts.order(cart, provider="gift_card", token="", gift_cards={str(gift.pk): total}))
        keys = [make.payment_of(order).pk for order in placed]
        race.together([partial(payments.charge, payment_id=key) for key in keys * 2])
        for order in placed:
            order.refresh_from_db()
        assert sorted(order.status for order in placed) == ["payment_confirmed", "payment_pending"]
        assert left(gift) == 2500 - placed[0].total_minor
    outbox.drain(mails=False)
    assert violations() == []


def test_F25_a_batch_asked_for_twice_at_once_is_issued_once(schedules: Any) -> None:
    for _schedule in schedules():
        key = db.uuid7()
        job = partial(services.issue_batch, batch_id=key, name="Fair", count=20, amount=usd(500), by="staff:1")
        race.together([job] * 3)
        assert GiftCard.objects.filter(batch_id=key).count() == 20
        shown = race.together([partial(services.codes, batch_id=key, by="staff:1")] * 3)
        assert sum(one is not None for one in shown) == 1
    assert invariants.balances_are_sums() == []


def test_F25_control_without_the_lock_the_balance_is_no_longer_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: two read the same balance, both spend, and the checks show what the lock prevents."""
    gift = card(2000)
    first, second = GiftCard.objects.get(pk=gift.pk), GiftCard.objects.get(pk=gift.pk)
    for number, read in enumerate((first, second)):
        monkeypatch.setattr(locking, "card", lambda _id, read=read: read)
        spend(gift.pk, number)
    assert selectors.usable([gift.pk], "USD")[0].balance == usd(500)
    [first_found, second_found] = invariants.balances_are_sums()
    assert "the balance is 500, its entries come to -1000" in first_found
    assert second_found == "I7 gift cards in USD: they hold 500, the ledger says that we owe -1000"
