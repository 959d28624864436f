"""Units that are sold: moved elsewhere, given back in part, found missing, come back."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import services as stock
from inventory.stock.models import Allocation, StockItem, StockMovement
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import assert_adds_up, counters

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db


def two_places(here: int, there: int) -> tuple[StockItem, StockItem]:
    """A variant's stock items at two locations; the first is asked first."""
    first, second = LocationFactory(), LocationFactory()
    item = stocked(here, location=first.code)
    return item, stocked(there, variant_id=item.variant_id, location=second.code)


def sold(item: StockItem, units: int, reference: UUID | None = None) -> UUID:
    """A reference that `units` are allocated to."""
    reference = reference or uuid4()
    held = uuid4()
    reservations.reserve(quantities={item.variant_id: units}, reference=held, ttl=TTL, by="guest")
    assert reservations.commit(reference=held, by="system", to=reference) is True
    return reference


def kept(reference: UUID) -> dict[tuple[UUID, UUID], tuple[int, int]]:
    return {(one.variant_id, one.location_id): (one.kept, one.shipped) for one in stock.allocated(reference)}


def test_it_says_where_units_are_allocated() -> None:
    here, there = two_places(2, 5)
    reference = sold(here, 6)
    assert [(one.location_id, one.kept, one.shipped) for one in stock.allocated(reference)] == [
        (here.location_id, 2, 0),
        (there.location_id, 4, 0),
    ]
    stock.ship(reference=reference, quantities={here.variant_id: 3}, location_id=there.location_id, by="staff:1")
    assert kept(reference)[there.variant_id, there.location_id] == (4, 3)
    assert (counters(here), counters(there)) == ((2, 0, 2, 0), (2, 0, 1, 0))
    assert_adds_up()


def test_only_what_is_allocated_at_a_location_leaves_from_it() -> None:
    here, there = two_places(2, 2)
    reference = sold(here, 3)
    with pytest.raises(stock.NotAllocated):
        stock.ship(reference=reference, quantities={here.variant_id: 2}, location_id=there.location_id, by="staff:1")
    assert (counters(here), counters(there)) == ((2, 0, 2, 0), (2, 0, 1, 0))


def test_units_for_a_change_are_sold_to_its_order_once() -> None:
    item = stocked(5)
    order, change = uuid4(), uuid4()
    for reference, units in ((order, 2), (change, 1)):
        reservations.reserve(quantities={item.variant_id: units}, reference=reference, ttl=TTL, by="guest")
    assert reservations.commit(reference=order, by="system")
    for _ in range(2):
        assert reservations.commit(reference=change, to=order, by="system")
    assert Allocation.objects.get().quantity == 3
    assert counters(item) == (5, 0, 3, 0)
    row = Reservation.objects.get(reference=change)
    assert (row.status, row.sold_to) == ("consumed", order)
    assert_adds_up()
    stock.deallocate(reference=order, by="system")
    assert counters(item) == (5, 0, 0, 0)
    assert_adds_up()


def test_what_is_wanted_is_kept_and_the_rest_given_back() -> None:
    here, there = two_places(3, 4)
    reference = sold(here, 5)
    wanted = {(here.variant_id, here.location_id): 1, (here.variant_id, there.location_id): 2}
    assert [stock.keep(reference=reference, wanted=wanted, by="staff:1") for _ in range(2)] == [2, 0]
    assert kept(reference) == {place: (units, 0) for place, units in wanted.items()}
    assert (counters(here), counters(there)) == ((3, 0, 1, 0), (4, 0, 2, 0))
    assert_adds_up()


def test_keeping_never_takes_more_nor_what_has_left() -> None:
    item = stocked(5)
    reference = sold(item, 3)
    place = (item.variant_id, item.location_id)
    assert stock.keep(reference=reference, wanted={place: 9}, by="staff:1") == 0
    stock.ship(reference=reference, quantities={item.variant_id: 2}, by="staff:1", document="shipment:1")
    assert stock.keep(reference=reference, wanted={}, by="staff:1") == 1
    assert kept(reference) == {place: (2, 2)}
    assert counters(item) == (3, 0, 0, 0)
    assert_adds_up()


def test_units_are_sold_elsewhere_instead() -> None:
    here, there = two_places(3, 5)
    reference = sold(here, 3)
    move = {"variant_id": here.variant_id, "source": here.location_id, "target": there.location_id, "by": "staff:1"}
    stock.reallocate(reference=reference, units=1, **move)
    assert (counters(here), counters(there)) == ((3, 0, 2, 0), (5, 0, 1, 0))
    stock.reallocate(reference=reference, units=2, **move)
    assert [(row.location_id, row.quantity) for row in Allocation.objects.all()] == [(there.location_id, 3)]
    assert_adds_up()
    with pytest.raises(stock.NotAllocated):
        stock.reallocate(reference=reference, units=1, **move)
    with pytest.raises(stock.BadQuantity):
        stock.reallocate(reference=reference, units=0, **move)


def test_units_that_somebody_else_was_promised_are_not_moved_to() -> None:
    here, there = two_places(3, 2)
    reference = sold(here, 3)
    sold(here, 1)  # nothing is left here: it is packed there
    with pytest.raises(stock.NotFree) as refused:
        stock.reallocate(
            reference=reference, variant_id=here.variant_id, source=here.location_id, target=there.location_id,
            units=2, by="staff:1",
        )  # fmt: skip
    assert refused.value.free == 1
    assert (counters(here), counters(there)) == ((3, 0, 3, 0), (2, 0, 1, 0))


def test_all_moves_are_made_or_none() -> None:
    here, there = two_places(2, 1)
    reference = sold(here, 2)
    move = stock.Move(here.variant_id, here.location_id, there.location_id, 1)
    with pytest.raises(stock.NotFree):
        stock.reallocate_many(reference=reference, moves=[move, move], by="staff:1")
    assert (counters(here), counters(there)) == ((2, 0, 2, 0), (1, 0, 0, 0))


@pytest.mark.parametrize(
    ("kept", "after"), [(1, (3, 0, 1, 0)), (2, (3, 0, 2, 0)), (0, (3, 0, 1, 0)), (None, (3, 0, 3, 0))]
)
def test_missing_units_are_counted_down_and_given_back_once(kept: int | None, after: tuple[int, int, int, int]) -> None:
    item = stocked(5)
    reference = sold(item, 3)
    for _ in range(1 if kept == 0 else 2):  # where fewer are kept than would be left, a second one is another one
        stock.note_missing(
            reference=reference, location_id=item.location_id, units={item.variant_id: 2},
            kept=None if kept is None else {item.variant_id: kept}, reason="short pick", by="staff:1",
            document="shipment:1#0",
        )  # fmt: skip
    assert counters(item) == after
    row = StockMovement.objects.get(document="shipment:1#0")
    assert (row.kind, row.quantity, row.reason, row.actor) == ("adjust", -2, "short pick", "staff:1")
    assert_adds_up()


def test_units_that_wait_are_a_shortfall() -> None:
    item = stocked(1)
    reference = sold(item, 1)
    stock.note_missing(
        reference=reference, location_id=item.location_id, units={item.variant_id: 1}, kept=None,
        reason="short pick", by="staff:1", document="shipment:1#0",
    )  # fmt: skip
    assert counters(item) == (0, 0, 1, 1)
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=1, reason="delivery", by="staff:1")
    assert counters(item) == (1, 0, 1, 0)
    assert_adds_up()


@pytest.mark.parametrize("is_awaited", [True, False])
def test_who_waits_for_missing_units_is_told_with_them(is_awaited: bool) -> None:
    item = stocked(3)
    reference = sold(item, 3)
    stock.note_missing(
        reference=reference, location_id=item.location_id, units={item.variant_id: 2}, kept=None, reason="short pick",
        by="staff:1", document="shipment:1#0", is_awaited=is_awaited,
    )  # fmt: skip
    told = OutboxEvent.objects.using(db.INVENTORY).filter(event_type="UnitsMissed", aggregate_id=str(reference))
    assert [event.data for event in told] == is_awaited * [
        {
            "reference": str(reference), "location_id": str(item.location_id), "units": {str(item.variant_id): 2},
            "document": "shipment:1#0", "actor": "staff:1",
        }
    ]  # fmt: skip


def test_units_that_nobody_counted_are_given_back_once_as_well() -> None:
    """Nothing is on the shelf, so that no movement says that it was done before."""
    item = stocked(3)
    reference = sold(item, 3)
    stock.recount(stock_item_id=item.pk, on_hand=0, reason="counted", by="staff:1")
    for _ in range(2):
        stock.note_missing(
            reference=reference, location_id=item.location_id, units={item.variant_id: 1}, kept={item.variant_id: 2},
            reason="short pick", by="staff:1", document="shipment:1#0",
        )  # fmt: skip
    assert counters(item) == (0, 0, 2, 2)
    assert_adds_up()


def test_a_return_counts_once_for_each_document() -> None:
    item = stocked(1)
    back = {
        "variant_id": item.variant_id, "sku": item.sku, "quantity": 2, "location_id": item.location_id,
        "reason": "returned", "by": "staff:1",
    }  # fmt: skip
    assert [stock.receive_once(**back, document="return-line:1") for _ in range(2)] == [True, False]
    assert stock.receive_once(**back, document="return-line:2") is True
    assert counters(item) == (5, 0, 0, 0)
    assert list(StockMovement.objects.filter(kind="return").values_list("quantity", flat=True)) == [2, 2]
    with pytest.raises(stock.BadQuantity):
        stock.receive_once(**{**back, "quantity": 0}, document="return-line:3")
    assert_adds_up()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["sell", "keep", "move", "back", "ship", "lose"]), st.integers(1, 4), st.booleans()),
        max_size=12,
    )
)
def test_whatever_is_done_to_sold_units_the_stock_adds_up(steps: list[tuple[str, int, bool]]) -> None:
    here, there = two_places(6, 6)
    reference, other = uuid4(), uuid4()
    for number, (what, units, is_first) in enumerate(steps):
        place, away = (here, there) if is_first else (there, here)
        with suppress(stock.NotFree, stock.NotAllocated, stock.NotOnHand, reservations.OutOfStock):
            _do(what, units, place, away, reference if number % 3 else other, number)
        assert_adds_up()


def _do(what: str, units: int, place: StockItem, away: StockItem, reference: UUID, number: int) -> None:
    variant = place.variant_id
    if what == "sell":
        sold(place, units, reference)
    elif what == "keep":
        stock.keep(reference=reference, wanted={(variant, place.location_id): units}, by="staff:1")
    elif what == "move":
        stock.reallocate(
            reference=reference, variant_id=variant, source=place.location_id, target=away.location_id, units=units,
            by="staff:1",
        )  # fmt: skip
    elif what == "back":
        stock.receive_once(
            variant_id=variant, sku=place.sku, quantity=units, location_id=place.location_id, reason="returned",
            by="staff:1", document=f"return:{units}",
        )  # fmt: skip
    elif what == "ship":
        stock.ship(
            reference=reference, quantities={variant: units}, location_id=place.location_id, by="staff:1",
            document=f"shipment:{place.pk}:{number}",
        )  # fmt: skip
    else:
        stock.note_missing(
            reference=reference, location_id=place.location_id, units={variant: units},
            kept={variant: units - 1} if units % 2 == 0 else None, reason="short pick", by="staff:1",
            document=f"shipment:{place.pk}#{number}",
        )  # fmt: skip
