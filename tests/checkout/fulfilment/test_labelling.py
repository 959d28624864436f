"""Labels: good for the address that they were made for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checkout.changes import services as changes
from checkout.fulfilment import carriers, labelling
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.carriers import base, demo
from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from tests.factories import cart as carts
from tests.factories.changes import readdress
from tests.factories.checkout import ADDRESS
from tests.factories.parcels import BY, picked, sent, split_order

pytestmark = pytest.mark.django_db
_NOTHING = ("", "", "", "", "")


@pytest.fixture(autouse=True)
def _carrier(settings: Any, tmp_path: Path) -> None:
    settings.CARRIERS, settings.CARRIER_FOLDER = ["demo"], tmp_path
    carts.rates()


def label_of(shipment: Shipment) -> tuple[str, ...]:
    now = Shipment.objects.get(pk=shipment.pk)
    return now.carrier, now.carrier_code, now.tracking_number, now.barcode, now.label_reference


def test_another_address_takes_the_labels_of_parcels_that_are_here() -> None:
    order, gone, here = split_order(1, 2)
    sent(picked(gone))
    left_by, old = label_of(gone), labelling.make(shipment_id=here.pk, by=BY)
    version = Shipment.objects.get(pk=here.pk).version
    readdress(order)
    after = Shipment.objects.select_related("order").get(pk=here.pk)
    assert (label_of(gone), label_of(here), after.version) == (left_by, _NOTHING, version + 1)
    assert labelling.is_outdated(after)
    with pytest.raises(labelling.LabelRefused, match="Print its label anew"):
        labelling.check(shipment_id=here.pk)
    new = labelling.make(shipment_id=here.pk, by=BY)
    assert new.tracking_number != old.tracking_number
    assert labelling.make(shipment_id=here.pk, by=BY) == new  # asked again, it is the same one
    labelling.check(shipment_id=here.pk)


def express(order: Order) -> None:
    changes.edit(order_id=order.pk, seen_revision=0, delivery_option="express", reason="", by=BY)


def reference(order: Order) -> None:
    changes.edit(order_id=order.pk, seen_revision=0, fields={"po_number": "7"}, reason="", by=BY)


@pytest.mark.parametrize(("change", "is_kept"), [(express, False), (reference, True)])
def test_only_what_stands_on_a_label_makes_it_a_wrong_one(change: Callable[[Order], None], is_kept: bool) -> None:
    order, first, _second = split_order(1, 2)
    old = labelling.make(shipment_id=first.pk, by=BY)
    change(order)
    assert (label_of(first)[2] == old.tracking_number) is is_kept
    assert (labelling.make(shipment_id=first.pk, by=BY) == old) is is_kept


def test_a_label_that_was_asked_for_meanwhile_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The carrier was told the old address; when it answers, the parcel goes elsewhere."""
    order, first, _second = split_order(1, 2)
    demo = carriers.carrier("demo")

    class Slow:
        code = "demo"

        def label(self, parcel: base.Parcel) -> base.Label:
            readdress(order)
            return demo.label(parcel)

    monkeypatch.setattr(carriers, "carrier", lambda code: Slow())
    with pytest.raises(labelling.LabelRefused, match="Print its label anew"):
        labelling.make(shipment_id=first.pk, by=BY)
    assert label_of(first) == _NOTHING


def test_a_parcel_without_a_label_is_told_of_once_it_goes_elsewhere() -> None:
    order, first, second = split_order(1, 2)
    assert not labelling.is_outdated(Shipment.objects.select_related("order").get(pk=first.pk))
    readdress(order)
    fulfilment.open_shipments(order_id=order.pk, by=BY)
    outdated = [labelling.is_outdated(one) for one in Shipment.objects.filter(order=order).select_related("order")]
    assert (outdated, label_of(second)) == ([True, True], _NOTHING)


def leave_one(order: Order, shipment: Shipment, number: str) -> None:
    fulfilment.dispatch_one(shipment_id=shipment.pk, carrier="Demo Parcel", tracking_number=number, by=BY)


def leave_all(order: Order, shipment: Shipment, number: str) -> None:
    fulfilment.dispatch(order_id=order.pk, carrier="Demo Parcel", tracking_number=number, by=BY)


@pytest.mark.parametrize("leave", [leave_one, leave_all])
def test_no_parcel_leaves_by_a_label_for_another_address_however_it_is_typed(
    leave: Callable[[Order, Shipment, str], None],
) -> None:
    order, first, second = split_order(1, 2)
    old = labelling.make(shipment_id=first.pk, by=BY)
    for parcel in (first, second):
        picked(parcel)
    readdress(order)
    for number in (old.tracking_number, f" {old.tracking_number.lower()} "):
        with pytest.raises(fulfilment.ShipmentRefused, match="Print it anew") as refused:
            leave(order, first, number)
        assert refused.value.code == "label_outdated"
    with pytest.raises(fulfilment.ShipmentRefused):
        leave_one(order, second, old.tracking_number)  # nor is it one for the other parcel
    assert set(Shipment.objects.values_list("status", "tracking_number")) == {("picked", "")}
    new = labelling.make(shipment_id=first.pk, by=BY)
    leave(order, first, new.tracking_number)
    assert Shipment.objects.get(pk=first.pk).status == "shipped"


def test_who_has_seen_the_old_address_hands_nothing_over() -> None:
    """Also not by a number that was typed: nobody but them knows for which address that label was made."""
    order, first, _second = split_order(1, 2)
    picked(first)
    seen = labelling.address(order)
    readdress(order)
    order.refresh_from_db()
    now = labelling.address(order)
    given = {"shipment_id": first.pk, "carrier": "UPS", "tracking_number": "1Z", "by": BY}
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.dispatch_one(seen=seen, **given)
    assert (refused.value.code, seen, now) == ("label_outdated", 0, 1)
    assert fulfilment.dispatch_one(seen=now, made_for=now, **given).status == "shipped"


def leave_typed(order: Order, parcel: Shipment, of: str, **told: Any) -> Order | Shipment:
    """By a label that was made outside of the shop."""
    given = {"carrier": "UPS", "tracking_number": "1Z", "by": BY, **told}
    if of == "one":
        return fulfilment.dispatch_one(shipment_id=parcel.pk, **given)
    return fulfilment.dispatch(order_id=order.pk, **given)


@pytest.mark.parametrize("of", ["one", "all"])
def test_a_label_made_elsewhere_is_said_to_be_for_the_new_address(of: str) -> None:
    """Nobody but who made it knows for which address that was. Once that is known anew, it is to be said anew."""
    order, first, second = split_order(1, 2)
    for parcel in (first, second):
        picked(parcel)
    readdress(order)
    for made_for in (None, 0, 2):  # not said, the old one, one that is not yet
        with pytest.raises(fulfilment.ShipmentRefused, match="for the old address") as refused:
            leave_typed(order, first, of, made_for=made_for)
        assert refused.value.code == "label_unconfirmed"
    home = {**ADDRESS, "address1": "7 Home Street"}
    changes.edit(order_id=order.pk, seen_revision=1, shipping_address=home, reason="", by=BY)
    with pytest.raises(fulfilment.ShipmentRefused):
        leave_typed(order, first, of, made_for=1)
    assert set(Shipment.objects.values_list("status", flat=True)) == {"picked"}
    changes.edit(order_id=order.pk, seen_revision=2, fields={"po_number": "7"}, reason="", by=BY)
    assert leave_typed(order, first, of, made_for=2).status == "shipped"


def test_nobody_is_asked_of_a_label_while_nothing_on_it_has_changed() -> None:
    order, first, _second = split_order(1, 2)
    picked(first)
    reference(order)
    assert leave_typed(order, first, "one").status == "shipped"


def test_nobody_is_asked_of_parcels_that_were_opened_for_the_new_address() -> None:
    order, first, second = split_order(1, 2)
    readdress(order)
    new = fulfilment.split(shipment_id=second.pk, units={second.lines.get().pk: 1}, by=BY)
    order.refresh_from_db()
    parcels = [*Shipment.objects.filter(order=order).order_by("id")]
    assert labelling.moved(order, parcels) == [first, second]
    assert leave_typed(order, picked(new), "one").status == "shipped"


def test_a_label_is_known_by_its_bars() -> None:
    """Scanned instead of its number, it is the parcel's own label all the same; one that was forgotten is not."""
    order, first, second = split_order(1, 2)
    for parcel in (first, second):
        labelling.make(shipment_id=parcel.pk, by=BY)
        Shipment.objects.filter(pk=parcel.pk).update(barcode=f"%{parcel.number}%")
        picked(parcel)
    leave_one(order, first, f"%{first.number}%")
    found = Shipment.objects.get(pk=first.pk)
    assert (found.status, found.carrier_code, found.tracking_number.startswith("DP")) == ("shipped", "demo", True)
    readdress(order)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        leave_one(order, second, f"%{second.number}%")
    assert refused.value.code == "label_outdated"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://track.example/1Z", "https://track.example/1Z"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//track.example/1Z", ""),
        ("https://[x", ""),
        ("https://track.example/" + "x" * 500, ""),
    ],
)
def test_a_carriers_link_is_a_web_address_or_none(monkeypatch: pytest.MonkeyPatch, told: str, kept: str) -> None:
    """It stands on the shopper's page and on the merchant's."""
    _order, parcel, _other = split_order(1, 1)
    real = demo.Demo.label
    monkeypatch.setattr(demo.Demo, "label", lambda self, asked: replace(real(self, asked), tracking_url=told))
    assert labelling.make(shipment_id=parcel.pk, by=BY).tracking_url == kept
    assert Shipment.objects.get(pk=parcel.pk).tracking_url == kept
