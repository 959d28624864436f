"""Slips that were printed before a change of what is in their parcel."""

from __future__ import annotations

import pytest

from checkout.fulfilment import packing, shorting, slips
from checkout.fulfilment.models import Shipment
from tests.factories import warehouse as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db
BY = make.BY


def fresh(shipment: Shipment) -> Shipment:
    return Shipment.objects.get(pk=shipment.pk)


def test_nothing_is_outdated_that_was_never_printed() -> None:
    shipment = make.parcel(quantity=2)
    shorting.short(shipment_id=shipment.pk, units={shipment.lines.get().pk: 1}, then="refund", by=BY)
    assert not slips.is_outdated(fresh(shipment))


def test_what_is_picked_and_packed_changes_no_slip() -> None:
    shipment = make.parcel(quantity=2)
    slips.note_printed([shipment])
    assert fresh(shipment).version == shipment.version
    packing.pick_units(shipment_id=shipment.pk, units={shipment.lines.get().pk: 2}, by=BY)
    packing.finish_picking(shipment_id=shipment.pk, by=BY)
    assert fresh(shipment).version > shipment.version
    assert not slips.is_outdated(fresh(shipment))


@pytest.mark.parametrize("then", ["refund", "wait"])
def test_units_that_are_missing_outdate_it_until_it_is_printed_again(then: str) -> None:
    shipment = make.parcel([stocked(9), stocked(9)], quantity=2)
    slips.note_printed([shipment])
    shorting.short(shipment_id=shipment.pk, units={shipment.lines.first().pk: 1}, then=then, by=BY)
    changed = fresh(shipment)
    assert slips.is_outdated(changed)
    with_lines = list(changed.lines.all())
    assert slips.is_outdated(changed, with_lines)
    slips.note_printed([changed])
    assert not slips.is_outdated(fresh(shipment))


def test_a_line_that_is_gone_outdates_it() -> None:
    shipment = make.parcel([stocked(9), stocked(9)])
    slips.note_printed([shipment])
    packing.split(shipment_id=shipment.pk, units={shipment.lines.first().pk: 1}, by=BY)
    [old, new] = Shipment.objects.filter(order_id=shipment.order_id).order_by("id")
    assert (slips.is_outdated(old), slips.is_outdated(new)) == (True, False)
