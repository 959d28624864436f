"""Labels that no parcel leaves with: which those are, and that their carriers get them back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as shop
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy

from checkout.fulfilment import carriers, labelling, receivers, voiding
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.carriers import base, demo
from checkout.fulfilment.models import ForgottenLabel, Shipment
from checkout.orders import services as orders
from shop.audit.models import AuditEntry
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories.accounts import StaffFactory
from tests.factories.changes import readdress
from tests.factories.parcels import BY, only_line, picked, split_order

pytestmark = pytest.mark.django_db
LABELS = reverse_lazy("admin:checkout_forgottenlabel_changelist")


@pytest.fixture(autouse=True)
def office(settings: Any, tmp_path: Path) -> Path:
    """The demo carrier's folder."""
    settings.CARRIERS, settings.CARRIER_FOLDER = ["demo"], tmp_path
    carts.rates()
    return tmp_path


def other() -> demo.Demo:
    """A second carrier."""
    return demo.Demo(shop.CARRIER_FOLDER / "other", code="other", name="Other")


def labelled() -> tuple[Shipment, str]:
    """An open parcel and the number of its label."""
    _order, shipment, _second = split_order(1, 2)
    return shipment, labelling.make(shipment_id=shipment.pk, by=BY).tracking_number


def charged(folder: Path) -> list[str]:
    """The numbers of labels that the carrier has in use."""
    return sorted(path.stem for path in (folder / "labels").glob("*.json"))


def forgotten() -> list[tuple[str, str]]:
    return list(ForgottenLabel.objects.order_by("id").values_list("tracking_number", "status"))


def goes_elsewhere(shipment: Shipment) -> None:
    readdress(shipment.order)


def is_cancelled(shipment: Shipment) -> None:
    orders.cancel(order_id=shipment.order_id, by=BY)


def is_emptied(shipment: Shipment) -> None:
    """Its only unit is not on the shelf."""
    fulfilment.short(shipment_id=shipment.pk, units={only_line(shipment).pk: 1}, then="refund", by=BY)


def goes_with_another(shipment: Shipment) -> None:
    picked(shipment)
    fulfilment.dispatch_one(shipment_id=shipment.pk, carrier="UPS", tracking_number="1Z", by=BY)


@pytest.mark.parametrize("happens", [goes_elsewhere, is_cancelled, is_emptied, goes_with_another])
def test_a_label_that_no_parcel_leaves_with_goes_back_once(happens: Callable[[Shipment], None], office: Path) -> None:
    shipment, number = labelled()
    assert (charged(office), forgotten()) == ([number], [])
    happens(shipment)
    outbox.drain()
    assert (charged(office), forgotten()) == ([], [(number, "voided")])
    label = ForgottenLabel.objects.get()
    assert (label.order_id, label.shipment, label.said, label.ended_at is None) == (
        shipment.order_id, shipment, "", False,
    )  # fmt: skip
    entries = AuditEntry.objects.filter(action__in=["shipment.forget_label", "shipment.void_label"]).order_by("id")
    told = {"shipment": shipment.number, "carrier": "demo", "tracking_number": number}
    assert [(one.action, one.changes) for one in entries] == [
        ("shipment.forget_label", told), ("shipment.void_label", told),
    ]  # fmt: skip
    demo.Demo(office).label(base.Parcel(str(shipment.pk), "", (), ""))  # should it be asked again, we would see it
    receivers.void_label({"label_id": str(label.pk)})
    assert charged(office) == [number]
    assert entries.count() == 2


def test_parcels_without_a_label_have_none_to_give_back() -> None:
    order, *_parcels = split_order(1, 2)
    orders.cancel(order_id=order.pk, by=BY)
    outbox.drain()
    assert not OutboxEvent.objects.filter(event_type="LabelForgotten").exists()


def test_a_parcel_that_has_left_keeps_its_label(office: Path) -> None:
    shipment, number = labelled()
    picked(shipment)
    fulfilment.dispatch_one(shipment_id=shipment.pk, carrier="Demo Parcel", tracking_number=number, by=BY)
    goes_elsewhere(shipment)
    outbox.drain()
    assert labelling.make(shipment_id=shipment.pk, by=BY).tracking_number == number
    assert (charged(office), forgotten()) == ([number], [])


def test_a_label_of_which_something_else_is_told_now_is_the_same_one(office: Path) -> None:
    shipment, number = labelled()
    Shipment.objects.filter(pk=shipment.pk).update(service="Slow")
    assert labelling.make(shipment_id=shipment.pk, by=BY).tracking_number == number
    outbox.drain()
    assert (charged(office), forgotten(), Shipment.objects.get(pk=shipment.pk).service) == ([number], [], "Standard")


def test_a_carrier_that_cannot_be_asked_is_asked_again(office: Path) -> None:
    shipment, number = labelled()
    (office / "labels" / "void").write_text("no drawer")
    goes_elsewhere(shipment)
    [failure] = outbox.failures()
    assert failure.startswith("checkout.fulfilment.receivers.void_label: ")
    assert (charged(office), forgotten()) == ([number], [(number, "asked")])
    (office / "labels" / "void").unlink()
    receivers.void_label({"label_id": str(ForgottenLabel.objects.get().pk)})
    assert (charged(office), forgotten()) == ([], [(number, "voided")])


class Stubborn:
    """A carrier that takes no label back, and counts how often it is asked."""

    asked = 0
    name = "Stubborn Parcel"

    def void(self, *, tracking_number: str, reference: str) -> None:
        self.asked += 1
        raise base.VoidRefused("It is on its way.")


def test_what_a_carrier_does_not_take_back_is_noted_and_not_asked_again(
    monkeypatch: pytest.MonkeyPatch, settings: Any, client: Client
) -> None:
    settings.STAFF_MFA_REQUIRED = False
    shipment, number = labelled()
    stubborn = Stubborn()
    monkeypatch.setattr(carriers, "carrier", lambda code: stubborn)
    goes_elsewhere(shipment)
    receivers.void_label({"label_id": str(ForgottenLabel.objects.get().pk)})
    assert (outbox.failures(), forgotten(), stubborn.asked) == ([], [(number, "kept")], 1)
    assert ForgottenLabel.objects.get().said == "It is on its way."
    assert AuditEntry.objects.filter(action="shipment.keep_label").count() == 1
    client.force_login(StaffFactory(is_superuser=True))
    page = client.get(reverse("admin:checkout_shipment_change", args=[shipment.pk])).content.decode()
    assert [word in page for word in (number, "not taken back", "It is on its way.")] == [True] * 3


def test_staff_are_told_once_of_a_label_that_is_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    StaffFactory(is_superuser=True)
    shipment, number = labelled()
    goes_elsewhere(shipment)
    assert not Notification.objects.filter(key__startswith="staff:label_kept:").exists()  # it was given back
    monkeypatch.setattr(carriers, "carrier", lambda code: Stubborn())
    label = ForgottenLabel.objects.get()
    for _ in range(2):  # the carrier was asked for it anew meanwhile, and it is given up again
        voiding.give_up(
            shipment, by=BY, carrier="demo", tracking_number=number, barcode=label.barcode, reference=label.reference
        )
        outbox.drain(mails=False)
    assert (outbox.failures(), forgotten()) == ([], [(number, "kept")])
    mail = Notification.objects.get(key__startswith=f"staff:label_kept:{label.pk}:")
    assert (mail.template, mail.context) == (
        "staff_notice",
        {
            "subject": f"Stubborn Parcel did not take back label {number}",
            "lines": [
                "What it says: It is on its way.",
                f"It was made for parcel {shipment.number}, which does not leave with it.",
                "See that nobody uses it, and that it is not charged for.",
            ],
            "url": f"{shop.SITE_URL}{LABELS}",
        },
    )


class TestTheList:
    @pytest.fixture
    def clerk(self, settings: Any, client: Client) -> Client:
        settings.STAFF_MFA_REQUIRED = False
        person = StaffFactory()
        person.user_permissions.add(Permission.objects.get(codename="view_shipment"))
        client.force_login(person)
        return client

    def rows(self, answer: Any) -> list[str]:
        return [one.tracking_number for one in answer.context["cl"].result_list]

    def test_tells_which_were_not_taken_back_and_why(self, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        given_back, back = labelled()
        goes_elsewhere(given_back)
        shipment, number = labelled()
        monkeypatch.setattr(carriers, "carrier", lambda code: Stubborn())
        goes_elsewhere(shipment)
        assert self.rows(clerk.get(LABELS)) == [number, back]
        kept = clerk.get(LABELS, {"status__exact": "kept"})
        assert (self.rows(kept), "It is on its way." in kept.content.decode()) == ([number], True)
        assert self.rows(clerk.get(LABELS, {"q": back})) == [back]
        assert self.rows(clerk.get(LABELS, {"q": shipment.number.lower()})) == [number]
        label = ForgottenLabel.objects.get(tracking_number=number)
        page = clerk.get(reverse("admin:checkout_forgottenlabel_change", args=[label.pk])).content.decode()
        assert [word in page for word in (number, shipment.number, "not taken back", "It is on its way.")] == [True] * 4

    def test_asks_as_much_of_the_database_however_many_there_are(
        self, clerk: Client, django_assert_num_queries: Any
    ) -> None:
        shipment, _number = labelled()
        goes_elsewhere(shipment)
        clerk.get(LABELS)
        with CaptureQueriesContext(connection) as few:
            clerk.get(LABELS)
        ForgottenLabel.objects.bulk_create(
            ForgottenLabel(shipment=shipment, order_id=shipment.order_id, carrier_code="demo", tracking_number=f"DP{n}")
            for n in range(30)
        )
        with django_assert_num_queries(len(few)):
            assert len(self.rows(clerk.get(LABELS))) == 31

    def test_A09_is_for_those_who_may_see_parcels(self, clerk: Client) -> None:
        clerk.force_login(StaffFactory())
        assert clerk.get(LABELS).status_code == 403
        assert clerk.post(LABELS).status_code == 403


def test_a_carrier_that_is_not_there_any_more_has_the_label(settings: Any, office: Path) -> None:
    shipment, number = labelled()
    settings.CARRIERS = []
    goes_elsewhere(shipment)
    assert (outbox.failures(), charged(office), forgotten()) == ([], [number], [(number, "kept")])


def test_a_label_that_came_too_late_goes_back_also_if_it_went_back_before(
    monkeypatch: pytest.MonkeyPatch, office: Path
) -> None:
    """The carrier was told the old address; when it answers, the parcel goes elsewhere and the label was given back."""
    shipment, number = labelled()
    carrier, real = demo.Demo(office), demo.Demo.label

    def slow(self: demo.Demo, parcel: base.Parcel) -> base.Label:
        monkeypatch.setattr(demo.Demo, "label", real)
        goes_elsewhere(shipment)
        assert charged(office) == []
        return carrier.label(parcel)

    monkeypatch.setattr(demo.Demo, "label", slow)
    with pytest.raises(labelling.LabelRefused, match="Print its label anew"):
        labelling.make(shipment_id=shipment.pk, by=BY)
    assert charged(office) == [number]
    outbox.drain()
    assert (charged(office), forgotten()) == ([], [(number, "voided")])
    new = labelling.make(shipment_id=shipment.pk, by=BY).tracking_number
    assert charged(office) == [new]


def test_a_label_of_another_carrier_takes_the_place_of_the_first(
    monkeypatch: pytest.MonkeyPatch, settings: Any, office: Path
) -> None:
    monkeypatch.setitem(carriers.CARRIERS, "other", f"{__name__}.other")
    settings.CARRIERS = ["demo", "other"]
    shipment, first = labelled()
    second = labelling.make(shipment_id=shipment.pk, carrier="other", by=BY).tracking_number
    outbox.drain()
    assert (charged(office), charged(office / "other")) == ([], [second])
    third = labelling.make(shipment_id=shipment.pk, carrier="demo", by=BY).tracking_number
    outbox.drain()
    assert third not in (first, second)
    assert (charged(office), charged(office / "other")) == ([third], [])
    assert forgotten() == [(first, "voided"), (second, "voided")]
    assert labelling.make(shipment_id=shipment.pk, by=BY).tracking_number == third
    picked(shipment)
    for number in (first, second):
        with pytest.raises(fulfilment.ShipmentRefused) as refused:
            fulfilment.dispatch_one(shipment_id=shipment.pk, carrier="Demo", tracking_number=number, by=BY)
        assert refused.value.code == "label_outdated"
    fulfilment.dispatch_one(shipment_id=shipment.pk, carrier="Demo", tracking_number=third, by=BY)
