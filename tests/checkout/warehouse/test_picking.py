"""A round through the warehouse with a scanner."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db.models import F

from checkout.fulfilment import packing
from checkout.fulfilment.contents import ShipmentRefused
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order, OrderLine
from checkout.orders.services import TransitionRefused
from checkout.warehouse import picking, selectors, services
from checkout.warehouse.models import PickScan, PickWave
from inventory.stock.models import Allocation, StockItem
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import catalog
from tests.factories import warehouse as make
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.parcels import two_places

pytestmark = pytest.mark.django_db
BY = make.BY


def scan(wave: PickWave, text: str) -> picking.Scanned:
    return picking.scan(wave_id=wave.pk, text=text, by=BY)


def refusal(wave: PickWave, text: str) -> str:
    before = list(ShipmentLine.objects.order_by("id").values())
    with pytest.raises(picking.ScanRefused) as refused:
        scan(wave, text)
    assert list(ShipmentLine.objects.order_by("id").values()) == before
    return refused.value.code


def picked(wave: PickWave) -> list[tuple[int, int, int]]:
    """(box, picked, units) of every box."""
    return [(box.box, box.picked, box.quantity) for box in selectors.contents(wave).boxes]


@pytest.fixture
def item() -> StockItem:
    return stocked(20)


def test_a_unit_goes_to_the_first_box_that_needs_it(item: StockItem) -> None:
    wave = make.wave(make.parcel([item]), make.parcel([item], quantity=2))
    first = scan(wave, item.sku)
    assert (first.sku, first.boxes[0][0], first.units, first.complete) == (item.sku, 1, 1, (1,))
    assert [scan(wave, item.sku.lower()).boxes[0][0] for _ in range(2)] == [2, 2]
    assert picked(wave) == [(1, 1, 1), (2, 2, 2)]
    assert refusal(wave, item.sku) == "complete"


def test_one_form_counts_once_for_its_goods(item: StockItem) -> None:
    """Sent twice (a bounce of the scanner, a form sent again), it says so; taken back or not, and with other goods."""
    other = stocked(5)
    wave = make.wave(make.parcel([item, other], quantity=3), make.parcel([item]))

    def sent(text: str, nonce: str) -> str:
        try:
            picking.scan(wave_id=wave.pk, text=text, by=BY, nonce=nonce)
        except picking.ScanRefused as refused:
            return refused.code
        return ""

    twice = [sent(f"2*{item.sku}", "a") for _ in range(2)]
    assert [*twice, sent(item.sku.lower(), "a")] == ["", "twice", "twice"]
    assert sent(other.sku, "a") == ""  # the form of the page before, filled in anew
    assert [sent(item.sku, ""), sent(item.sku, "")] == ["", ""]  # without one, nobody can know
    assert picked(wave) == [(1, 4, 6), (2, 1, 1)]
    assert list(PickScan.objects.order_by("position").values_list("nonce", flat=True)) == ["a", "", "", ""]
    picking.undo(wave_id=wave.pk, by=BY)
    assert (sent(item.sku, "a"), sent(item.sku, "b"), sent(item.sku, "b")) == ("twice", "", "twice")


def test_a_scan_that_fills_two_boxes_is_one_form(item: StockItem) -> None:
    wave = make.wave(make.parcel([item]), make.parcel([item], quantity=2))
    picking.scan(wave_id=wave.pk, text=f"2*{item.sku}", by=BY, nonce="a")
    assert list(PickScan.objects.order_by("position").values_list("nonce", flat=True)) == ["a", ""]


def test_several_units_are_shared_among_the_boxes(item: StockItem) -> None:
    wave = make.wave(make.parcel([item]), make.parcel([item], quantity=2))
    done = scan(wave, f"3*{item.sku}")
    assert [(box, units) for box, _number, units in done.boxes] == [(1, 1), (2, 2)]
    assert done.complete == (1, 2)


def test_a_parcel_that_has_a_sku_in_two_lines_takes_both(item: StockItem) -> None:
    """As after an exchange for the same goods."""
    shipment = make.parcel([item, stocked(5)], quantity=2)
    wave = make.wave(shipment)
    OrderLine.objects.filter(order_id=shipment.order_id).update(sku=item.sku, variant_id=item.variant_id)
    StockItem.objects.filter(pk=item.pk).update(allocated=4)
    Allocation.objects.filter(reference=shipment.order_id, variant_id=item.variant_id).update(quantity=4)
    assert [(box, units) for box, _number, units in scan(wave, f"3*{item.sku}").boxes] == [(1, 2), (1, 1)]
    assert picked(wave) == [(1, 3, 4)]


def test_more_than_is_needed_is_refused(item: StockItem) -> None:
    wave = make.wave(make.parcel([item], quantity=2))
    assert refusal(wave, f"3*{item.sku}") == "too_many"
    assert refusal(wave, f"0*{item.sku}") == "bad_units"
    assert refusal(wave, "") == "empty"
    assert picked(wave) == [(1, 0, 2)]


def test_what_is_not_ours_and_what_is_not_here_are_told_apart(item: StockItem) -> None:
    other = stocked(5)
    wave = make.wave(make.parcel([item]))
    assert refusal(wave, other.sku) == "not_here"
    assert refusal(wave, "4006381333931") == "unknown"
    assert refusal(wave, "\0") == "empty"
    assert refusal(wave, "9" * 300) == "unknown"


def test_a_gtin_is_as_good_as_a_sku(item: StockItem) -> None:
    variant = catalog.VariantFactory(id=item.variant_id, gtin="036000291452")
    stranger = catalog.VariantFactory(gtin="4006381333931")
    wave = make.wave(make.parcel([item], quantity=2))
    assert scan(wave, variant.gtin).sku == item.sku
    assert scan(wave, "0036000291452").sku == item.sku  # the same as 13 digits
    assert refusal(wave, stranger.gtin) == "not_here"


def test_the_last_scan_is_taken_back(item: StockItem) -> None:
    wave = make.wave(make.parcel([item]), make.parcel([item], quantity=2))
    scan(wave, f"3*{item.sku}")
    assert picking.undo(wave_id=wave.pk, by=BY).boxes[0][::2] == (2, 2)
    assert picked(wave) == [(1, 1, 1), (2, 0, 2)]
    assert picking.undo(wave_id=wave.pk, by=BY).boxes[0][::2] == (1, 1)
    with pytest.raises(picking.ScanRefused) as refused:
        picking.undo(wave_id=wave.pk, by=BY)
    assert refused.value.code == "nothing_to_undo"
    assert picked(wave) == [(1, 0, 1), (2, 0, 2)]
    assert list(PickScan.objects.values_list("is_undone", flat=True)) == [True, True]


def test_a_finished_parcel_is_not_taken_back(item: StockItem) -> None:
    wave = make.wave(make.parcel([item]), make.parcel([item]))
    scan(wave, item.sku)
    picking.finish(wave_id=wave.pk, by=BY)
    with pytest.raises(picking.ScanRefused) as refused:
        picking.undo(wave_id=wave.pk, by=BY)
    assert refused.value.code == "finished"


def test_a_wave_ends_with_its_last_parcel(item: StockItem) -> None:
    one, other = make.parcel([item]), make.parcel([item])
    wave = make.wave(one, other)
    scan(wave, f"2*{item.sku}")
    assert scan(wave, one.number.lower()).finished == one.number
    wave.refresh_from_db()
    assert wave.status == "open"
    assert picking.finish(wave_id=wave.pk, by=BY) == [other.number]
    wave.refresh_from_db()
    assert (wave.status, wave.closed_at is None) == ("picked", False)
    assert set(Shipment.objects.values_list("status", flat=True)) == {"picked"}
    one.order.refresh_from_db()
    assert one.order.status == "ready_to_ship"
    with pytest.raises(services.WaveRefused) as refused:
        scan(wave, item.sku)
    assert refused.value.code == "over"
    assert violations(ask_provider=False) == []


def test_a_parcel_that_lacks_something_is_not_finished(item: StockItem) -> None:
    shipment = make.parcel([item], quantity=2)
    wave = make.wave(shipment)
    scan(wave, item.sku)
    with pytest.raises(ShipmentRefused) as refused:
        scan(wave, shipment.number)
    assert refused.value.code == "not_all_picked"
    assert picking.finish(wave_id=wave.pk, by=BY) == []


def test_of_a_cancelled_parcel_nothing_is_picked(item: StockItem) -> None:
    one, other = make.parcel([item]), make.parcel([item])
    wave = make.wave(one, other)
    make.cancel(one)
    assert scan(wave, item.sku).boxes[0][:2] == (2, other.number)
    assert picked(wave) == [(1, 0, 0), (2, 1, 1)]
    picking.finish(wave_id=wave.pk, by=BY)
    wave.refresh_from_db()
    assert wave.status == "picked"


def test_a_parcel_that_another_house_packs_is_not_picked_here() -> None:
    here, there = two_places()
    shipment = make.parcel([here])
    wave = make.wave(shipment)
    packing.reassign(shipment_id=shipment.pk, location_id=there.location_id, by=BY)
    assert refusal(wave, here.sku) == "not_here"
    assert scan(make.wave(shipment), here.sku).boxes[0][:2] == (1, shipment.number)


def dearer(shipment: Shipment) -> None:
    """A change after which the order is not paid for."""
    rows = Order.objects.filter(pk=shipment.order_id)
    rows.update(subtotal_minor=F("subtotal_minor") + 1, total_minor=F("total_minor") + 1)


def test_a_parcel_that_is_not_paid_for_any_more_keeps_nobody_elses_back(item: StockItem) -> None:
    unpaid, other = make.parcel([item], quantity=2), make.parcel([item])
    wave = make.wave(unpaid, other)
    scan(wave, item.sku)
    dearer(unpaid)
    assert scan(wave, item.sku).boxes[0][:2] == (2, other.number)
    assert picking.finish(wave_id=wave.pk, by=BY) == [other.number]
    with pytest.raises(TransitionRefused):
        scan(wave, item.sku)
    assert picked(wave) == [(1, 1, 2), (2, 1, 1)]


def test_a_full_box_that_is_not_paid_for_any_more_keeps_nobody_elses_back(item: StockItem) -> None:
    unpaid, other = make.parcel([item]), make.parcel([item])
    wave = make.wave(unpaid, other)
    scan(wave, f"2*{item.sku}")
    dearer(unpaid)
    assert picking.finish(wave_id=wave.pk, by=BY) == [other.number]
    with pytest.raises(TransitionRefused):
        picking.finish(wave_id=wave.pk, shipment_id=unpaid.pk, by=BY)


def test_skus_that_differ_by_capitals_are_told_apart(item: StockItem) -> None:
    other = stocked(5)
    wave = make.wave(make.parcel([item]), make.parcel([other], quantity=2))
    for one, sku in ((item, "ab-1"), (other, "AB-1")):
        OrderLine.objects.filter(variant_id=one.variant_id).update(sku=sku)
    assert [scan(wave, sku).boxes[0][0] for sku in ("AB-1", "ab-1", "AB-1")] == [2, 1, 2]
    assert refusal(wave, "aB-1") == "ambiguous"
    assert refusal(wave, "ab-1") == "complete"


def short(wave: PickWave, line_id: UUID, units: int, then: str) -> None:
    picking.short(wave_id=wave.pk, line_id=line_id, units=units, then=then, by=BY)


def test_missing_units_wait_in_a_parcel_of_their_own(item: StockItem) -> None:
    shipment = make.parcel([item], quantity=3)
    wave = make.wave(shipment)
    scan(wave, f"2*{item.sku}")
    [line] = selectors.contents(wave).lines
    short(wave, line.line_id, 1, "wait")
    outbox.drain(mails=False)
    assert picked(wave) == [(1, 2, 2)]
    waiting = Shipment.objects.get(order_id=shipment.order_id, is_waiting=True)
    assert [one.quantity for one in waiting.lines.all()] == [1]
    assert picking.finish(wave_id=wave.pk, by=BY) == [shipment.number]


def test_missing_units_come_from_elsewhere(item: StockItem) -> None:
    far = LocationFactory()
    shipment = make.parcel([item])
    stocked(5, variant_id=item.variant_id, location=far.code)
    wave = make.wave(shipment)
    [line] = selectors.contents(wave).lines
    short(wave, line.line_id, 1, "elsewhere")
    outbox.drain(mails=False)
    assert Shipment.objects.filter(order_id=shipment.order_id, location_id=far.pk, status="open").count() == 1
    wave.refresh_from_db()
    assert wave.status == "closed"  # nothing is left of its only parcel


def test_more_is_not_missing_than_is_needed(item: StockItem) -> None:
    wave = make.wave(make.parcel([item], quantity=2))
    scan(wave, item.sku)
    [line] = selectors.contents(wave).lines
    for units in (0, 2):
        with pytest.raises(picking.ScanRefused) as refused:
            short(wave, line.line_id, units, "wait")
        assert refused.value.code == "too_many"
    with pytest.raises(picking.ScanRefused):
        short(wave, uuid4(), 1, "wait")


def test_what_is_in_a_wave_takes_the_same_queries_for_one_parcel_and_for_many(
    item: StockItem, django_assert_num_queries: object
) -> None:
    other = stocked(40)
    small, large = make.wave(make.parcel([item])), make.wave(*[make.parcel([item, other]) for _ in range(5)])
    for wave in (small, large):
        with django_assert_num_queries(2):  # type: ignore[operator]
            selectors.contents(wave)


def test_everything_is_in_it_counted_by_eye(item: StockItem) -> None:
    shipment = make.parcel([item], quantity=2)
    wave = make.wave(shipment)
    picking.pick_all(shipment_id=shipment.pk, by=BY)
    shipment.refresh_from_db()
    wave.refresh_from_db()
    assert (shipment.status, wave.status) == ("picked", "picked")
