"""Two scanners in one wave, and two people who want the same parcel."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from checkout.fulfilment.models import ShipmentLine
from checkout.warehouse import locking, picking, selectors, services
from checkout.warehouse.models import PickScan, PickWave, WaveParcel
from tests.concurrency.race import together, without_constraint
from tests.factories import warehouse as make
from tests.factories.inventory import stocked

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
    monkeypatch.setattr(locking, "wave", lambda wave_id: PickWave.objects.get(pk=wave_id))
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
