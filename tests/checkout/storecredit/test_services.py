"""Accounts of store credit: sums, keys and limits."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from checkout.storecredit import invariants, rules, selectors, services
from checkout.storecredit.models import CreditAccount, CreditEntry
from shop.audit.models import AuditEntry
from shop.core import db
from shop.core.money import Money

pytestmark = pytest.mark.django_db


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def rich(minor: int = 2000):
    customer_id = db.uuid7()
    services.grant(customer_id=customer_id, amount=usd(minor), reason="Sorry", key="g", by="staff:1", document="ORD-1")
    return customer_id


def hold(customer_id, minor: int, payment_id=None, key: str = "h"):
    payment_id = payment_id or db.uuid7()
    services.hold(
        customer_id=customer_id, payment_id=payment_id, amount=usd(minor), document="ORD-2", key=key, by="system"
    )
    return payment_id


def test_a_grant_is_made_once_for_its_key_and_audited() -> None:
    customer_id = rich()
    services.grant(customer_id=customer_id, amount=usd(2000), reason="Sorry", key="g", by="staff:1", document="ORD-1")
    assert selectors.balance(customer_id, "USD") == usd(2000)
    with pytest.raises(services.KeyReused):
        services.grant(customer_id=customer_id, amount=usd(2001), reason="Sorry", key="g", by="staff:1")
    assert AuditEntry.objects.filter(action="credit.granted", actor="staff:1").count() == 1
    assert [(e.reason, e.document) for e in selectors.history(customer_id)] == [("Sorry", "ORD-1")]


def test_balances_of_currencies_and_customers_are_their_own() -> None:
    customer_id = rich()
    services.grant(customer_id=customer_id, amount=Money(500, "JPY"), reason="x", key="j", by="staff:1")
    assert selectors.balance(customer_id, "JPY") == Money(500, "JPY")
    assert selectors.balance(customer_id, "EUR") == Money(0, "EUR")
    assert selectors.balance(db.uuid7(), "USD") == selectors.balance(None, "USD") == usd(0)


def test_what_is_held_can_be_taken_in_parts_let_go_and_given_back() -> None:
    customer_id = rich()
    payment_id = hold(customer_id, 1500)
    assert selectors.balance(customer_id, "USD") == usd(500)
    services.take(payment_id=payment_id, amount=usd(600), key="t1", by="system")
    services.take(payment_id=payment_id, amount=usd(400), key="t2", by="system")
    services.release(payment_id=payment_id, key="r", by="system")
    services.release(payment_id=payment_id, key="r2", by="system")
    services.refund(payment_id=payment_id, amount=usd(1000), key="b", by="system")
    assert selectors.use_of(payment_id) == rules.Use(held=1500, taken=1000, released=500, refunded=1000)
    assert selectors.balance(customer_id, "USD") == usd(2000)
    assert invariants.balances_are_sums() == []


@pytest.mark.parametrize(
    ("command", "minor", "left"),
    [("hold", 2001, 2000), ("withdraw", 2001, 2000), ("take", 1501, 1500), ("refund", 1, 0)],
)
def test_more_than_there_is_is_refused_and_changes_nothing(command: str, minor: int, left: int) -> None:
    customer_id = rich()
    payment_id = hold(customer_id, 1500) if command in ("take", "refund") else db.uuid7()
    given = {
        "hold": {"customer_id": customer_id, "payment_id": payment_id, "document": ""},
        "withdraw": {"customer_id": customer_id, "reason": "wrong"},
        "take": {"payment_id": payment_id},
        "refund": {"payment_id": payment_id},
    }[command]
    before = CreditEntry.objects.count()
    with pytest.raises(services.NotEnough) as refused:
        getattr(services, command)(amount=usd(minor), key="x", by="system", **given)
    assert (refused.value.left, CreditEntry.objects.count()) == (usd(left), before)


@pytest.mark.parametrize("minor", [0, -1])
def test_amounts_are_positive(minor: int) -> None:
    with pytest.raises(services.BadAmount):
        services.grant(customer_id=db.uuid7(), amount=usd(minor), reason="x", key="k", by="staff:1")


def test_the_database_itself_keeps_balances_above_zero() -> None:
    customer_id = rich()
    with pytest.raises(IntegrityError, match="credit_not_negative"), transaction.atomic(using=db.DEFAULT):
        CreditAccount.objects.filter(customer_id=customer_id).update(balance_minor=-1)


def test_a_balance_that_is_not_the_sum_is_found() -> None:
    CreditAccount.objects.filter(customer_id=rich()).update(balance_minor=1999)
    [of_account, of_ledger] = invariants.balances_are_sums()
    assert "the balance is 1999, its entries come to 2000" in of_account
    assert of_ledger == "I7 store credit in USD: customers have 1999, the ledger says that we owe 2000"


def test_an_entry_that_the_ledger_knows_nothing_of_is_found() -> None:
    entry = CreditEntry.objects.create(
        account=CreditAccount.objects.get(customer_id=rich()), kind="granted", amount_minor=5, balance_minor=2005,
        actor="staff:1", key="by hand",
    )  # fmt: skip
    CreditAccount.objects.update(balance_minor=2005)
    assert invariants.balances_are_sums() == [
        f"I7 store credit entry {entry.pk} changed a balance by 5, the ledger says 0",
        "I7 store credit in USD: customers have 2005, the ledger says that we owe 2000",
    ]
