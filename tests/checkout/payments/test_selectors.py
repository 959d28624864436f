"""What the order's page goes by: where an order stands that was made dearer, however its parts are paid."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.changes import services as changes
from checkout.orders.models import Order
from checkout.payments import selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.receivables.models import Receivable
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.changes import bought, money, now

pytestmark = pytest.mark.django_db
BY = "staff:1"


@pytest.fixture
def order(settings: Any) -> Order:
    """48.49 on invoice; 10.63 were added to it since."""
    settings.BANK_TRANSFER = {"account_holder": "Holdfast", "iban": "GB33BUKB20201555555555"}
    carts.rates()
    mug, bowl = carts.product(amount=2000), carts.product(amount=1000)
    made = bought((mug, 2), provider="invoice", token="", method="invoice")
    changes.edit(order_id=made.pk, seen_revision=0, added={carts.variant_of(bowl).pk: 1}, reason="", by=BY)
    outbox.drain(rounds=50, mails=False)
    assert money(made) == (5912, 0, 0, 5912)
    return made


def told(order: Order) -> tuple[str, str, int, str]:
    """What its page goes by: state, step, what is asked for; and the state of its payment."""
    standing = selectors.standing(now(order))
    return standing.state, standing.step, standing.amount.minor if standing.amount else 0, now(order).payment_state


@pytest.mark.parametrize(
    ("provider", "minor", "expected", "promised"),
    [
        ("invoice", 4849, ("balance", "awaiting_transfer", 1063, "partly_paid"), 0),
        ("invoice", 4949, ("balance", "awaiting_transfer", 963, "partly_paid"), 0),
        ("invoice", 2000, ("balance", "awaiting_transfer", 1063, "partly_paid"), 2849),
        ("invoice", 5912, ("confirmed", "", 0, "paid"), 0),  # both as one sum
        ("bank_transfer", 1063, ("confirmed", "", 0, "partly_paid"), 4849),
        ("bank_transfer", 63, ("balance", "awaiting_transfer", 1000, "partly_paid"), 4849),
        # the invoice's sum, taken for the transfer's: what is still to come of both is the same
        ("bank_transfer", 4849, ("confirmed", "", 0, "partly_paid"), 1063),
        ("bank_transfer", 5912, ("confirmed", "", 0, "paid"), 0),
    ],
)
def test_a_balance_that_waits_as_a_transfer_beside_an_invoice(
    order: Order, provider: str, minor: int, expected: tuple[str, str, int, str], promised: int
) -> None:
    """It is confirmed only if nothing is to come but what the invoice itself still asks for."""
    payments.retry(order_id=order.pk, provider="bank_transfer", token="", by="guest")
    for _before_and_after_a_worker in range(2):
        assert told(order) == ("balance", "awaiting_transfer", 1063, "due")
        outbox.drain(rounds=50, mails=False)
    payment = Payment.objects.get(order=order, provider=provider)
    payments.record_transfer(
        payment_id=payment.pk, amount=order.money(minor), statement_id="1", at=db.clock(), by=BY
    )  # fmt: skip
    for _before_and_after_a_worker in range(2):
        assert told(order) == expected
        outbox.drain(rounds=50, mails=False)
    assert Receivable.objects.get().open.minor == promised
    assert violations(ask_provider=False) == []


@pytest.mark.parametrize(
    ("provider", "step"), [("cash", ""), ("bank_transfer", "awaiting_transfer")]
)  # how the rest comes: nobody takes it by itself
def test_a_part_that_was_paid_at_the_desk_leaves_the_rest_to_be_paid(order: Order, provider: str, step: str) -> None:
    payments.record_received(order_id=order.pk, provider=provider, amount=order.money(63), receipt="1", by=BY)
    outbox.drain(rounds=50, mails=False)
    assert told(order) == ("balance", step, 1000, "partly_paid")
    if step:
        assert selectors.standing(now(order)).instructions["amount"] == "$10.00"
    payments.retry(order_id=order.pk, provider="bank_transfer", token="", by="guest")
    assert told(order) == ("balance", "awaiting_transfer", 1000, "partly_paid")


def test_a_transfer_that_came_in_part_is_told_with_what_has_still_to_come() -> None:
    order = make.placed(provider="bank_transfer", token="")
    outbox.drain()
    payment = make.payment_of(order)
    for minor, rest in ((1000, "$20.00"), (1950, "$0.50")):
        payments.record_transfer(
            payment_id=payment.pk, amount=Money(minor, "USD"), statement_id=str(minor), at=db.clock(), by="staff:1"
        )
        standing = selectors.standing(Order.objects.get(pk=order.pk))
        assert (standing.state, standing.instructions["amount"]) == ("awaiting_transfer", rest)
