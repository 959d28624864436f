"""Gift cards that are bought: issued once when the order is paid, taken back with it unless they were used."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail

from catalog.products.rules import GIFT_CARD
from checkout.changes import services as changes
from checkout.desk import staff
from checkout.giftcards import bought, selectors, services, spending, wording
from checkout.giftcards.models import GiftCard
from checkout.ledger import selectors as ledger
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.returns import services as returns
from checkout.returns.selectors import returnable
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import promotions
from tests.factories import returns as returned
from tests.factories.giftcards import card, code, left, product
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(shop_sandbox: RunningSandbox) -> None:
    carts.rates()


def buy(quantity: int = 2, **more: Any) -> Order:
    order = carts.order(carts.cart((product(), quantity)), **more)
    return done(order)


def done(order: Order) -> Order:
    outbox.drain()
    assert outbox.failures() == []
    order.refresh_from_db()
    return order


def own(order: Order) -> list[GiftCard]:
    return selectors.bought_with(order.pk)


def spend(card: GiftCard, minor: int) -> None:
    services.withdraw(card_id=card.pk, amount=Money(minor, "USD"), reason="x", key=str(db.uuid7()), by="staff:1")


def test_each_unit_is_a_card_untaxed_and_mailed_once() -> None:
    order = buy(2)
    assert (order.status, order.tax_minor) == ("delivered", 0)
    cards = own(order)
    assert [(one.initial_minor, one.balance_minor, one.unit) for one in cards] == [(5000, 5000, 1), (5000, 5000, 2)]
    told = [one for one in mail.outbox if "gift card" in one.subject.lower()]
    assert sorted(code(one) in message.body for one in cards for message in told) == [False, False, True, True]
    for _again in range(2):
        bought.settle(order_id=order.pk)
    assert len(own(order)) == 2
    owed = {one.account: one.amount.minor for one in ledger.balances()}
    assert (owed["gift_cards"], owed["gift_cards_sold"]) == (-10000, 10000)
    assert violations() == []


@pytest.mark.parametrize(
    ("amount", "issued", "status"), [(12_000_00, [12_000_00], "delivered"), (0, [], "payment_confirmed")]
)
def test_what_was_paid_for_is_issued_whatever_it_is(amount: int, issued: list[int], status: str) -> None:
    """Prices that no form takes come with a file, or are older than the limit. What cost nothing is worth nothing."""
    order = done(carts.order(carts.cart((product(amount=amount), 1))))
    assert (order.status, [one.balance_minor for one in own(order)]) == (status, issued)
    assert violations() == []


@pytest.mark.parametrize(
    ("is_ended", "to", "told"),
    [
        (False, "Gift card", "It is on your gift card again, under the same code."),
        (True, "Gift card (ended: nobody can spend it until you let it be spent again)",
         "It is on your gift card again, which is closed at present: please write to us."),
    ],
)  # fmt: skip
def test_what_goes_back_to_a_card_that_was_ended_is_said_to(is_ended: bool, to: str, told: str) -> None:
    returned.rule()
    gift = card(100_00)
    order = returned.delivered(carts.order(carts.cart((carts.product(), 1)), gift_cards={str(gift.pk): 32_55}))
    found = returned.back(returned.asked(order))
    if is_ended:
        services.end(card_id=gift.pk, by="staff:1")
    seen = returns.simulate(return_id=found.pk, by="staff:1")
    assert [going.to for going in seen.goings] == [to]
    returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    mail.outbox.clear()
    done(order)
    assert sum(told in " ".join(one.body.split()) for one in mail.outbox) == 1


def test_an_unpaid_order_has_no_cards() -> None:
    order = carts.order(carts.cart((product(), 1)))
    bought.settle(order_id=order.pk)
    assert own(order) == []


def test_a_cancelled_order_takes_them_back() -> None:
    order = buy(2)
    bought.cancel_order(order_id=order.pk, by="guest")
    cards = own(order)
    assert [(one.is_active, one.balance_minor) for one in cards] == [(False, 0), (False, 0)]
    assert done(order).status == "refunded"
    assert selectors.with_code(code(cards[0])) is None
    assert violations() == []


def test_a_used_card_keeps_its_order_from_being_cancelled() -> None:
    order = buy(2)
    spend(own(order)[0], 1)
    with pytest.raises(orders.TransitionRefused, match="has been used"):
        bought.cancel_order(order_id=order.pk, by="guest")
    with pytest.raises(orders.TransitionRefused, match="has been used"):
        staff.pull(order_id=order.pk, trigger="cancel", by="staff")
    order.refresh_from_db()
    assert (order.status, [one.is_active for one in own(order)]) == ("delivered", [True, True])
    assert bought.is_spent(order.pk)


def test_staff_who_pull_the_trigger_take_the_cards_back_as_well() -> None:
    order = buy(2)
    assert not bought.is_spent(order.pk)
    staff.pull(order_id=order.pk, trigger="cancel", by="staff")
    assert [(one.is_active, one.balance_minor) for one in own(order)] == [(False, 0), (False, 0)]


def test_units_that_are_taken_off_take_the_unused_card() -> None:
    order = done(carts.order(carts.cart((product(), 2), (carts.product(amount=5000), 1))))
    first, second = own(order)
    spend(second, 100)
    line = order.lines.get(tax_class=GIFT_CARD)
    with pytest.raises(changes.EditRefused, match="has been used"):
        changes.cancel_units(order_id=order.pk, units={line.pk: 2}, reason="x", by="guest", only_unpicked=True)
    changes.cancel_units(order_id=order.pk, units={line.pk: 1}, reason="x", by="guest", only_unpicked=True)
    assert (left(first), left(second)) == (0, 4900)
    assert done(order).refunded_minor == 4999 + 200  # rounded down, and its share of the delivery
    assert [one.is_active for one in own(order)] == [False, True]
    assert violations() == []


def test_all_money_given_back_takes_what_is_left() -> None:
    order = buy(1)
    (card,) = own(order)
    spend(card, 1000)
    payments.request_refund(order_id=order.pk, amount=order.total, reason="Sorry", by="staff:1")
    assert (done(order).status, left(card)) == ("refunded", 0)
    assert violations() == []


def test_a_used_card_cannot_be_sent_back() -> None:
    returned.rule()
    order = returned.delivered(buy(2))
    first, second = own(order)
    spend(first, 100)
    assert [(row.units, row.objection) for row in returnable(order)] == [(1, "")]
    spend(second, 100)
    assert [(row.units, row.objection) for row in returnable(order)] == [(0, "It is a gift card that was used.")]


def test_promotions_leave_gift_cards_alone() -> None:
    promotions.coupon("SAVE10")
    cart = carts.cart((product(), 1), (carts.product(amount=2000), 1))
    cart.coupons = ["SAVE10"]
    cart.save(update_fields=["coupons"])
    order = carts.order(cart)
    gift, goods = order.lines.order_by("-unit_price_minor")
    assert (gift.discount_minor, goods.discount_minor) == (0, 200)
    assert (gift.tax_minor, goods.tax_minor > 0) == (0, True)


def sent(quantity: int = 2) -> Order:
    """So many cards that were bought and delivered, which may be returned."""
    returned.rule()
    return returned.delivered(buy(quantity))


def hold(card: GiftCard, minor: int = 100) -> Any:
    return spending.hold(
        card_id=card.pk, payment_id=db.uuid7(), amount=Money(minor, "USD"), document="", key=str(db.uuid7()),
        by="system",
    )  # fmt: skip


def can_be_spent(order: Order) -> list[bool]:
    now = db.clock()
    return [selectors.is_valid(one, now) for one in own(order)]


def test_a_card_that_is_being_returned_cannot_be_spent() -> None:
    order = sent(2)
    returned.asked(order)
    first, second = own(order)
    assert can_be_spent(order) == [True, False]
    with pytest.raises(spending.NotEnough):
        hold(second)
    shown = selectors.with_code(code(second))
    assert shown is not None
    assert wording.why_not(shown, "USD") == "This gift card is being returned and cannot be spent meanwhile."
    assert selectors.usable([first.pk, second.pk], "USD") == [selectors.with_code(code(first))]
    hold(first)
    assert [row.units for row in returnable(order)] == [0]


def test_a_return_that_comes_to_nothing_lets_the_card_go() -> None:
    order = sent(1)
    for end in (partial(returns.cancel, by="guest"), partial(returns.refuse, reason="No", by="staff:1")):
        found = returned.asked(order)
        assert can_be_spent(order) == [False]
        end(return_id=found.pk)
        assert can_be_spent(order) == [True]
    found = returned.back(returned.asked(order), outcome="damaged", is_accepted=False)
    assert can_be_spent(order) == [True]
    units = returned.units_by_line(found)
    returns.decide(return_id=found.pk, units=units, is_accepted=True, by="staff:1")
    assert can_be_spent(order) == [False]
    returns.decide(return_id=found.pk, units=units, is_accepted=False, by="staff:1")
    hold(own(order)[0])
    with pytest.raises(returns.ReturnRefused, match="was used"):
        returns.decide(return_id=found.pk, units=units, is_accepted=True, by="staff:1")


def test_settling_takes_the_blocked_card_back_at_once() -> None:
    order = sent(3)
    one, other = returned.asked(order), returned.asked(order)
    assert can_be_spent(order) == [True, False, False]
    returned.back(other)
    returns.reimburse(return_id=other.pk, by="staff:1")
    assert [(card.balance_minor, card.blocked_for) for card in own(order)] == [(5000, None), (0, None), (5000, one.pk)]
    hold(own(order)[0])
    done(order)
    assert [card.balance_minor for card in own(order)] == [4900, 0, 5000]
    assert violations() == []


def test_a_card_that_was_used_all_the_same_is_not_refunded() -> None:
    """The control: what was blocked before cards were, or what staff took off it."""
    order = sent(1)
    found = returned.back(returned.asked(order))
    spend(own(order)[0], 100)
    with pytest.raises(returns.ReturnRefused, match="was used"):
        returns.reimburse(return_id=found.pk, by="staff:1")
    order.refresh_from_db()
    assert (order.refunded_minor, left(own(order)[0])) == (0, 4900)
    units = returned.units_by_line(found)
    returns.decide(return_id=found.pk, units=units, is_accepted=False, by="staff:1")
    assert can_be_spent(order) == [True]
    assert violations() == []


def test_a_blocked_card_does_not_expire_under_the_return() -> None:
    order = sent(1)
    found = returned.asked(order)
    GiftCard.objects.update(expires_at=db.clock() - timedelta(days=1))
    assert services.expire() == 0
    returns.cancel(return_id=found.pk, by="guest")
    assert services.expire() == 1
    assert violations() == []
