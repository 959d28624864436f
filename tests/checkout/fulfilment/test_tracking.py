"""Labels, and what carriers tell of parcels: by files, by signed messages, in any order."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY

from checkout.archive.models import ArchivedOrder
from checkout.fulfilment import labelling, tracking
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import Shipment, TrackingEvent
from checkout.orders.models import Order
from shop.core import db
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import checkout as make
from tests.factories.accounts import StaffFactory
from tests.factories.archive import archive_all
from tests.factories.parcels import BY, picked, split_order, told
from tests.factories.warehouse import cancel
from tests.fakes.partner import headers as signed

pytestmark = pytest.mark.django_db
SECRET = "whsec_c2VjcmV0LW9mLXRoZS1jYXJyaWVyLWZvci10ZXN0cw=="


@pytest.fixture
def office(settings: Any, tmp_path: Path) -> Path:
    """The demo carrier's folder."""
    settings.CARRIER_FOLDER, settings.CARRIER_WEBHOOK_SECRET = tmp_path, SECRET
    (tmp_path / "status").mkdir()
    return tmp_path


def sent(shipment: Shipment) -> str:
    """The parcel picked, labelled and handed to the demo's carrier; its number."""
    picked(shipment)
    label = labelling.make(shipment_id=shipment.pk, by=BY)
    fulfilment.dispatch_one(
        shipment_id=shipment.pk, carrier=label.carrier, tracking_number=label.tracking_number, by=BY
    )  # fmt: skip
    return label.tracking_number


def under_way() -> tuple[Order, Shipment, str]:
    order = make.paid()
    [shipment] = fulfilment.open_shipments(order_id=order.pk, by="system")
    return order, shipment, sent(shipment)


def labelled() -> tuple[Order, Shipment, str]:
    order = make.paid()
    [shipment] = fulfilment.open_shipments(order_id=order.pk, by="system")
    return order, shipment, labelling.make(shipment_id=shipment.pk, by=BY).tracking_number


def event(number: str, status: str, *, key: str = "", minutes: int = 0, **more: Any) -> dict[str, Any]:
    at = (db.clock() + timedelta(minutes=minutes)).isoformat()
    return {"id": key or f"{number}:{status}", "trackingNumber": number, "status": status, "at": at, **more}


def drop(office: Path, name: str, *events: dict[str, Any]) -> None:
    (office / "status" / f"{name}.json").write_text(json.dumps(list(events)))


def post(*events: dict[str, Any], secret: str = SECRET, age: int = 0, carrier: str = "demo", body: bytes = b"") -> Any:
    body = body or json.dumps(list(events)).encode()
    url = reverse("carrier_webhook", args=[carrier])
    return Client().post(url, body, content_type="application/json", headers=signed("", secret, "msg_1", body, age=age))


def kept() -> list[str]:
    return list(TrackingEvent.objects.order_by("at", "id").values_list("code", flat=True))


def messages(outcome: str) -> float:
    """How many messages and files have had this outcome."""
    return REGISTRY.get_sample_value("shop_carrier_messages_total", {"outcome": outcome}) or 0


def test_a_label_gives_the_parcel_its_number_and_a_second_one_changes_nothing(office: Path) -> None:
    order = make.paid()
    [shipment] = fulfilment.open_shipments(order_id=order.pk, by="system")
    label = labelling.make(shipment_id=shipment.pk, by=BY)
    version = Shipment.objects.get(pk=shipment.pk).version
    assert labelling.make(shipment_id=shipment.pk, by=BY) == label
    found = Shipment.objects.get(pk=shipment.pk)
    assert (found.tracking_number, found.barcode, found.carrier, found.carrier_code, found.version) == (
        label.tracking_number, label.barcode, "Demo Parcel", "demo", version,
    )  # fmt: skip
    parcel = json.loads((office / "labels" / f"{label.tracking_number}.json").read_text())
    assert (parcel["receiver"][0], parcel["country"], parcel["items"][0][2]) == ("Ada Lovelace", "US", 1)


@pytest.mark.parametrize(("offered", "folder"), [([], ""), (["demo"], "/proc/nowhere")])
def test_no_label_is_a_sentence_and_the_parcel_stays_as_it_is(
    settings: Any, office: Path, offered: list[str], folder: str
) -> None:
    order = make.paid()
    [shipment] = fulfilment.open_shipments(order_id=order.pk, by="system")
    settings.CARRIERS, settings.CARRIER_FOLDER = offered, folder or office
    with pytest.raises(labelling.LabelRefused, match=r"\w"):
        labelling.make(shipment_id=shipment.pk, by=BY)
    assert Shipment.objects.get(pk=shipment.pk).tracking_number == ""


def test_another_carrier_takes_it_after_all(office: Path) -> None:
    order = make.paid()
    [shipment] = fulfilment.open_shipments(order_id=order.pk, by="system")
    picked(shipment)
    number = labelling.make(shipment_id=shipment.pk, by=BY).tracking_number
    fulfilment.dispatch_one(shipment_id=shipment.pk, carrier="UPS", tracking_number="1Z", by=BY)
    found = Shipment.objects.get(pk=shipment.pk)
    assert (found.carrier, found.tracking_number, found.carrier_code, found.barcode) == ("UPS", "1Z", "", "")
    before = messages("forgotten")
    assert post(event(number, "delivered")).status_code == 200  # of use to nobody, and not to be repeated for days
    assert (kept(), messages("forgotten")) == ([], before + 1)


def test_files_tell_where_a_parcel_is_until_it_arrives(office: Path) -> None:
    order, _shipment, number = under_way()
    drop(office, "1", event(number, "accepted", minutes=-3, place="Lyon"))
    assert (tracking.poll(), tracking.poll()) == (1, 0)
    drop(office, "2", event(number, "accepted", minutes=-3), event(number, "out_for_delivery", minutes=-2))
    assert tracking.poll() == 1
    assert told(order)[0] == "shipped"
    drop(office, "3", event(number, "delivered", minutes=-1))
    assert tracking.poll() == 1
    assert kept() == ["accepted", "out_for_delivery", "delivered"]
    assert told(order) == ("delivered", "delivered", 0)
    assert sorted(path.name for path in (office / "status" / "done").iterdir()) == ["1.json", "2.json", "3.json"]
    outbox.drain()
    assert outbox.failures() == []


def test_news_of_nobodys_parcel_are_passed_over_and_the_others_count(office: Path) -> None:
    order, _shipment, number = under_way()
    drop(office, "1", event("DP404", "accepted"))
    drop(office, "2", event("DP404", "accepted"), event(number, "accepted"))
    assert tracking.poll() == 1
    assert list((office / "status").glob("*.json")) == []
    assert post(event("DP404", "delivered"), event(number, "delivered")).status_code == 200
    assert (kept(), told(order)[0]) == (["accepted", "delivered"], "delivered")


def test_a_cancelled_parcel_keeps_no_other_news_back(office: Path) -> None:
    """Its label is with the carrier all the same: what happens to it is kept, and staff hear if it was delivered."""
    order, _shipment, number = under_way()
    _other, cancelled, dead = labelled()
    cancel(cancelled)
    StaffFactory(is_superuser=True)
    drop(office, "1", event(dead, "labelled"), event(number, "delivered"))
    assert (tracking.poll(), told(order)[0]) == (2, "delivered")
    assert post(event(dead, "delivered")).status_code == 200
    outbox.drain()
    assert Shipment.objects.get(pk=cancelled.pk).status == "cancelled"
    assert Notification.objects.filter(key__startswith=f"staff:parcel:{cancelled.pk}:never_sent").count() == 1


def test_parcels_that_were_archived_keep_no_other_news_back(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _order, _shipment, number = under_way()
    over, _parcel, late = under_way()
    post(event(late, "delivered"))
    outbox.drain(mails=False)
    found = tracking.selectors.parcels_of("demo", [late, number])
    assert archive_all() == 1
    assert post(event(late, "delivered", key="again"), event(number, "accepted")).status_code == 200
    monkeypatch.setattr(tracking.selectors, "parcels_of", lambda *_asked: found)  # read a moment before
    assert post(event(late, "delivered", key="again"), event(number, "in_transit")).status_code == 200
    assert kept() == ["accepted", "in_transit"]
    assert not Order.objects.filter(pk=over.pk).exists()


def test_what_is_told_of_archived_parcels_alone_is_taken_and_nothing_is_written(office: Path) -> None:
    """Refused, it would be repeated for days. What another carrier, or nobody, calls so is unknown all the same."""
    _over, _parcel, late = under_way()
    post(event(late, "delivered"))
    outbox.drain(mails=False)
    assert archive_all() == 1
    archived, before = ArchivedOrder.objects.values().get(), {name: messages(name) for name in ("archived", "accepted")}
    assert post(event(late, "returned_to_sender")).status_code == 200
    assert post(event(late, "returned_to_sender"), event("DP404", "delivered")).status_code == 200
    drop(office, "1", event(late, "lost"))
    assert (tracking.poll(), list((office / "status").glob("*.json"))) == (0, [])
    assert {name: messages(name) for name in before} == before | {"archived": before["archived"] + 3}
    assert (kept(), ArchivedOrder.objects.values().get()) == ([], archived)
    assert post(event(f"{late}9", "delivered")).status_code == 404
    with pytest.raises(tracking.BadMessage):
        tracking.record(carrier="other", events=[base.Event("1", late, "lost", db.clock())])


def test_any_order_and_any_repetition_of_news_ends_the_same(office: Path) -> None:
    for order_of_news in itertools.permutations(["accepted", "failed_attempt", "delivered"]):
        order, shipment, number = under_way()
        news = [event(number, status) for status in order_of_news]
        for one in [*news, *news]:
            assert post(one).status_code == 200
        assert told(order) == ("delivered", "delivered", 0)
        assert shipment.events.count() == 3


def test_the_order_is_delivered_when_its_last_parcel_is(office: Path) -> None:
    order, first, second = split_order(1, 2)
    one, other = sent(first), sent(second)
    assert post(event(other, "delivered")).status_code == 200
    assert told(order) == ("shipped", "shipped", 0)
    assert post(event(one, "delivered")).status_code == 200
    assert told(order) == ("delivered", "delivered", 0)


def test_news_that_come_before_we_know_that_it_left_count_when_we_do(office: Path) -> None:
    order, shipment, number = labelled()
    StaffFactory(is_superuser=True)
    assert post(event(number, "delivered")).status_code == 200
    assert told(order)[0] == "payment_confirmed"
    outbox.drain()
    assert Notification.objects.filter(key__startswith=f"staff:parcel:{shipment.pk}:never_sent").count() == 1
    sent(shipment)
    assert told(order) == ("delivered", "delivered", 0)


@pytest.mark.parametrize("status", ["lost", "returned_to_sender"])
def test_staff_are_told_once_of_a_parcel_in_trouble(office: Path, status: str) -> None:
    order, shipment, number = under_way()
    StaffFactory(is_superuser=True)
    for _ in range(2):
        assert post(event(number, status)).status_code == 200
        outbox.drain()
    assert outbox.failures() == []
    assert Notification.objects.filter(key__startswith=f"staff:parcel:{shipment.pk}:{status}").count() == 1
    assert Shipment.objects.get(pk=shipment.pk).problem == status
    assert told(order)[0] == "shipped"
    post(event(number, "delivered"))  # found again
    assert Shipment.objects.get(pk=shipment.pk).problem == ""


def problem(shipment: Shipment) -> str:
    return Shipment.objects.get(pk=shipment.pk).problem


@pytest.mark.parametrize(("first", "then", "ends"), [
    ("lost", "out_for_delivery", ""), ("lost", "labelled", "lost"), ("out_for_delivery", "lost", "lost"),
    ("lost", "returned_to_sender", "returned_to_sender"), ("returned_to_sender", "in_transit", "returned_to_sender"),
])  # fmt: skip
def test_what_is_the_matter_follows_from_the_latest_news_however_late_others_come(
    office: Path, first: str, then: str, ends: str
) -> None:
    for is_late in (False, True):
        _order, shipment, number = under_way()
        news = [event(number, first, minutes=-2), event(number, then, minutes=-1)]
        for one in reversed(news) if is_late else news:
            assert post(one).status_code == 200
        assert problem(shipment) == ends


def test_staff_are_not_told_of_a_trouble_that_was_over_before_they_could_hear_it(office: Path) -> None:
    _order, _shipment, number = under_way()
    StaffFactory(is_superuser=True)
    outbox.drain()
    before = Notification.objects.count()
    for one in (event(number, "out_for_delivery", minutes=-1), event(number, "lost", minutes=-2)):
        assert post(one).status_code == 200
    outbox.drain()
    assert Notification.objects.count() == before


def test_a_trouble_told_before_we_know_that_it_left_counts_when_we_do(office: Path) -> None:
    _order, shipment, number = labelled()
    StaffFactory(is_superuser=True)
    assert post(event(number, "returned_to_sender")).status_code == 200
    assert problem(shipment) == ""
    sent(shipment)
    assert problem(shipment) == "returned_to_sender"
    outbox.drain()
    assert Notification.objects.filter(key__startswith=f"staff:parcel:{shipment.pk}:returned").count() == 1


def test_what_another_carrier_told_that_had_it_before_does_not_count(office: Path) -> None:
    _order, shipment, number = labelled()
    for status in ("lost", "delivered"):
        assert post(event(number, status)).status_code == 200
    picked(shipment)
    fulfilment.dispatch_one(shipment_id=shipment.pk, carrier="UPS", tracking_number="1Z", by=BY)
    tracking.track(shipment_id=shipment.pk, code="in_transit", at=db.clock(), source=BY, event_id="1")
    found = Shipment.objects.get(pk=shipment.pk)
    assert (found.status, found.problem) == ("shipped", "")


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", 2 * 24 * 60, -400 * 24 * 60])
def test_what_is_told_of_another_time_is_refused(office: Path, at: str | int) -> None:
    _order, _shipment, number = under_way()
    far = event(number, "delivered", minutes=at) if isinstance(at, int) else event(number, "delivered") | {"at": at}
    answer = post(event(number, "accepted"), far)
    assert (answer.status_code, answer.json()["error"]["code"], kept()) == (400, "bad_time", [])
    drop(office, "1", far)
    assert (tracking.poll(), kept(), list((office / "status").glob("*.json"))) == (0, [], [])


def test_staff_may_say_it_themselves(office: Path) -> None:
    order, shipment, _number = under_way()
    news = {"shipment_id": shipment.pk, "at": datetime(2026, 1, 1, tzinfo=UTC), "source": BY}
    assert tracking.track(code="in_transit", event_id="1", **news) is True
    assert tracking.track(code="in_transit", event_id="1", **news) is False
    assert tracking.track(code="delivered", event_id="2", **news) is True
    assert told(order)[0] == "delivered"


def test_A15_what_nobody_signed_or_nobody_knows_changes_nothing(office: Path) -> None:
    order, _shipment, number = under_way()
    good = event(number, "delivered")
    other = "whsec_" + "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlcg=="
    refused = {
        "bad_signature": (400, post(good, secret=other)),
        "timestamp_too_old": (400, post(good, age=600)),
        "unknown_status": (400, post(event(number, "eaten"))),
        "bad_message": (400, post(body=b"no json")),
        "unknown_parcel": (404, post(event("DP404", "delivered"), event("DP405", "delivered"))),
        "unknown_carrier": (404, post(good, carrier="nobody")),
        "body_too_large": (400, post(body=b" " * (10 * 1024 * 1024))),
    }
    for code, (status, answer) in refused.items():
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert Client().get(reverse("carrier_webhook", args=["demo"])).status_code == 405
    assert (told(order)[0], kept()) == ("shipped", [])


def test_a_carrier_that_cannot_be_asked_is_asked_again_later(settings: Any, office: Path) -> None:
    _order, _shipment, number = under_way()
    (office / "status").rmdir()
    (office / "status").symlink_to(office / "status")  # a link to itself
    assert tracking.poll() == 0
    (office / "status").unlink()
    (office / "status").mkdir()
    drop(office, "1", event(number, "accepted"))
    assert tracking.poll() == 1


def test_the_codes_are_those_of_the_carriers() -> None:
    assert [code.value for code in TrackingEvent.Code] == list(base.CODES)
