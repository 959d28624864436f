"""Two scanners in one wave, and two people who want the same parcel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest

from checkout.fulfilment import packing
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.warehouse import locking, picking, selectors, services
from checkout.warehouse.models import PickScan, PickWave, WaveParcel
from tests.concurrency.race import together, without_constraint
from tests.factories import warehouse as make
from tests.factories.inventory import stocked
from tests.factories.parcels import two_places
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def meeting(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    """Both have read (`selectors.<name>`) before either goes on, if nothing keeps one of them waiting."""
    read, both = getattr(selectors, name), threading.Barrier(2, timeout=2)

    def and_wait(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        list(found) if name == "to_pick" else None
        with suppress(threading.BrokenBarrierError):
            both.wait()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(selectors, name, and_wait)
        yield


def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether a parcel is still as it was read."""
    pick = packing.pick_units
    monkeypatch.setattr(packing, "pick_units", lambda *, seen=None, **given: pick(**given))


def two_scans() -> list[Any]:
    item = stocked(5)
    wave = make.wave(make.parcel([item], quantity=3))
    return together([lambda: picking.scan(wave_id=wave.pk, text=item.sku, by=make.BY) for _ in range(2)])


def test_two_scanners_never_count_one_unit_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with meeting(monkeypatch, "contents"):
        results = two_scans()
    assert [one.units for one in results] == [1, 1]
    assert ShipmentLine.objects.get().picked == PickScan.objects.count() == 2


def test_control_without_the_waves_lock_a_unit_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does anybody look at the parcel's version, which would do as well."""
    monkeypatch.setattr(locking, "wave", lambda wave_id: PickWave.objects.get(pk=wave_id))
    unseen(monkeypatch)
    with (
        meeting(monkeypatch, "contents"),
        without_constraint("checkout_pickscan", "pick_scan_position", using="default"),
    ):
        two_scans()
        lost = PickScan.objects.count() - ShipmentLine.objects.get().picked
        PickScan.objects.all().delete()
    assert lost == 1


def two_waves() -> list[Any]:
    shipment = make.parcel()
    return together([lambda: services.start_wave(shipment_ids=[shipment.pk], by=make.BY) for _ in range(2)])


def test_a_parcel_goes_into_one_of_two_waves(monkeypatch: pytest.MonkeyPatch) -> None:
    with meeting(monkeypatch, "to_pick"):
        results = two_waves()
    assert sorted(type(one).__name__ for one in results) == ["PickWave", "WaveRefused"]
    assert WaveParcel.objects.count() == PickWave.objects.count() == 1


def test_control_without_the_constraint_two_people_pick_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_constraint("checkout_waveparcel", "wave_parcel_one_wave", using="default"):
        with meeting(monkeypatch, "to_pick"):
            two_waves()
        twice = WaveParcel.objects.filter(is_open=True).count()
        PickWave.objects.all().delete()
    assert twice == 2


@contextmanager
def changing(monkeypatch: pytest.MonkeyPatch, change: Callable[[], Any]) -> Iterator[list[Any]]:
    """Somebody else's `change` is done right after a scanner has read the wave, by a connection of its own."""
    read, outcomes = selectors.contents, list[Any]()

    def then_change(wave: PickWave) -> Any:
        found = read(wave)
        if not outcomes:
            outcomes.extend(together([change]))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(selectors, "contents", then_change)
        yield outcomes


def in_a_wave(quantity: int = 1) -> tuple[Shipment, Callable[[], Any], Callable[[], Any]]:
    """A parcel in a wave, a scan of its goods there, and its way to another house."""
    here, there = two_places()
    shipment = make.parcel([here], quantity=quantity)
    scan = partial(picking.scan, wave_id=make.wave(shipment).pk, text=here.sku, by=make.BY)
    return shipment, scan, partial(
        packing.reassign, shipment_id=shipment.pk, location_id=there.location_id, by=make.BY
    )  # fmt: skip


def counted(shipment: Shipment) -> tuple[bool, int, int]:
    """Whether the parcel is still where it was, its units picked, and the scans that are kept."""
    now = Shipment.objects.get(pk=shipment.pk)
    return (
        now.location_id == shipment.location_id,
        ShipmentLine.objects.get(shipment=shipment).picked,
        PickScan.objects.filter(order_id=shipment.order_id).count(),
    )


def test_F23_a_parcel_is_picked_here_or_packed_in_another_house(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        shipment, scan, move = in_a_wave()
        outcomes = [type(one).__name__ for one in together([scan, move])]
        stays = outcomes == ["Scanned", "ShipmentRefused"]
        assert stays or outcomes == ["ScanRefused", "Shipment"]
        assert counted(shipment) == ((True, 1, 1) if stays else (False, 0, 0))
    assert violations() == []


def test_F23_no_unit_is_counted_for_a_parcel_that_left_the_house_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment, scan, move = in_a_wave()
    with changing(monkeypatch, move) as moved, pytest.raises(picking.ScanRefused) as refused:
        scan()
    assert (type(moved[0]), refused.value.code) == (Shipment, "not_here")
    assert counted(shipment) == (False, 0, 0)
    assert violations() == []


def test_F23_control_who_does_not_look_counts_it_for_another_house(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment, scan, move = in_a_wave()
    unseen(monkeypatch)
    with changing(monkeypatch, move):
        scan()
    assert counted(shipment) == (False, 1, 1)


def picked_meanwhile(monkeypatch: pytest.MonkeyPatch) -> Shipment:
    """The desk says that two of three are picked, while somebody scans one."""
    shipment, scan, _move = in_a_wave(quantity=3)
    line = ShipmentLine.objects.get(shipment=shipment)
    with changing(monkeypatch, partial(packing.pick_units, shipment_id=shipment.pk, units={line.pk: 2}, by=make.BY)):
        scan()
    return shipment


def test_what_others_picked_meanwhile_is_counted_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted(picked_meanwhile(monkeypatch)) == (True, 3, 1)


def test_control_who_does_not_look_takes_it_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    unseen(monkeypatch)
    assert counted(picked_meanwhile(monkeypatch)) == (True, 1, 1)
