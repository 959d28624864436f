"""F25: a gift card spent twice at the same time, with its negative control."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from checkout.giftcards import bought, invariants, locking, selectors, services, spending
from checkout.giftcards.models import GiftCard
from checkout.payments import services as payments
from checkout.returns import services as returns
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.concurrency import race
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import returns as returned
from tests.factories.giftcards import card, left, product
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
    goods = carts.product(units=900, amount=1000)
    for _schedule in schedules():
        gift = card(2500)
        placed = []
        for _ in range(2):
            cart = carts.cart((goods, 1))
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


def came_back() -> tuple[Any, GiftCard]:
    """A return of a card that was bought, back and not settled, and the card."""
    returned.rule()
    order = returned.bought((product(), 1))
    found = returned.asked(order)
    return returned.back(found), selectors.bought_with(order.pk)[0]


def test_F25_spending_a_card_while_its_return_is_asked_for_and_settled(schedules: Any) -> None:
    """Either it is spent and nothing goes back, or it goes back and nothing is spent."""
    carts.rates()
    returned.rule()
    for _schedule in schedules():
        order = returned.bought((product(), 1))
        [gift] = selectors.bought_with(order.pk)
        asked, *held = race.together([partial(returned.asked, order), *(partial(spend, gift.pk, n) for n in range(3))])
        is_spent = any(not isinstance(one, Exception) for one in held)
        assert is_spent == isinstance(asked, returns.ReturnRefused)
        if not is_spent:
            returned.back(asked)
            settle = partial(returns.reimburse, return_id=asked.pk, by="staff:1")
            done, *held = race.together([settle, *(partial(spend, gift.pk, n) for n in range(3))])
            assert [type(one) for one in held] == [services.NotEnough] * 3
            assert (done.amount.minor > 0, left(gift)) == (True, 0)
    assert invariants.balances_are_sums() == []


def test_F25_control_a_card_that_is_not_blocked_is_spent_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    carts.rates()
    monkeypatch.setattr(bought, "block", lambda **_about: True)
    found, gift = came_back()
    spend(gift.pk, 1)
    done = returns.reimburse(return_id=found.pk, by="staff:1")
    assert (done.goings[0].amount.minor >= 5000, left(gift)) == (True, 0)


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
