"""What the line knows, and what it finds wrong with itself."""

from datetime import timedelta

import pytest

from inventory.reservations.models import Reservation
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from inventory.waitlist import selectors, services
from inventory.waitlist.models import WaitingEntry
from shop.core import db
from tests.factories.inventory import stocked
from tests.factories.waitlist import joined, lapse

pytestmark = pytest.mark.django_db


def offered() -> tuple[StockItem, WaitingEntry]:
    item = stocked(0)
    (entry,) = joined(item)
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=1, reason="delivery", by="test")
    services.offer(variant_id=item.variant_id)
    return item, WaitingEntry.objects.get(pk=entry)


def test_entries_take_two_queries_whatever_their_number(django_assert_num_queries) -> None:
    line = joined(stocked(0), 5)
    with django_assert_num_queries(2, using=db.INVENTORY):
        assert [entry.place for entry in selectors.entries(line).values()] == [1, 2, 3, 4, 5]


def test_the_longest_lines_first() -> None:
    short, long = stocked(0), stocked(0)
    joined(short), joined(long, 3)
    item, _entry = offered()
    assert selectors.lines() == [
        selectors.Line(long.variant_id, 3, 0),
        selectors.Line(short.variant_id, 1, 0),
        selectors.Line(item.variant_id, 0, 1),
    ]
    assert len(selectors.lines(limit=1)) == 1


def test_an_offer_without_its_units_is_found() -> None:
    _item, entry = offered()
    Reservation.objects.filter(reference=entry.pk).update(status="expired", ended_at=db.clock(db.INVENTORY))
    assert selectors.line_violations() == [f"entry {entry.pk} is offered 1 units, but 0 are held for it"]


def test_units_held_for_nobody_are_found() -> None:
    _item, entry = offered()
    WaitingEntry.objects.filter(pk=entry.pk).update(status="left", ended_at=db.clock(db.INVENTORY))
    assert selectors.line_violations() == [f"entry {entry.pk} is left, but 1 units are held for it"]


def test_a_hold_of_another_length_than_its_offer_is_found() -> None:
    _item, entry = offered()
    until = db.clock(db.INVENTORY) + timedelta(days=9)
    Reservation.objects.filter(reference=entry.pk).update(expires_at=until)
    (found,) = selectors.line_violations()
    assert found.startswith(f"units for entry {entry.pk} are held until")


def test_a_stock_item_that_does_not_know_is_found() -> None:
    item = stocked(0)
    joined(item)
    StockItem.objects.update(has_waiting=False)
    assert selectors.line_violations() == [
        f"variant {item.variant_id}: 1 wait, but its stock items say has_waiting = False"
    ]


def test_an_entry_that_an_unknown_order_took_is_found() -> None:
    _item, entry = offered()
    Reservation.objects.all().update(status="released", ended_at=db.clock(db.INVENTORY))
    nobody = db.uuid7()
    WaitingEntry.objects.update(status="taken", taken_by=nobody, ended_at=db.clock(db.INVENTORY))
    assert selectors.line_violations() == [
        f"entry {entry.pk} was taken by {nobody}, which holds nothing and was sold nothing"
    ]


def test_what_is_stuck_is_found() -> None:
    item, entry = offered()
    lapse(entry.pk)
    assert selectors.line_moves() == []
    late = db.clock(db.INVENTORY) - timedelta(minutes=11)
    WaitingEntry.objects.update(expires_at=late)
    (found,) = selectors.line_moves()
    assert found.startswith(f"entry {entry.pk} was offered units until")
    WaitingEntry.objects.update(status="waiting")
    StockItem.objects.filter(pk=item.pk).update(has_waiting=True, reserved=0, updated_at=late)
    (found,) = selectors.line_moves()
    assert found.startswith(f"units of variant {item.variant_id} are free since")
