"""Races for units that go to another location; each has a twin without the protection that must see the fault."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from inventory.reservations import services as reservations
from inventory.stock import locking as stock_locking
from inventory.stock.models import StockItem, StockMovement
from inventory.transfers import locking, selectors, services
from inventory.transfers.models import Transfer
from shop.core import db
from tests.concurrency.race import together
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.transfers import drafted, sent
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db(transaction=True)


def buy(item: StockItem) -> UUID:
    reference = uuid4()
    reservations.reserve(quantities={item.variant_id: 1}, reference=reference, ttl=timedelta(minutes=15), by="guest")
    return reference


def send(row: Transfer) -> bool:
    return services.send(transfer_id=row.pk, by="staff:1")


def test_two_people_send_one_transfer_and_it_leaves_once() -> None:
    item = stocked(10)
    row = drafted(item, 4)
    outcomes = together([partial(send, row)] * 4)
    assert sorted(outcomes) == [False, False, False, True]
    assert counters(item) == (6, 0, 0, 0)
    assert StockMovement.objects.filter(document=row.document).count() == 1
    assert_adds_up()
    assert selectors.transfer_violations() == []


def test_control_without_the_lock_it_leaves_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(10)
    row = drafted(item, 4)
    both_have_read = threading.Barrier(2, timeout=10)

    def unlocked(transfer_id: UUID) -> Transfer:
        found = Transfer.objects.get(pk=transfer_id)
        both_have_read.wait()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(locking, "transfer", unlocked)
        assert together([partial(send, row)] * 2) == [True, True]
    assert counters(item) == (2, 0, 0, 0)
    assert selectors.transfer_violations() == [f"transfer {row.pk}: 4 units are under way, but the ledger says 8"]


@pytest.mark.parametrize("attempt", range(3))
def test_the_last_unit_leaves_or_is_sold_never_both(attempt: int) -> None:
    item = stocked(1)
    row = drafted(item, 1)
    left, sold = together([partial(send, row), partial(buy, item)])
    assert (left is True) != isinstance(sold, UUID)
    assert isinstance(left, services.NotFree) or isinstance(sold, reservations.OutOfStock)
    assert counters(item) in {(0, 0, 0, 0), (1, 1, 0, 0)}
    assert_adds_up()
    assert selectors.transfer_violations() == []


def test_control_without_the_lock_the_last_unit_is_wanted_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both find it free; only the table's constraint is left to refuse the second."""
    item = stocked(1)
    rows = [drafted(item, 1), drafted(item, 1)]
    both_have_read, in_order = threading.Barrier(2, timeout=10), stock_locking.items_of

    def unlocked(variant_ids: Iterable[UUID]) -> list[StockItem]:
        items = list(StockItem.objects.using(db.INVENTORY).filter(variant_id__in=set(variant_ids)))
        both_have_read.wait()
        return items

    with monkeypatch.context() as patch:
        patch.setattr(stock_locking, "items_of", unlocked)
        outcomes = together([partial(send, row) for row in rows])
    assert in_order is stock_locking.items_of
    assert sorted(type(one).__name__ for one in outcomes) == ["IntegrityError", "bool"]
    assert any(isinstance(one, IntegrityError) for one in outcomes)
    assert counters(item) == (0, 0, 0, 0)


def test_one_parcel_booked_in_by_two_people_comes_once() -> None:
    item, place = stocked(10), LocationFactory()
    row = sent(item, 4, place)
    book = partial(services.receive, transfer_id=row.pk, units={item.variant_id: 2}, version=1, by="staff:1")
    outcomes = together([book] * 3)
    assert sorted(type(one).__name__ for one in outcomes) == ["TransferChanged", "TransferChanged", "bool"]
    assert StockItem.objects.get(location=place).on_hand == 2
    assert_adds_up()
    assert selectors.transfer_violations() == []
