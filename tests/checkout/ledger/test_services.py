"""What the database itself refuses, and what the books say of orders."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from checkout.ledger import invariants, selectors
from checkout.ledger.models import LedgerEntry
from checkout.payments import invariants as payment_invariants
from checkout.payments import services as payments
from checkout.payments.models import PaymentEvent
from checkout.payments.providers import base
from shop.core import db
from shop.core.money import Money
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


def rows(order: object) -> list[tuple[str, str, int]]:
    return [(row.debit, row.credit, row.amount_minor) for row in selectors.entries_of(order.pk)]  # type: ignore[attr-defined]


def test_a_paid_order_is_posted_once_however_often_it_is_told() -> None:
    order = make.paid()
    payment = make.payment_of(order)
    for _ in range(3):
        payments.record(payment_id=payment.pk, outcome=make.captured(payment), source="webhook")
    assert rows(order) == [
        ("holds:stripe", "promised", 3000),
        ("promised", "holds:stripe", 3000),
        ("provider_clearing:stripe", "customer_receivable", 3000),
    ]
    assert {one.account: one.amount.minor for one in selectors.balances()} == {
        "customer_receivable": -3000, "holds:stripe": 0, "promised": 0, "provider_clearing:stripe": 3000,
    }  # fmt: skip
    assert [*payment_invariants.ledger_balances(), *invariants.balanced()] == []


@pytest.mark.parametrize("change", [lambda rows: rows.update(amount_minor=1), lambda rows: rows.delete()])
def test_nobody_changes_what_was_posted(change: object) -> None:
    make.paid()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using=db.DEFAULT):
        change(LedgerEntry.objects.all())  # type: ignore[operator]
    assert LedgerEntry.objects.count() == 3


def test_money_of_another_currency_is_in_the_books_and_pays_nothing() -> None:
    order = make.placed()
    payment = make.payment_of(order)
    fact = base.Fact("captured", "ch_eur", Money(3000, "EUR"))
    payments.record(payment_id=payment.pk, outcome=base.Outcome("pi_1", "succeeded", (fact,)), source="webhook")
    assert [(row.debit, row.amount) for row in selectors.entries_of(order.pk)] == [
        ("provider_clearing:stripe", Money(3000, "EUR"))
    ]
    assert payment_invariants.ledger_balances() == []
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_pending", 0)


def test_I7_names_a_fact_that_was_not_posted() -> None:
    order = make.paid()
    payment = make.payment_of(order)
    event = PaymentEvent(
        payment=payment, order_id=order.pk, kind="fee", reference="fee_1", amount_minor=30, currency="USD", source="x"
    )
    PaymentEvent.objects.bulk_create([event])
    assert payment_invariants.ledger_balances() == [
        f"I7 payment {payment.pk}: the ledger does not say what its facts in USD say"
    ]


def test_I7_names_a_row_without_its_event_and_a_hold_below_zero() -> None:
    order = make.paid()
    stray = LedgerEntry.objects.create(
        order_id=order.pk, payment_id=db.uuid7(), event_id=db.uuid7(), debit="promised", credit="holds:stripe",
        amount_minor=5, currency="USD", is_reversal=True,
    )  # fmt: skip
    assert invariants.balanced() == [
        f"I7 ledger entry {stray.pk} cites event {stray.event_id} of another payment, or none",
        "I7 account holds:stripe is overdrawn in USD: -5",
    ]
