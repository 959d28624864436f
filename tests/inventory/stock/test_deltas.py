"""Many changes at once: all of them, each in the ledger, or none."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from inventory.stock import deltas, selectors
from inventory.stock.deltas import Delta, DeltaRefused
from inventory.stock.models import StockItem, StockMovement
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import assert_adds_up, counters, events

pytestmark = pytest.mark.django_db


def delta(item: StockItem, change: int, **fields: Any) -> Delta:
    kind = deltas.Kind.RECEIVE if change > 0 else deltas.Kind.ADJUST
    return Delta(
        **{
            "variant_id": item.variant_id,
            "sku": item.sku,
            "location": "default",
            "change": change,
            "kind": kind,
            "reason": "count",
            **fields,
        }
    )


def refusal(*given: Delta) -> tuple[str, int]:
    with pytest.raises(DeltaRefused) as refused:
        deltas.move_many(deltas=given, by="test")
    return refused.value.code, refused.value.position


def test_each_change_has_a_row_and_the_counters_move_once() -> None:
    item, place = stocked(5), LocationFactory()
    after = deltas.move_many(
        deltas=[delta(item, -5, reason="a", document="d"), delta(item, 3), delta(item, 2, location=place.code)],
        by="test",
    )
    assert after == [0, 3, 2]
    there = StockItem.objects.get(variant_id=item.variant_id, location=place)
    assert (counters(item), counters(there)) == ((3, 0, 0, 0), (2, 0, 0, 0))
    rows = StockMovement.objects.filter(stock_item_id=item.id).exclude(reason="start")
    assert {(row.kind, row.quantity, row.on_hand_after, row.reason, row.document) for row in rows} == {
        ("adjust", -5, 0, "a", "d"), ("receive", 3, 3, "count", ""),
    }  # fmt: skip
    assert_adds_up()


def test_what_goes_and_comes_back_at_once_tells_nobody() -> None:
    item = stocked(20, low=10)
    before = events("StockChanged"), events("StockLow")
    deltas.move_many(deltas=[delta(item, -20), delta(item, 20)], by="test")
    assert (events("StockChanged"), events("StockLow")) == before
    deltas.move_many(deltas=[delta(item, -12)], by="test")
    assert len(events("StockLow")) == len(before[1]) + 1


def test_one_refusal_undoes_all() -> None:
    item, other = stocked(5), stocked(5)
    missing = Delta(uuid4(), "NEW", "default", -1, deltas.Kind.ADJUST)
    assert refusal(delta(item, 3), delta(other, -6)) == ("would_go_below_zero", 1)
    assert refusal(delta(item, 3), missing) == ("would_go_below_zero", 1)
    assert refusal(delta(item, 3), delta(item, 1, location="nowhere")) == ("unknown_location", 1)
    assert refusal(delta(item, 3), delta(item, 10**9)) == ("bad_quantity", 1)
    assert refusal(delta(item, 3), delta(item, 0)) == ("bad_quantity", 1)
    assert (counters(item), counters(other)) == ((5, 0, 0, 0), (5, 0, 0, 0))
    assert StockItem.objects.count() == 2
    assert_adds_up()


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries) -> None:
    items = [stocked(15) for _ in range(20)]
    deltas.move_many(deltas=[delta(items[0], 1)], by="test")
    with django_assert_max_num_queries(8):
        deltas.move_many(deltas=[delta(item, 1) for item in items], by="test")


def test_a_sku_names_its_variant() -> None:
    item, other, twin = stocked(0), stocked(0), stocked(0)
    StockItem.objects.filter(pk=item.pk).update(sku="Mug-1")
    StockItem.objects.filter(pk=other.pk).update(sku="MUG-1")
    assert selectors.variants_of_skus(["Mug-1", "MUG-1", "mug-1", "none"]) == {
        "Mug-1": item.variant_id, "MUG-1": other.variant_id,
    }  # fmt: skip
    assert selectors.variants_of_skus([twin.sku.lower()]) == {twin.sku.lower(): twin.variant_id}
    StockItem.objects.filter(pk=twin.pk).update(sku="MUG-1")
    assert selectors.variants_of_skus(["MUG-1"]) == {}
    assert selectors.skus_of([item.variant_id, uuid4()]) == {item.variant_id: "Mug-1"}
