"""Purchase orders from the draft to the end, and what ought to be ordered."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory.stock import selectors as stock
from inventory.stock.models import StockItem
from inventory.suppliers import receiving, selectors, services
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine
from inventory.suppliers.services import PurchaseRefused, Wanted
from inventory.transfers import services as transfers
from shop.audit.models import AuditEntry
from shop.core import db
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.suppliers import SupplierFactory, drafted, offered, ordered

pytestmark = pytest.mark.django_db


def status(order: PurchaseOrder) -> str:
    order.refresh_from_db()
    return order.status


def test_a_draft_has_a_number_the_suppliers_currency_and_its_lines() -> None:
    item = stocked(0)
    order = drafted((item, 12))
    assert re.fullmatch(r"PO-2\d{3}\d{6}", order.number)
    assert (order.status, order.currency, order.ordered_at, order.actor) == ("draft", "USD", None, "staff:1")
    line = order.lines.get()
    assert (line.variant_id, line.sku, line.ordered, line.received, line.cost_minor) == (
        item.variant_id, item.sku, 12, 0, 250,
    )  # fmt: skip
    assert selectors.incoming([item.variant_id]) == {}


def test_numbers_never_repeat() -> None:
    item = stocked(0)
    assert len({drafted((item, 1)).number for _ in range(3)}) == 3


@pytest.mark.parametrize(
    "lines",
    [
        [(0, 0)],
        [(1_000_001, 0)],
        [(1, -1)],
    ],
)
def test_impossible_lines_are_refused(lines: list[tuple[int, int]]) -> None:
    item, supplier = stocked(0), SupplierFactory()
    wanted = [Wanted(item.variant_id, item.sku, units, cost) for units, cost in lines]
    with pytest.raises(PurchaseRefused):
        services.draft(supplier_id=supplier.pk, location_id=item.location_id, lines=wanted, by="staff:1")
    assert PurchaseOrder.objects.count() == 0


def test_the_same_variant_twice_is_refused() -> None:
    item = stocked(0)
    with pytest.raises(PurchaseRefused):
        drafted((item, 1), (item, 2))


def test_a_draft_can_be_revised_until_it_is_ordered() -> None:
    one, other = stocked(0), stocked(0)
    order = drafted((one, 5))
    change = {"order_id": order.pk, "location_id": one.location_id, "note": "soon, please", "by": "staff:2"}
    services.revise(lines=[Wanted(other.variant_id, other.sku, 7)], **change)
    assert [(line.sku, line.ordered) for line in order.lines.all()] == [(other.sku, 7)]
    services.place(order_id=order.pk, by="staff:1")
    with pytest.raises(PurchaseRefused):
        services.revise(lines=[], **change)
    assert order.lines.count() == 1


def test_ordering_makes_its_units_incoming_after_the_lead_time() -> None:
    item, place = stocked(0), LocationFactory()
    order = ordered((item, 5), location=place)
    assert (order.status, order.expected_on) == ("ordered", (db.clock() + timedelta(days=7)).date())
    assert abs(order.ordered_at - timezone.now()) < timedelta(minutes=1)
    ordered((item, 3), location=place)
    assert selectors.incoming([item.variant_id, uuid4()]) == {(item.variant_id, place.id): 8}


def test_an_empty_draft_cannot_be_ordered() -> None:
    item = stocked(0)
    order = services.draft(supplier_id=SupplierFactory().pk, location_id=item.location_id, lines=[], by="staff:1")
    with pytest.raises(PurchaseRefused):
        services.place(order_id=order.pk, by="staff:1")
    assert status(order) == "draft"


@pytest.mark.parametrize("act", [services.place, services.cancel, services.close_short])
def test_what_has_ended_stays_as_it_is(act) -> None:
    order = ordered((stocked(0), 5))
    services.cancel(order_id=order.pk, by="staff:1")
    with pytest.raises(PurchaseRefused, match="Cancelled"):
        act(order_id=order.pk, by="staff:1")
    assert status(order) == "cancelled"


def test_a_cancelled_order_brings_nothing() -> None:
    item = stocked(0)
    order = ordered((item, 5))
    services.cancel(order_id=order.pk, by="staff:1")
    assert selectors.incoming([item.variant_id]) == {}


def test_closing_short_ends_what_came_in_part() -> None:
    item = stocked(0)
    order = ordered((item, 5))
    with pytest.raises(PurchaseRefused):
        services.close_short(order_id=order.pk, by="staff:1")
    receiving.receive(order_id=order.pk, quantities={order.lines.get().pk: 2}, key="a", by="staff:1")
    with pytest.raises(PurchaseRefused):
        services.cancel(order_id=order.pk, by="staff:1")
    services.close_short(order_id=order.pk, by="staff:1")
    assert status(order) == "closed_short"
    assert order.ended_at is not None
    assert selectors.incoming([item.variant_id]) == {}


def test_every_step_is_in_the_audit_log() -> None:
    order = ordered((stocked(0), 5))
    services.cancel(order_id=order.pk, by="staff:9")
    entries = AuditEntry.objects.using(db.INVENTORY).filter(object_id=str(order.pk)).order_by("id")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("purchase_order.draft", "staff:1"),
        ("purchase_order.place", "staff:1"),
        ("purchase_order.cancel", "staff:9"),
    ]


def test_the_database_itself_refuses_more_than_the_cap() -> None:
    line = drafted((stocked(0), 10)).lines.get()
    PurchaseOrderLine.objects.filter(pk=line.pk).update(received=11)
    with pytest.raises(IntegrityError), transaction.atomic(using=db.INVENTORY):
        PurchaseOrderLine.objects.filter(pk=line.pk).update(received=12)


class TestReordering:
    def test_what_is_low_is_suggested_in_whole_packs(self) -> None:
        item = stocked(3, low=10)
        offer = offered(item, pack_size=6, minimum=1, cost_minor=200)
        (one,) = selectors.suggestions()
        assert (one.item, one.supplier_id, one.location_id) == (offer, offer.supplier_id, item.location_id)
        assert (one.available, one.incoming, one.threshold, one.quantity) == (3, 0, 10, 18)
        assert one.cost.minor == 3600

    def test_what_is_on_its_way_counts(self) -> None:
        item = stocked(3, low=10)
        offered(item)
        ordered((item, 7))
        assert [one.incoming for one in selectors.suggestions()] == [7]
        ordered((item, 1))
        assert selectors.suggestions() == []

    def test_what_comes_from_another_location_counts_too(self) -> None:
        place = LocationFactory()
        here = stocked(50, low=10)
        there = stocked(3, variant_id=here.variant_id, location=place.code, low=10)
        offered(there)
        transfer = transfers.draft(source=here.location.code, target=place.code, units={here.sku: 6}, by="staff:1")
        transfers.send(transfer_id=transfer.pk, by="staff:1")
        assert [(one.available, one.incoming, one.quantity) for one in selectors.suggestions()] == [(3, 6, 11)]
        ordered((there, 2))
        assert selectors.suggestions() == []
        assert stock.under_way(variant_id=here.variant_id, location_id=place.pk) == 8

    def test_what_is_not_low_or_nobody_delivers_is_not_suggested(self) -> None:
        offered(stocked(11, low=10))
        stocked(0, low=10)
        offered(stocked(0, low=10), SupplierFactory(is_active=False))
        assert selectors.suggestions() == []

    def test_the_first_supplier_by_priority_is_asked(self) -> None:
        item = stocked(0, low=10)
        offered(item, priority=2)
        first = offered(item, priority=1)
        assert [one.item for one in selectors.suggestions()] == [first]

    def test_one_click_makes_a_draft_per_supplier_and_location_once(self) -> None:
        supplier, place = SupplierFactory(), LocationFactory()
        here, also_here, there = stocked(0, low=5), stocked(0, low=5), stocked(0, low=5, location=place.code)
        for item in (here, also_here, there):
            offered(item, supplier, cost_minor=100)
        offered(stocked(0, low=5))
        orders = services.reorder(by="staff:1")
        assert sorted((order.supplier_id == supplier.pk, order.lines.count()) for order in orders) == [
            (False, 1), (True, 1), (True, 2),
        ]  # fmt: skip
        assert {order.status for order in orders} == {"draft"}
        assert {line.ordered for order in orders for line in order.lines.all()} == {10}
        assert services.reorder(by="staff:1") == []

    def test_suggestions_take_the_same_queries_for_one_and_for_many(self, django_assert_num_queries) -> None:
        offered(stocked(0, low=5))
        with django_assert_num_queries(2, using=db.INVENTORY):
            selectors.suggestions()
        for _ in range(5):
            offered(stocked(0, low=5))
        with django_assert_num_queries(2, using=db.INVENTORY):
            assert len(selectors.suggestions()) == 6


def test_units_promised_beyond_those_on_hand_are_ordered_too() -> None:
    item = stocked(0, low=5)
    offered(item)
    StockItem.objects.filter(pk=item.pk).update(allocated=4, shortfall=4)
    assert [one.quantity for one in selectors.suggestions()] == [14]
