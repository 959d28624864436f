"""Many orders are invoiced at once, with real connections: every number is there, and once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connections, transaction

from checkout.invoices import invariants, issuing, services
from checkout.invoices.models import Document, DocumentCounter
from checkout.orders import services as orders
from shop.core import db
from tests.concurrency.race import together, without_constraint
from tests.factories import invoices as factory
from tests.factories.checkout import ADDRESS
from tests.faults.report import LONG

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = 1000 if LONG else 60
THREADS = 12


def buy_and_settle(number: int) -> list[Document]:
    """One order from its payment to its papers. Every fifth is cancelled, every seventh rolled back at first."""
    order = factory.paid([(1 + number % 3, 999 + number, "standard")], [factory.VAT], shipping=number % 700)
    if number % 7 == 0:
        with transaction.atomic(using=db.DEFAULT):
            services.settle(order.pk)
            transaction.set_rollback(True, using=db.DEFAULT)
    issued = services.settle(order.pk)
    if number % 5 == 0:
        orders.cancel(order_id=order.pk, by="staff:1")
        issued += services.settle(order.pk)
    return issued


def numbers(kind: str) -> list[int]:
    return sorted(Document.objects.filter(kind=kind).values_list("position", flat=True))


def test_a_thousand_orders_at_once_have_every_number_once(schedules: Any) -> None:
    for _schedule in schedules(quick=1, long=1):
        outcomes = together([partial(buy_and_settle, number) for number in range(ORDERS)], threads=THREADS)
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert numbers("invoice") == list(range(1, ORDERS + 1))
        assert numbers("credit_note") == list(range(1, ORDERS // 5 + 1))
        assert len({one.number for issued in outcomes for one in issued}) == ORDERS + ORDERS // 5
    assert invariants.numbers_have_no_gaps() == []


def test_one_order_that_is_settled_by_many_at_once_has_one_invoice(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order = factory.paid([(2, 1000, "standard")])
        issued = together([partial(services.settle, order.pk)] * 6)
        assert sorted(len(papers) for papers in issued) == [0, 0, 0, 0, 0, 1]


def test_two_who_bill_somebody_else_at_once_issue_one_pair(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order = factory.paid([(2, 1000, "standard")])
        (invoice,) = services.settle(order.pk)
        again = partial(
            services.reissue, order_id=order.pk, seen=invoice.number, reason="Wrong name", by="staff:1",
            billing_address={**ADDRESS, "company": "Analytical Engines Ltd"},
        )  # fmt: skip
        outcomes = together([again] * 3)
        assert sorted(type(one).__name__ for one in outcomes) == ["ReissueRefused", "ReissueRefused", "list"]
        assert Document.objects.filter(order_id=order.pk).count() == 3
    assert invariants.numbers_have_no_gaps() == []


def test_two_who_make_the_first_file_at_once_store_the_same_one() -> None:
    (invoice,) = services.settle(factory.paid().pk)
    first, second = together([partial(services.pdf, invoice)] * 2)
    assert first == second == bytes(Document.objects.get(pk=invoice.pk).pdf)


def unlocked(parties: int) -> Callable[[str, int], DocumentCounter]:
    """A counter that is read without its lock; nobody goes on before everybody has read."""
    everybody_has_read = threading.Barrier(parties, timeout=10)

    def counter(series: str, year: int) -> DocumentCounter:
        found = DocumentCounter.objects.get(series=series, year=year)
        everybody_has_read.wait()
        return found

    return counter


def settle_two_unlocked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    services.settle(factory.paid().pk)  # the counter is there
    two = [factory.paid(), factory.paid()]
    with monkeypatch.context() as patch:
        patch.setattr(issuing.locking, "counter", unlocked(2))
        return together([partial(services.settle, order.pk) for order in two])


def test_control_without_the_lock_two_invoices_have_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        without_constraint("checkout_document", "document_number_once", using=db.DEFAULT),
        without_number_index(),
    ):
        outcomes = settle_two_unlocked(monkeypatch)
        assert [issued[0].position for issued in outcomes] == [2, 2]
        assert invariants.numbers_have_no_gaps() == [
            f"I7 series INV of {outcomes[0][0].year}: 3 documents up to number 2, the counter says 2"
        ]
        with connections[db.DEFAULT].cursor() as cursor:
            cursor.execute("TRUNCATE checkout_document")


def without_number_index() -> Any:
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'checkout_document'::regclass AND contype = 'u'"
            " AND conname LIKE 'checkout_document_number%'"
        )
        (name,) = cursor.fetchone()
    return without_constraint("checkout_document", name, using=db.DEFAULT)


def test_with_the_lock_removed_the_constraint_still_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = settle_two_unlocked(monkeypatch)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "list"]
    assert numbers("invoice") == [1, 2]
    assert invariants.numbers_have_no_gaps() == []
