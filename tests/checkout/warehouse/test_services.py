"""Waves: which parcels go into one, and that no parcel goes into two."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import F

from checkout.fulfilment import packing
from checkout.fulfilment.models import Shipment
from checkout.orders import rules
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.warehouse import selectors, services, tasks
from checkout.warehouse.models import PickWave, WaveParcel
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from shop.audit.models import AuditEntry
from tests.factories import parcels
from tests.factories import warehouse as make
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.parcels import two_places

pytestmark = pytest.mark.django_db
BY = make.BY


def refusal(*shipments: Shipment) -> str:
    with pytest.raises(services.WaveRefused) as refused:
        make.wave(*shipments)
    return refused.value.code


def waiting() -> list[Shipment]:
    return list(selectors.to_pick(Shipment.objects.all()).order_by("id"))


def test_parcels_go_into_boxes_in_the_order_given() -> None:
    first, second = make.parcel(), make.parcel()
    wave = make.wave(second, first)
    assert re.fullmatch(r"W-\d{4}\d{6}", wave.number)
    assert (wave.status, wave.actor, wave.location_id) == ("open", BY, first.location_id)
    boxes = WaveParcel.objects.filter(wave=wave).values_list("box", "shipment_id", "order_id", "is_open")
    assert list(boxes) == [(1, second.pk, second.order_id, True), (2, first.pk, first.order_id, True)]
    assert AuditEntry.objects.filter(action="wave.start", object_id=str(wave.pk)).count() == 1


def test_numbers_go_up() -> None:
    one, other = make.wave(make.parcel()), make.wave(make.parcel())
    assert int(other.number[2:]) == int(one.number[2:]) + 1


def test_a_parcel_is_in_one_open_wave_only() -> None:
    shipment, other = make.parcel(), make.parcel()
    wave = make.wave(shipment)
    assert waiting() == [other]
    assert refusal(shipment) == "nothing_to_pick"
    assert refusal(shipment, other) == "nothing_to_pick"
    services.close_wave(wave_id=wave.pk, by=BY)
    assert waiting() == [shipment, other]
    assert make.wave(shipment, other).status == "open"


@pytest.mark.parametrize("sums", [
    {"secured_minor": 3000, "captured_minor": 3000}, {"secured_minor": 3000, "captured_minor": 0},
    {"secured_minor": 4000, "captured_minor": 4000, "refunded_minor": 1000},
])  # fmt: skip
def test_what_waits_for_the_money_of_a_change_is_not_offered(sums: dict[str, int]) -> None:
    shipment = make.parcel()
    rows = Order.objects.filter(pk=shipment.order_id)
    for total, allowed, offered in ((3000, 0, [shipment]), (3001, 0, []), (3001, 1, [shipment])):
        amounts = {"subtotal_minor": total - 500, "total_minor": total, "allowed_minor": allowed}
        rows.update(**{"refunded_minor": 0, **sums, **amounts})
        assert rules.is_covered(orders.facts(rows.get())) == (None if offered else "not_covered")
        assert waiting() == offered
        assert selectors.next_to_pick(location_id=shipment.location_id, most=9) == [one.pk for one in offered]


def test_what_was_given_back_is_not_offered() -> None:
    shipment = make.parcel()
    everything = {name: F("total_minor") for name in ("captured_minor", "refunded_minor", "allowed_minor")}
    Order.objects.filter(pk=shipment.order_id).update(**everything)
    assert rules.is_covered(orders.facts(Order.objects.get(pk=shipment.order_id))) == "not_covered"
    assert waiting() == []


def test_whoever_comes_a_moment_later_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = make.parcel()
    seen = selectors.to_pick(Shipment.objects.filter(pk=shipment.pk))
    list(seen)  # read before the other one writes
    make.wave(shipment)
    monkeypatch.setattr(selectors, "to_pick", lambda rows: seen)
    assert refusal(shipment) == "taken"
    assert PickWave.objects.count() == 1


def test_a_wave_stays_in_its_house() -> None:
    one = make.parcel()
    other = make.parcel([stocked(5, location=LocationFactory().code)])
    assert one.location_id != other.location_id
    assert refusal(one, other) == "several_locations"


def test_only_what_waits_is_picked() -> None:
    picked, cancelled = make.parcel(), make.parcel()
    units = {line.pk: line.quantity for line in picked.lines.all()}
    packing.pick_units(shipment_id=picked.pk, units=units, by=BY)
    packing.finish_picking(shipment_id=picked.pk, by=BY)
    make.cancel(cancelled)
    assert waiting() == []
    assert [refusal(picked), refusal(cancelled), refusal()] == ["nothing_to_pick"] * 3
    with pytest.raises(services.WaveRefused):
        services.start_wave(shipment_ids=[uuid4()], by=BY)


def test_a_wave_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checkout.warehouse.rules.MOST_PARCELS", 1)
    assert refusal(make.parcel(), make.parcel()) == "too_many"


def test_the_next_wave_takes_the_oldest_of_a_location() -> None:
    far = LocationFactory()
    shipments = [make.parcel() for _ in range(3)]
    make.parcel([stocked(5, location=far.code)])
    wave = services.next_wave(location_id=shipments[0].location_id, most=2, by=BY)
    assert [one.shipment_id for one in wave.parcels.all()] == [shipments[0].pk, shipments[1].pk]
    assert services.next_wave(location_id=far.pk, most=20, by=BY).location_id == far.pk
    with pytest.raises(services.WaveRefused):
        services.next_wave(location_id=shipments[0].location_id, most=5, delivery_option="pigeon", by=BY)
    rest = services.next_wave(location_id=shipments[0].location_id, most=5, delivery_option="standard", by=BY)
    assert [one.shipment_id for one in rest.parcels.all()] == [shipments[2].pk]


@pytest.mark.parametrize("most", [1, 2, 20])
def test_parcels_that_lack_their_units_hide_nobody_elses(most: int) -> None:
    scarce = stocked(9)
    early = [make.parcel([scarce]) for _ in range(4)]
    stock.recount(stock_item_id=scarce.pk, on_hand=0, reason="counted", by=BY)
    late = [make.parcel().pk for _ in range(2)]
    location_id = early[0].location_id
    assert selectors.next_to_pick(location_id=location_id, most=most) == late[:most]
    stock.recount(stock_item_id=scarce.pk, on_hand=9, reason="counted", by=BY)
    assert selectors.next_to_pick(location_id=location_id, most=most) == [*(one.pk for one in early), *late][:most]


def test_a_parcel_that_another_house_packs_leaves_the_wave_of_the_first() -> None:
    here, there = two_places()
    moved, stays = make.parcel([here]), make.parcel([stocked(5, location=here.location.code)])
    wave = make.wave(moved, stays)
    packing.reassign(shipment_id=moved.pk, location_id=there.location_id, by=BY)
    assert [box.shipment for box in selectors.contents(wave).boxes] == [stays]
    assert selectors.progress([wave.pk]) == {wave.pk: (1, 0, 1)}
    assert (selectors.open_wave_of(moved.pk), selectors.open_wave_of(stays.pk)) == (None, wave)
    assert waiting() == [moved]
    other = make.wave(moved)
    assert selectors.open_wave_of(moved.pk) == other
    assert list(WaveParcel.objects.filter(shipment=moved, is_open=True).values_list("wave", flat=True)) == [other.pk]


def test_one_that_comes_back_is_in_the_wave_that_took_it_last() -> None:
    here, there = two_places()
    shipment = make.parcel([here])
    first = make.wave(shipment)
    packing.reassign(shipment_id=shipment.pk, location_id=there.location_id, by=BY)
    services.close_wave(wave_id=make.wave(shipment).pk, by=BY)
    packing.reassign(shipment_id=shipment.pk, location_id=here.location_id, by=BY)
    assert selectors.contents(first).boxes == ()
    last = make.wave(shipment)
    assert (selectors.open_wave_of(shipment.pk), waiting()) == (last, [])


def test_what_waits_is_counted_by_location_and_delivery() -> None:
    one, _other = make.parcel(), make.parcel()
    assert selectors.waiting() == [selectors.Waiting(one.location_id, "standard", "Standard", 2)]


def cancelled(shipment: Shipment, _there: StockItem) -> None:
    make.cancel(shipment)


def moved(shipment: Shipment, there: StockItem) -> None:
    packing.reassign(shipment_id=shipment.pk, location_id=there.location_id, by=BY)


def packed(shipment: Shipment, _there: StockItem) -> None:
    """By somebody at the order's page."""
    parcels.picked(shipment)


def ended() -> dict[UUID, str]:
    """Waves and how they are, once the timetable has looked through them."""
    tasks.end_waves()
    return dict(PickWave.objects.values_list("pk", "status"))


@pytest.mark.parametrize(("how", "status"), [(cancelled, "closed"), (moved, "closed"), (packed, "picked")])
def test_a_wave_in_which_nothing_is_left_ends_by_itself(
    how: Callable[[Shipment, StockItem], None], status: str
) -> None:
    here, there = parcels.two_places()
    one, other = make.parcel([here]), make.parcel([here])
    wave, going_on = make.wave(one, other), make.wave(make.parcel())
    how(one, there)
    assert ended() == {wave.pk: "open", going_on.pk: "open"}  # one parcel is left
    how(other, there)
    assert ended() == ended() == {wave.pk: status, going_on.pk: "open"}
    wave.refresh_from_db()
    assert wave.closed_at is not None
    [entry] = AuditEntry.objects.filter(action=f"wave.{status}", object_id=str(wave.pk))
    assert entry.actor == "system"
    assert not WaveParcel.objects.filter(wave=wave, is_open=True).exists()


def test_a_parcel_that_comes_back_to_the_house_can_be_picked_there() -> None:
    here, there = parcels.two_places()
    shipment = make.parcel([here])
    wave = make.wave(shipment)
    moved(shipment, there)
    assert ended() == {wave.pk: "closed"}
    moved(shipment, here)
    assert waiting() == [shipment]
    assert selectors.open_wave_of(shipment.pk) is None


def test_what_a_later_wave_has_taken_keeps_no_earlier_one_open() -> None:
    here, there = parcels.two_places()
    shipment = make.parcel([here])
    first = make.wave(shipment)
    moved(shipment, there)
    second = make.wave(shipment)
    moved(shipment, here)
    third = make.wave(shipment)
    assert ended() == {first.pk: "closed", second.pk: "closed", third.pk: "open"}


def test_looking_through_the_waves_takes_one_query_if_none_is_over(django_assert_num_queries: Any) -> None:
    for _wave in range(3):
        make.wave(make.parcel())
    with django_assert_num_queries(1):
        assert services.end_over(by="system") == 0


def test_closing_twice_is_once() -> None:
    wave = make.wave(make.parcel())
    for _ in range(2):
        assert services.close_wave(wave_id=wave.pk, by=BY).status == "closed"
    wave.refresh_from_db()
    assert wave.closed_at is not None
    assert AuditEntry.objects.filter(action="wave.closed").count() == 1
    with pytest.raises(services.WaveRefused):
        services.close_wave(wave_id=uuid4(), by=BY)
