"""What was recorded before there was a ledger is posted by its migration as if it had been there."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connections

from checkout.ledger.models import LedgerEntry
from checkout.payments import invariants, rules
from checkout.payments.models import Payment, PaymentEvent
from shop.core import db
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


def recorded(*facts: tuple[str, str, int]) -> Payment:
    """A payment with these facts (kind, reference, minor units) and no word of them in the ledger."""
    payment = make.payment_of(make.placed())
    for kind, reference, minor in facts:
        PaymentEvent.objects.create(
            payment=payment, order_id=payment.order_id, kind=kind, reference=reference, amount_minor=minor,
            currency="USD", source="charge",
        )  # fmt: skip
    known = rules.sums(rules.Entry(*fact) for fact in facts)
    Payment.objects.filter(pk=payment.pk).update(
        authorised_minor=max(0, known.authorised - known.voided), captured_minor=known.captured,
        refunded_minor=known.refunded,
    )  # fmt: skip
    return payment


@pytest.mark.parametrize(
    "facts",
    [
        [("authorised", "ch", 3000), ("captured", "ch", 3000)],
        [("authorised", "ch", 3000)],
        [("authorised", "ch", 3000), ("voided", "ch", 3000)],
        [("authorised", "ch", 3000), ("captured", "ch", 1200)],
        [("captured", "ch", 3000), ("refund_pending", "re", 1000), ("refunded", "re", 1000)],
        [("captured", "ch", 3000), ("refund_pending", "re", 1000)],
        [("captured", "ch", 3000), ("refunded", "re", 1000), ("refund_failed", "re", 1000)],
        [("failed", "pi", 3000)],
    ],
)
def test_old_facts_are_posted(facts: list[tuple[str, str, int]]) -> None:
    recorded(*facts)
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(import_module("checkout.migrations.0002_ledger").POST_HISTORY)
    assert [one for one in invariants.ledger_balances() if "the ledger does not say" in one] == []
    assert LedgerEntry.objects.exists() == (
        facts[0][0] != "failed" and len({kind for kind, _r, _m in facts} & {"voided"}) == 0
    )


def test_without_it_the_ledger_lacks_them() -> None:
    """The negative control."""
    payment = recorded(("captured", "ch", 3000))
    found = [one for one in invariants.ledger_balances() if "the ledger does not say" in one]
    assert found == [f"I7 payment {payment.pk}: the ledger does not say what its facts in USD say"]
