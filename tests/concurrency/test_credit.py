"""F25: store credit spent twice at the same time, with its negative control."""

from __future__ import annotations

from uuid import UUID

import pytest

from checkout.storecredit import invariants, locking, selectors, services
from checkout.storecredit.models import CreditAccount
from shop.core import db
from shop.core.money import Money
from tests.concurrency import race

pytestmark = pytest.mark.django_db(transaction=True)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def customer_id() -> UUID:
    key = db.uuid7()
    services.grant(customer_id=key, amount=usd(2000), reason="Sorry", key="g", by="staff:1")
    return key


def spend(customer_id: UUID, number: int) -> object:
    return services.hold(
        customer_id=customer_id, payment_id=db.uuid7(), amount=usd(1500), document="", key=f"h{number}", by="system"
    )


def test_F25_spent_twice_at_the_same_time_only_one_gets_it(customer_id: UUID) -> None:
    outcomes = race.together([lambda n=n: spend(customer_id, n) for n in range(6)])
    assert sum(isinstance(one, services.NotEnough) for one in outcomes) == 5
    assert selectors.balance(customer_id, "USD") == usd(500)
    assert invariants.balances_are_sums() == []


def test_F25_the_same_key_at_the_same_time_is_one_entry(customer_id: UUID) -> None:
    payment_id = db.uuid7()
    jobs = [
        lambda: services.hold(
            customer_id=customer_id, payment_id=payment_id, amount=usd(800), document="", key="h", by="system"
        )
    ] * 5
    outcomes = race.together(jobs)
    assert len({entry.pk for entry in outcomes}) == 1
    assert selectors.balance(customer_id, "USD") == usd(1200)


def test_F25_given_back_twice_at_the_same_time_comes_back_once(customer_id: UUID) -> None:
    payment_id = db.uuid7()
    services.hold(customer_id=customer_id, payment_id=payment_id, amount=usd(800), document="", key="h", by="system")
    race.together([lambda n=n: services.release(payment_id=payment_id, key=f"r{n}", by="system") for n in range(4)])
    assert selectors.balance(customer_id, "USD") == usd(2000)
    assert invariants.balances_are_sums() == []


def test_F25_without_the_lock_the_balance_is_no_longer_the_sum(
    customer_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: two read the same balance, both spend, and the ledger shows what the lock prevents."""
    stale = CreditAccount.objects.get(customer_id=customer_id)
    monkeypatch.setattr(locking, "account", lambda *_about: CreditAccount.objects.get(pk=stale.pk))
    first, second = CreditAccount.objects.get(pk=stale.pk), CreditAccount.objects.get(pk=stale.pk)
    for number, read in enumerate((first, second)):
        monkeypatch.setattr(locking, "account", lambda *_about, read=read: read)
        spend(customer_id, number)
    assert len(invariants.balances_are_sums()) == 1
