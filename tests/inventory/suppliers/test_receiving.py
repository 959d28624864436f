"""Deliveries on purchase orders, and the units they bring."""

from __future__ import annotations

import pytest
from django.db import connections

from inventory.stock.models import StockItem, StockMovement
from inventory.suppliers import invariants, receiving, selectors
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine, Receipt
from inventory.suppliers.receiving import MoreThanOrdered
from inventory.suppliers.services import PurchaseRefused
from shop.core import db
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.suppliers import drafted, ordered
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


def receive(order: PurchaseOrder, *units: int, key: str = "first", **options: object) -> Receipt:
    lines = list(order.lines.all())
    quantities = {line.pk: number for line, number in zip(lines, units, strict=True)}
    return receiving.receive(order_id=order.pk, quantities=quantities, key=key, by="staff:7", **options)


def received(order: PurchaseOrder) -> tuple[str, list[int]]:
    order.refresh_from_db()
    return order.status, [line.received for line in order.lines.all()]


def assert_sound() -> None:
    assert invariants.receipts_are_stock() == []
    assert_adds_up()


def test_a_delivery_in_two_parts() -> None:
    one, other = sorted([stocked(1), stocked(1)], key=lambda item: item.sku)
    order = ordered((one, 10), (other, 4))
    first = receive(order, 6, 4, note="DN 17")
    assert first.document == f"purchase-order:{order.number}/1"
    assert received(order) == ("partly_received", [6, 4])
    assert counters(one) == (7, 0, 0, 0)
    assert selectors.incoming([one.variant_id, other.variant_id]) == {(one.variant_id, one.location_id): 4}
    second = receive(order, 4, 0, key="second")
    assert received(order) == ("received", [10, 4])
    assert order.ended_at is not None
    assert (counters(one), counters(other)) == ((11, 0, 0, 0), (5, 0, 0, 0))
    rows = StockMovement.objects.filter(stock_item_id=one.id, document__startswith="purchase-order:").order_by(
        "on_hand_after"
    )
    assert [(row.kind, row.quantity, row.actor, row.document, row.reason) for row in rows] == [
        ("receive", 6, "staff:7", first.document, "DN 17"),
        ("receive", 4, "staff:7", second.document, ""),
    ]
    assert_sound()


def test_units_come_to_the_orders_location_and_open_its_stock_there() -> None:
    item, place = stocked(0), LocationFactory()
    order = ordered((item, 3), location=place)
    receive(order, 3)
    assert StockItem.objects.get(variant_id=item.variant_id, location=place).on_hand == 3
    assert counters(item) == (0, 0, 0, 0)
    assert_sound()


def test_the_same_receipt_twice_counts_once() -> None:
    item = stocked(0)
    order = ordered((item, 10))
    assert receive(order, 4).pk == receive(order, 4).pk
    assert counters(item) == (4, 0, 0, 0)
    assert Receipt.objects.count() == 1
    receive(order, 6, key="rest")
    assert receive(order, 4).number == 1  # also after the order has ended
    assert_sound()


def test_a_receipts_key_with_other_numbers_is_refused() -> None:
    item = stocked(0)
    order = ordered((item, 10))
    receive(order, 4)
    with pytest.raises(PurchaseRefused):
        receive(order, 5)
    assert counters(item) == (4, 0, 0, 0)


def test_more_than_ordered_needs_a_word_and_has_a_cap() -> None:
    item = stocked(0)
    order = ordered((item, 10))
    with pytest.raises(MoreThanOrdered) as refused:
        receive(order, 11)
    assert (refused.value.outstanding, refused.value.most) == (10, 11)
    with pytest.raises(MoreThanOrdered):
        receive(order, 12, is_more_confirmed=True)
    assert (received(order), counters(item)) == (("ordered", [0]), (0, 0, 0, 0))
    receive(order, 11, is_more_confirmed=True)
    assert (received(order), counters(item)) == (("received", [11]), (11, 0, 0, 0))
    assert_sound()


@pytest.mark.parametrize("units", [0, -1, 1_000_001])
def test_what_is_no_number_of_units_is_refused(units: int) -> None:
    order = ordered((stocked(0), 10))
    with pytest.raises(PurchaseRefused):
        receive(order, units, is_more_confirmed=True)
    assert (received(order), Receipt.objects.count()) == (("ordered", [0]), 0)


def test_a_line_of_another_order_is_refused() -> None:
    order, other = ordered((stocked(0), 10)), ordered((stocked(0), 10))
    with pytest.raises(PurchaseRefused):
        receiving.receive(order_id=order.pk, quantities={other.lines.get().pk: 1}, key="a", by="staff:1")
    assert received(other) == ("ordered", [0])


def test_a_draft_receives_nothing() -> None:
    item = stocked(0)
    order = drafted((item, 10))
    with pytest.raises(PurchaseRefused):
        receive(order, 5)
    assert (counters(item), Receipt.objects.count()) == ((0, 0, 0, 0), 0)


def test_units_beyond_what_can_be_counted_undo_the_receipt() -> None:
    item = stocked(10**9)
    order = ordered((item, 5))
    with pytest.raises(PurchaseRefused):
        receive(order, 5)
    assert (received(order), Receipt.objects.count()) == (("ordered", [0]), 0)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE inventory_purchaseorderline SET received = 3", "3 units received, but its receipts sum to 4"),
        ("UPDATE inventory_receiptline SET quantity = 5", "5 units came, but the ledger has 4"),
        (
            "UPDATE inventory_purchaseorder SET status = 'received', ended_at = now()",
            "is received, but 6 of its units have not come",
        ),
    ],
)
def test_the_invariant_names_what_does_not_add_up(damage: str, sentence: str) -> None:
    receive(ordered((stocked(0), 10)), 4)
    assert invariants.receipts_are_stock() == []
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(damage)
    assert [sentence in found for found in invariants.receipts_are_stock()].count(True) == 1
    assert PurchaseOrderLine.objects.count() == 1
