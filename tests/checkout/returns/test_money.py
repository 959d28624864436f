"""Whatever is returned, edited and refunded, in whatever order: no minor unit is made and none is lost."""

from __future__ import annotations

import random

import pytest
from django.db import transaction

from checkout.fulfilment.models import ShipmentLine
from checkout.orders import locking, revising
from checkout.orders.models import Order, OrderLine
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import invariants, selectors
from checkout.returns import services as returns
from shop.core import db
from shop.core.money import Money
from tests.factories import cart as carts
from tests.factories import returns as make
from tests.invariants import violations

pytestmark = pytest.mark.django_db


def asked_back(order: Order) -> int:
    return sum(Refund.objects.filter(order_id=order.pk).values_list("amount_minor", flat=True))


class Story:
    """An order of which most has arrived, and a merchant who does one thing after the other with it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        make.rule(refunds_delivery=self.dice.random() < 0.5)
        carts.coupon("SAVE10")
        prices = [self.dice.randrange(1, 9999) for _n in range(self.dice.randint(1, 3))]
        bought = [(carts.product(amount=price), self.dice.randint(1, 5)) for price in prices]
        self.order = make.bought(*bought, coupon="SAVE10")
        for line in ShipmentLine.objects.filter(order_id=self.order.pk, quantity__gt=1):  # the rest is still here
            line.quantity = line.picked = self.dice.randint(1, line.quantity)
            line.save(update_fields=["quantity", "picked"])

    def go_on(self) -> None:
        step = self.dice.choice([self.give_back, self.give_back, self.take_off, self.be_kind])
        step()
        self.order.refresh_from_db()
        self.check()

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
        assert done.due.minor == max(0, due - done.amount.minor)

    def take_off(self) -> None:
        """A unit that has not left is taken off the order."""
        with transaction.atomic(using=db.DEFAULT):
            order = locking.order(self.order.pk)
            here = [row.line for row in selectors.returnable(order) if row.line.quantity > row.shipped]
            if here:
                removed = {self.dice.choice(here).pk: 1}
                revising.revise(order=order, kind="edit", removed=removed, by="staff:1", reason="test")
        payments.settle(order_id=self.order.pk, by="staff:1", reason="edit")

    def be_kind(self) -> None:
        left = self.order.due_minor
        if left > 1:
            amount = Money(self.dice.randrange(1, left), self.order.currency)
            payments.request_refund(order_id=self.order.pk, amount=amount, reason="", by="staff:1")

    def check(self) -> None:
        """What was taken = what the order still costs + what goes back; lines add up to it."""
        order = self.order
        assert order.captured_minor == order.due_minor + asked_back(order)
        assert order.due_minor >= 0
        lines = list(OrderLine.objects.filter(order=order))
        assert order.total_minor == sum(revising.whole(line).value for line in lines)
        assert all(revising.live(line).value >= 0 for line in lines)
        assert invariants.worth_is_given_back() == []


@pytest.mark.parametrize("seed", range(6))
def test_no_sequence_makes_or_loses_a_cent(seed: int) -> None:
    carts.rates()
    story = Story(seed)
    for _step in range(6):
        story.go_on()
    assert [one for one in violations() if "return" in one.lower() or one.startswith("I6")] == []
