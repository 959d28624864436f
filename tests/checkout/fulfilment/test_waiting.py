"""Parcels whose units could not be found, until these come."""

from __future__ import annotations

import pytest

from checkout.fulfilment import services as fulfilment
from checkout.fulfilment import tasks
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.warehouse import selectors as warehouse
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from shop.audit.models import AuditEntry
from tests.factories import warehouse as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db
BY = make.BY


def waits(*items: StockItem) -> Shipment:
    """A parcel with three units of each of these, none of which was on the shelf."""
    shipment = make.parcel(items, quantity=3)
    lines = ShipmentLine.objects.filter(shipment=shipment)
    fulfilment.short(shipment_id=shipment.pk, units={line.pk: 3 for line in lines}, then="wait", by=BY)
    return shipment


def came(item: StockItem, units: int) -> None:
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=units, reason="delivery", by=BY)


def offered() -> list[Shipment]:
    """What the pickers are offered once those that waited have been looked through."""
    tasks.end_waiting()
    return list(warehouse.to_pick(Shipment.objects.filter(is_waiting=False)).order_by("id"))


@pytest.mark.parametrize("in_books", [0, 2, 3])
def test_a_parcel_is_picked_once_its_units_came(in_books: int) -> None:
    item = stocked(3)
    shipment = waits(item)
    stock.recount(stock_item_id=item.pk, on_hand=in_books, reason="counted", by=BY)
    came(item, 3 - in_books) if in_books < 3 else None
    assert offered() == [shipment]
    assert warehouse.next_to_pick(location_id=item.location_id, most=9) == [shipment.pk]
    assert (tasks.end_waiting(), AuditEntry.objects.filter(action="shipment.units_came").count()) == (None, 1)


def test_it_waits_for_all_of_them() -> None:
    item, other = stocked(3), stocked(3)
    shipment = waits(item, other)
    came(item, 3)
    came(other, 2)
    assert offered() == []
    came(other, 1)
    assert offered() == [shipment]


def test_what_the_books_had_when_nobody_found_it_is_not_offered_again() -> None:
    item = stocked(9)
    came(item, 5)  # before some were missed
    shipment = waits(item)
    assert offered() == []
    came(item, 1)
    assert offered() == [shipment]


def test_where_the_books_knew_of_none_any_unit_has_come_since() -> None:
    item = stocked(3)
    shipment = make.parcel([item], quantity=3)
    stock.recount(stock_item_id=item.pk, on_hand=0, reason="counted", by=BY)
    line = ShipmentLine.objects.get(shipment=shipment)
    fulfilment.short(shipment_id=shipment.pk, units={line.pk: 3}, then="wait", by=BY)
    assert offered() == []
    came(item, 3)
    assert offered() == [shipment]


def test_a_parcel_that_is_over_or_picked_does_not_wait(django_assert_num_queries: object) -> None:
    shipment = waits(stocked(3))
    make.cancel(shipment)
    with django_assert_num_queries(1):  # type: ignore[operator]
        tasks.end_waiting()
    assert Shipment.objects.get(pk=shipment.pk).is_waiting is True
