"""Whatever is returned, edited and refunded, in whatever order: no minor unit is made and none is lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from checkout.fulfilment.models import ShipmentLine
from checkout.invoices import selectors as documents
from checkout.invoices import services as invoices
from checkout.orders import locking, revising
from checkout.orders.models import Order, OrderLine
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import invariants, selectors
from checkout.returns import services as returns
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as orders
from tests.factories import invoices as papers
from tests.factories import returns as make
from tests.faults.report import LONG
from tests.invariants import violations

if TYPE_CHECKING:
    from cart.pricing.selectors import QuotedLine

pytestmark = pytest.mark.django_db


def asked_back(order: Order) -> int:
    return sum(Refund.objects.filter(order_id=order.pk).values_list("amount_minor", flat=True))


class Story:
    """An order of which most has arrived, and a merchant who does one thing after the other with it."""

    def __init__(self, seed: int, *, keeps_delivery: bool | None = None, sends_all: bool = False) -> None:
        self.dice = random.Random(seed)
        keeps = self.dice.random() < 0.5 if keeps_delivery is None else keeps_delivery
        make.rule(refunds_delivery=not keeps)
        carts.coupon("SAVE10")
        prices = [self.dice.randrange(1, 9999) for _n in range(self.dice.randint(1, 3))]
        bought = [(carts.product(amount=price), self.dice.randint(1, 5)) for price in prices]
        self.order = make.bought(*bought, coupon="SAVE10")
        sent = ShipmentLine.objects.filter(order_id=self.order.pk, quantity__gt=1)
        for line in () if sends_all else sent:  # the rest is still here
            line.quantity = line.picked = self.dice.randint(1, line.quantity)
            line.save(update_fields=["quantity", "picked"])
        self.kept = 0  # of delivery, by what was said of each return

    def go_through(self) -> None:
        """All that may happen to an order, in an order of its own, and more of it by chance."""
        steps = [self.give_back, self.give_back, self.take_off, self.be_kind, self.add_on, self.swap]
        steps += self.dice.choices(steps, k=2)
        self.dice.shuffle(steps)
        for step in steps:
            self.go(step)

    def go(self, step: Callable[[], int | None]) -> None:
        """One step; it returns what was given for nothing."""
        stays = self.stays()
        given = step() or 0
        self.order.refresh_from_db()
        self.check(stays - given)

    def stays(self) -> int:
        """What was taken and is not asked to go back."""
        return self.order.captured_minor - asked_back(self.order)

    def give_back(self) -> None:
        rows = [row for row in selectors.returnable(self.order) if row.units]
        if not rows:
            return
        some = self.dice.sample(rows, self.dice.randint(1, len(rows)))
        reason = self.dice.choice(["changed_mind", "damaged"])
        wanted = [make.wanted(row.line, self.dice.randint(1, row.units), reason=reason) for row in some]
        found = make.back(make.asked(self.order, *wanted), is_accepted=True)
        owed = max(0, -self.order.balance_minor - asked_back(self.order) + self.order.refunded_minor)
        before, due = asked_back(self.order), self.order.due_minor
        seen = returns.simulate(return_id=found.pk, by="staff:1")
        done = returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
        sent = sum(going.amount.minor for going in done.goings)
        assert asked_back(self.order) - before == sent
        assert owed == 0
        self.kept += sum(one.kept for one in seen.lines)
        assert done.due.minor == max(0, due - done.amount.minor)

    def take_off(self) -> None:
        """A unit that has not left is taken off the order."""
        if here := self.here():
            self.change(removed={self.dice.choice(here).pk: 1})

    def add_on(self) -> None:
        """Something is added, which the shopper does not pay at once. Not to an order that is over."""
        if self.order.status != "returned":
            self.change(added=self.more())

    def swap(self) -> None:
        """A unit that has not left is taken off for something else: it is delivered as before."""
        if here := self.here():
            before = self.order.shipping_minor
            self.change(removed={self.dice.choice(here).pk: 1}, added=self.more())
            self.order.refresh_from_db()
            assert self.order.shipping_minor == before

    def here(self) -> list[OrderLine]:
        return [row.line for row in selectors.returnable(self.order) if row.line.quantity > row.shipped]

    def more(self) -> Sequence[QuotedLine]:
        wanted = [(self.dice.randint(1, 3), self.dice.randrange(1, 2000), "standard")]
        return papers.quote(wanted, [papers.VAT], currency=self.order.currency).lines

    def change(self, **what: Any) -> None:
        with transaction.atomic(using=db.DEFAULT):
            order = locking.order(self.order.pk)
            revising.revise(order=order, kind="edit", by="staff:1", reason="test", **what)
        payments.settle(order_id=self.order.pk, by="staff:1", reason="edit")

    def be_kind(self) -> int:
        left = min(self.order.due_minor, self.stays())
        if left < 2:
            return 0
        amount = Money(self.dice.randrange(1, left), self.order.currency)
        payments.request_refund(order_id=self.order.pk, amount=amount, reason="", by="staff:1")
        return amount.minor

    def check(self, stayed: int) -> None:
        """Of what `stayed` before, what the order does not cost any more goes back, and nothing else; lines and papers
        add up to what it costs."""
        order = self.order
        assert self.stays() == min(stayed, order.due_minor)
        assert order.due_minor >= 0
        lines = list(OrderLine.objects.filter(order=order).order_by("position"))
        assert order.total_minor == sum(revising.whole(line).value for line in lines)
        assert all(revising.rest(line).value >= 0 for line in lines)
        assert sum(revising.kept(line).value for line in lines) == self.kept
        assert invariants.worth_is_given_back() == []
        invoices.settle(order.pk)
        issued = documents.complete(order.pk)
        assert sum(-one.gross_minor if one.is_credit else one.gross_minor for one in issued) == order.due_minor
        assert documents.issued(issued) == documents.standing(order, lines)


@pytest.mark.parametrize("seed", range(400 if LONG else 6))
def test_no_sequence_makes_or_loses_a_cent(seed: int) -> None:
    """Partial returns, with delivery kept or not, edits both ways and goodwill, in every order that there is."""
    carts.rates()
    story = Story(seed)
    story.go_through()
    assert [one for one in violations() if "return" in one.lower() or one.startswith("I6")] == []


@pytest.mark.parametrize("seed", range(100 if LONG else 3))
def test_what_was_kept_is_what_stays_whatever_becomes_of_the_rest(seed: int) -> None:
    """Returns that keep their delivery among edits; then all that is left is taken off or comes back."""
    carts.rates()
    story = Story(seed, keeps_delivery=True)
    for step in story.dice.choices([story.give_back, story.take_off, story.add_on, story.swap], k=5):
        story.go(step)
    while here := story.here():
        story.go(partial(story.change, removed={here[0].pk: 1}))
    while any(row.units for row in selectors.returnable(story.order)):
        story.go(story.give_back)
    assert story.order.due_minor == story.stays() == story.kept


@pytest.mark.parametrize("seed", range(100 if LONG else 3))
def test_all_of_it_back_in_parts_is_all_of_the_money(seed: int) -> None:
    """Discount, tax and delivery of the units that came back one after the other: exactly what was paid."""
    carts.rates()
    story = Story(seed, keeps_delivery=False, sends_all=True)
    story.go(story.be_kind)
    while any(row.units for row in selectors.returnable(story.order)):
        story.go(story.give_back)
    assert (story.order.due_minor, story.stays(), story.order.status) == (0, 0, "returned")
    assert asked_back(story.order) == story.order.captured_minor == story.order.total_minor
    assert documents.issued(documents.complete(story.order.pk)) == {}


def test_what_was_free_comes_back_for_nothing() -> None:
    make.rule()
    order = make.delivered(orders.placed(price=0, shipping=0))
    found = make.back(make.asked(order))
    seen = returns.simulate(return_id=found.pk, by="staff:1")
    assert (seen.amount.minor, seen.goings, seen.balance.minor) == (0, (), 0)
    returns.reimburse(return_id=found.pk, by="staff:1", seen=seen.mark)
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert (order.status, order.due_minor, asked_back(order)) == ("returned", 0, 0)
    assert documents.issued(documents.complete(order.pk)) == {}
    assert violations() == []
