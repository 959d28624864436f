from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from inventory.reservations import services as reservations
from inventory.stock import services as stock
from inventory.stock.models import Allocation, Location, StockItem, StockMovement
from shop.core import db
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import assert_adds_up, counters, events

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db


def sold(item: StockItem, units: int) -> UUID:
    """A reference that `units` are allocated to."""
    reference = uuid4()
    reservations.reserve(quantities={item.variant_id: units}, reference=reference, ttl=TTL, by="guest")
    assert reservations.commit(reference=reference, by="system") is True
    return reference


def test_received_units_are_on_hand_and_in_the_ledger() -> None:
    item = stocked(0)
    stock.receive(
        variant_id=item.variant_id, sku=item.sku, quantity=7, reason="delivery", by="staff:1", document="po:5"
    )
    assert counters(item) == (7, 0, 0, 0)
    row = StockMovement.objects.get(stock_item_id=item.id)
    assert (row.kind, row.quantity, row.on_hand_after) == ("receive", 7, 7)
    assert (row.reason, row.actor, row.document) == ("delivery", "staff:1", "po:5")
    assert_adds_up()


def test_receiving_opens_a_stock_item_at_the_named_location() -> None:
    place, variant = LocationFactory(), uuid4()
    stock.receive(variant_id=variant, sku="NEW", quantity=2, location=place.code, reason="delivery", by="staff:1")
    assert StockItem.objects.get(variant_id=variant).location_id == place.id
    assert_adds_up()


def test_an_unknown_location_is_refused() -> None:
    with pytest.raises(stock.UnknownLocation):
        stock.receive(variant_id=uuid4(), sku="A", quantity=2, location="nowhere", reason="delivery", by="staff:1")


def test_the_default_location_is_made_when_it_is_missing() -> None:
    Location.objects.all().delete()
    stock.load(rows=[stock.InitialStock(uuid4(), "A", 1)], reason="start", by="system")
    assert list(Location.objects.values_list("code", "is_default")) == [("default", True)]


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, 10**10])
def test_what_is_no_quantity_is_not_received(quantity: int) -> None:
    with pytest.raises(stock.BadQuantity):
        stock.receive(variant_id=uuid4(), sku="A", quantity=quantity, reason="delivery", by="staff:1")
    assert StockItem.objects.count() == 0


def test_an_adjustment_is_a_difference_with_a_reason() -> None:
    item = stocked(5)
    stock.adjust(stock_item_id=item.id, change=-2, reason="broken", by="staff:1")
    stock.adjust(stock_item_id=item.id, change=4, reason="found", by="staff:1")
    assert counters(item) == (7, 0, 0, 0)
    rows = StockMovement.objects.filter(stock_item_id=item.id, kind="adjust").order_by("id")
    assert list(rows.values_list("quantity", "on_hand_after", "reason")) == [(-2, 3, "broken"), (4, 7, "found")]
    with pytest.raises(ValueError):
        stock.adjust(stock_item_id=item.id, change=1, reason=" ", by="staff:1")
    assert_adds_up()


def test_no_adjustment_below_zero() -> None:
    item = stocked(5)
    with pytest.raises(stock.NotOnHand) as refused:
        stock.adjust(stock_item_id=item.id, change=-6, reason="theft", by="staff:1")
    assert refused.value.on_hand == 5
    assert counters(item) == (5, 0, 0, 0)


def test_what_has_left_was_there_whatever_was_counted_meanwhile() -> None:
    item = stocked(5)
    reference = sold(item, 3)
    stock.set_on_hand(levels={item.variant_id: 1}, skus={item.variant_id: "A"}, reason="recount", by="staff:1")
    for _again in range(2):
        stock.ship(reference=reference, quantities={item.variant_id: 3}, by="staff:1", document="shipment:1")
    assert counters(item) == (0, 0, 0, 0)
    rows = StockMovement.objects.filter(stock_item_id=item.id, document="shipment:1").order_by("-quantity")
    assert list(rows.values_list("kind", "quantity", "on_hand_after", "reason")) == [
        ("adjust", 2, 3, "left after it was counted away"), ("ship", -3, 0, ""),
    ]  # fmt: skip
    assert_adds_up()


def test_adjusting_nothing_and_nobody_is_refused() -> None:
    with pytest.raises(stock.BadQuantity):
        stock.adjust(stock_item_id=uuid4(), change=0, reason="?", by="staff:1")
    with pytest.raises(stock.UnknownStockItem):
        stock.adjust(stock_item_id=uuid4(), change=1, reason="?", by="staff:1")


def test_a_recount_below_what_is_promised_is_kept_as_a_shortfall() -> None:
    item = stocked(5)
    reference = sold(item, 3)
    stock.set_on_hand(levels={item.variant_id: 1}, skus={item.variant_id: "A"}, reason="recount", by="staff:1")
    assert counters(item) == (1, 0, 3, 2)
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=1, reason="delivery", by="staff:1")
    assert counters(item) == (2, 0, 3, 1)
    stock.deallocate(reference=reference, by="system")
    assert counters(item) == (2, 0, 0, 0)
    assert_adds_up()


def test_set_on_hand_without_location_empties_the_others() -> None:
    item = stocked(5)
    other = stocked(7, variant_id=item.variant_id, location=LocationFactory().code)
    stock.set_on_hand(levels={item.variant_id: 3}, skus={item.variant_id: "A"}, reason="api", by="staff:1")
    assert (counters(item)[0], counters(other)[0]) == (3, 0)
    stock.set_on_hand(
        levels={item.variant_id: 9},
        skus={item.variant_id: "A"},
        location=other.location.code,
        reason="delivery",
        by="staff:1",
    )
    assert (counters(item)[0], counters(other)[0]) == (3, 9)
    assert_adds_up()


def test_setting_what_is_there_already_writes_nothing() -> None:
    item = stocked(5)
    before = StockMovement.objects.count()
    stock.set_on_hand(levels={item.variant_id: 5}, skus={item.variant_id: "A"}, reason="delivery", by="staff:1")
    assert StockMovement.objects.count() == before


@pytest.mark.parametrize("load", [stock.load, stock.load_many])
def test_loading_leaves_existing_items_alone(load: Callable[..., int]) -> None:
    item = stocked(5)
    rows = [
        stock.InitialStock(item.variant_id, item.sku, 100),
        stock.InitialStock(uuid4(), "NEW", 100),
        stock.InitialStock(uuid4(), "NONE", 0),
    ]
    assert load(rows=rows, reason="import", by="system", document="import:1") == 2
    assert load(rows=rows, reason="import", by="system", document="import:2") == 0
    assert counters(item) == (5, 0, 0, 0)
    new = StockItem.objects.get(sku="NEW")
    assert counters(new) == (100, 0, 0, 0)
    moved = StockMovement.objects.filter(document__startswith="import:")
    columns = ("stock_item_id", "variant_id", "location_id", "kind", "quantity", "on_hand_after", "reason", "actor")
    assert list(moved.values_list(*columns, "document")) == [
        (new.pk, new.variant_id, item.location_id, "receive", 100, 100, "import", "system", "import:1")
    ]
    assert_adds_up()


def test_many_are_loaded_with_what_a_new_item_has() -> None:
    for load, sku in ((stock.load, "ONE"), (stock.load_many, "MANY")):
        load(rows=[stock.InitialStock(uuid4(), sku, 7)], reason="start", by="system")
    own = {"id", "variant_id", "sku", "updated_at"}
    one, many = StockItem.objects.filter(sku__in=["ONE", "MANY"]).order_by("-sku").values()
    assert {key: one[key] for key in one.keys() - own} == {key: many[key] for key in many.keys() - own}


def test_many_are_not_loaded_without_a_reason() -> None:
    with pytest.raises(ValueError, match="the ledger asks of every unit who moved it"):
        stock.load_many(rows=[stock.InitialStock(uuid4(), "A", 1)], reason="", by="system")


def test_shipped_units_leave_the_house_once() -> None:
    item = stocked(5)
    reference = sold(item, 3)
    assert stock.ship(reference=reference, by="staff:1") == {item.variant_id: 3}
    assert stock.ship(reference=reference, by="staff:1") == {}
    assert counters(item) == (2, 0, 0, 0)
    row = StockMovement.objects.get(stock_item_id=item.id, kind="ship")
    assert (row.quantity, row.document, row.actor) == (-3, f"order:{reference}", "staff:1")
    assert_adds_up()


def test_a_parcel_takes_its_units_once_however_often_it_is_told() -> None:
    item = stocked(5)
    reference = sold(item, 3)
    for _ in range(2):
        left = stock.ship(reference=reference, quantities={item.variant_id: 1}, by="staff:1", document="shipment:1")
        assert left == {item.variant_id: 1}
    assert counters(item) == (4, 0, 2, 0)
    with pytest.raises(stock.NotAllocated):
        stock.ship(reference=reference, quantities={item.variant_id: 3}, by="staff:1", document="shipment:2")
    assert stock.ship(reference=reference, by="staff:1") == {item.variant_id: 2}
    assert_adds_up()


def test_a_cancelled_order_gives_back_what_was_not_shipped_once() -> None:
    item = stocked(5)
    reference = sold(item, 3)
    stock.ship(reference=reference, quantities={item.variant_id: 1}, by="staff:1")
    stock.deallocate(reference=reference, by="system")
    stock.deallocate(reference=reference, by="system")
    assert counters(item) == (4, 0, 0, 0)
    allocation = Allocation.objects.get(reference=reference)
    assert (allocation.quantity, allocation.shipped, allocation.released, allocation.open) == (3, 1, 2, 0)
    assert_adds_up()


def test_events_are_published_when_a_line_is_crossed_or_each_unit_counts() -> None:
    item = stocked(22, low=3)
    assert [event["available"] for event in events("StockChanged")] == [22]
    for change in (-1, -9, -8, -1, -1, -2, 1, 12):  # 21 and 12 are many; 4; 3: low; 2; 0: sold out; 1: back; 13
        stock.adjust(stock_item_id=item.id, change=change, reason="test", by="staff:1")
    assert [event["available"] for event in events("StockChanged")] == [22, 4, 3, 2, 0, 1, 13]
    assert events("StockLow") == [
        {"variant_id": str(item.variant_id), "location_id": str(item.location_id), "available": 3}
    ]


@pytest.mark.parametrize(
    ("column", "value"), [("reserved", 6), ("allocated", 6), ("on_hand", -1), ("reserved", -1), ("shortfall", -1)]
)
def test_the_database_itself_refuses_impossible_counters(column: str, value: int) -> None:
    item = stocked(5)
    with pytest.raises(IntegrityError), transaction.atomic(using=db.INVENTORY):
        StockItem.objects.filter(pk=item.pk).update(**{column: value})


def test_the_backorder_limit_may_be_promised() -> None:
    item = stocked(1)
    StockItem.objects.filter(pk=item.pk).update(backorder_limit=2)
    sold(item, 3)
    assert counters(item) == (1, 0, 3, 0)
    with pytest.raises(reservations.OutOfStock):
        sold(item, 1)
    assert_adds_up()
