"""What every carrier of the table must do, whichever it is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as shop

from checkout.fulfilment import carriers
from checkout.fulfilment.carriers import base, demo
from checkout.fulfilment.models import TrackingEvent
from tests.fakes.partner import headers as signed
from tests.fakes.partner import signature

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1jYXJyaWVyLWZvci10ZXN0cw=="
PARCEL = base.Parcel(
    key="01a1", number="ORD-1-1", receiver=("Ada Lovelace", "1 Analytical Way"), country="US",
    items=(("SKU", "Thing", 2),),
)  # fmt: skip
OTHER = base.Parcel(key="01a2", number="ORD-1-2", receiver=("Bob",), country="US")


@dataclass
class Stand:
    """A carrier set up for tests: `tell` makes it tell when it is asked, `message` makes and signs a message, `labels`
    are the numbers of those that it would charge for, `close` makes it unavailable."""

    carrier: base.Carrier
    tell: Callable[[list[base.Event]], None]
    message: Callable[[list[base.Event]], tuple[bytes, Mapping[str, str]]]
    labels: Callable[[], list[str]]
    close: Callable[[], None]


def row(event: base.Event) -> dict[str, Any]:
    return {
        "id": event.event_id, "trackingNumber": event.tracking_number, "status": event.code,
        "at": event.at.isoformat(), "text": event.text, "place": event.place,
    }  # fmt: skip


def demo_stand(folder: Path) -> Stand:
    def tell(events: list[base.Event]) -> None:
        (folder / "status").mkdir(exist_ok=True)
        (folder / "status" / f"{events[0].event_id}.json").write_text(json.dumps([row(event) for event in events]))

    def message(events: list[base.Event]) -> tuple[bytes, Mapping[str, str]]:
        body = json.dumps([row(event) for event in events]).encode()
        return body, signed("", SECRET, "msg_1", body)

    def labels() -> list[str]:
        return sorted(path.stem for path in (folder / "labels").glob("*.json"))

    def close() -> None:
        """Its drawer for what comes back is no drawer any more."""
        (folder / "labels" / "void").write_text("a file")

    return Stand(demo.Demo(folder, SECRET), tell, message, labels, close)


STANDS: dict[str, Callable[[Path], Stand]] = {"demo": demo_stand}


def test_every_carrier_is_tried() -> None:
    assert set(STANDS) == set(carriers.CARRIERS)
    assert set(base.CODES) == set(TrackingEvent.Code.values)


@pytest.fixture(params=sorted(STANDS))
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Stand:
    return STANDS[request.param](tmp_path)


def event(number: str, code: str = "in_transit", **more: Any) -> base.Event:
    at = datetime(2026, 1, 2, 3, tzinfo=UTC)
    return base.Event(event_id=f"e-{code}", tracking_number=number, code=code, at=at, **more)


def test_a_parcel_has_one_label_however_often_it_is_asked_for(stand: Stand) -> None:
    first, again = stand.carrier.label(PARCEL), stand.carrier.label(PARCEL)
    assert first == again
    assert first.tracking_number
    assert first.barcode
    assert first.carrier == stand.carrier.name
    other = stand.carrier.label(OTHER)
    assert other.tracking_number != first.tracking_number


def void(stand: Stand, label: base.Label) -> None:
    stand.carrier.void(tracking_number=label.tracking_number, reference=label.reference)


def test_a_label_that_nobody_uses_is_taken_back_or_refused(stand: Stand) -> None:
    """Once or twice is the same; the others stay, and the same parcel may have another one."""
    label, other = stand.carrier.label(PARCEL), stand.carrier.label(OTHER)
    for _ in range(2):
        if stand.carrier.can_void:
            void(stand, label)
        else:
            with pytest.raises(base.VoidRefused, match=r"\w"):
                void(stand, label)
    left = [other.tracking_number] if stand.carrier.can_void else [label.tracking_number, other.tracking_number]
    assert stand.labels() == sorted(left)
    anew = stand.carrier.label(dataclasses.replace(PARCEL, key="01a1#1"))
    assert anew.tracking_number != label.tracking_number
    assert stand.labels() == sorted([*left, anew.tracking_number])


def test_who_cannot_be_asked_to_take_a_label_back_says_so(stand: Stand) -> None:
    if not stand.carrier.can_void:
        pytest.skip("it takes none back")
    label = stand.carrier.label(PARCEL)
    stand.close()
    with pytest.raises(base.CarrierUnavailable):
        void(stand, label)
    assert stand.labels() == [label.tracking_number]


def test_what_it_tells_when_asked_is_told_until_it_was_heard(stand: Stand) -> None:
    number = stand.carrier.label(PARCEL).tracking_number
    happened = [event(number, code, text="words", place="Lyon") for code in base.CODES]
    assert list(stand.carrier.poll()) == []
    stand.tell(happened)
    for _ in range(2):
        [polled] = stand.carrier.poll()
        assert list(polled.events) == happened
    stand.carrier.heard(polled)
    assert list(stand.carrier.poll()) == []
    stand.carrier.heard(polled)  # once more does no harm


def test_a_signed_message_is_read_and_any_other_is_not(stand: Stand) -> None:
    number = stand.carrier.label(PARCEL).tracking_number
    body, headers = stand.message([event(number)])
    assert stand.carrier.events(body, headers) == [event(number)]
    for other_body, other_headers in ((body + b" ", headers), (body, {}), (b"", headers)):
        with pytest.raises(base.BadMessage) as refused:
            stand.carrier.events(other_body, other_headers)
        assert refused.value.code == "bad_signature"


# --- the demo's own


@pytest.mark.parametrize(
    ("age", "code"), [(301, "timestamp_too_old"), (-301, "timestamp_too_new"), (290, None), (-290, None)]
)
def test_a_message_is_fresh(tmp_path: Path, age: int, code: str | None) -> None:
    body = json.dumps(row(event("DP1"))).encode()
    headers = signed("", SECRET, "msg_1", body, age=age)
    if code is None:
        assert len(demo.Demo(tmp_path, SECRET).events(body, headers)) == 1
        return
    with pytest.raises(base.BadMessage) as refused:
        demo.Demo(tmp_path, SECRET).events(body, headers)
    assert refused.value.code == code


def test_without_a_secret_no_message_is_believed(tmp_path: Path) -> None:
    body = json.dumps(row(event("DP1"))).encode()
    with pytest.raises(base.BadMessage) as refused:
        demo.Demo(tmp_path, "").events(body, signed("", "whsec_", "msg_1", body))
    assert refused.value.code == "bad_signature"
    assert signature("whsec_", "msg_1", 1, body)


GOOD = row(event("DP1"))


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (b"", "bad_message"),
        (b"{", "bad_message"),
        (b"[]", "bad_message"),
        (b"7", "bad_message"),
        (b"[" * 100_000, "bad_message"),
        (json.dumps({**GOOD, "id": ""}).encode(), "bad_message"),
        (json.dumps({**GOOD, "id": 7}).encode(), "bad_message"),
        (json.dumps({**GOOD, "id": "x" * 101}).encode(), "bad_message"),
        (json.dumps({**GOOD, "text": "\x00"}).encode(), "bad_message"),
        (json.dumps({**GOOD, "at": "yesterday"}).encode(), "bad_message"),
        (json.dumps({**GOOD, "at": "2026-01-02T03:04:05"}).encode(), "bad_message"),
        (json.dumps({**GOOD, "status": "eaten"}).encode(), "unknown_status"),
        (json.dumps([GOOD, {**GOOD, "status": "eaten"}]).encode(), "unknown_status"),
        (json.dumps([GOOD] * 501).encode(), "bad_message"),
        (b" " * (256 * 1024 + 1), "body_too_large"),
    ],
)
def test_what_says_nothing_is_refused(told: bytes, code: str) -> None:
    with pytest.raises(base.BadMessage) as refused:
        demo.read(told)
    assert refused.value.code == code


def test_a_file_that_says_nothing_is_put_away_and_keeps_no_other_back(tmp_path: Path) -> None:
    stand = demo_stand(tmp_path)
    stand.tell([event("DP1")])
    (tmp_path / "status" / "a.json").write_text("{")
    assert [polled.receipt for polled in stand.carrier.poll()] == ["e-in_transit.json"]
    assert (tmp_path / "status" / "refused" / "a.json").exists()


def test_the_office_has_the_parcel_and_its_label(tmp_path: Path) -> None:
    label = demo.Demo(tmp_path).label(PARCEL)
    kept = json.loads((tmp_path / "labels" / f"{label.tracking_number}.json").read_text())
    assert (kept["number"], kept["trackingNumber"], kept["items"]) == ("ORD-1-1", label.barcode, [["SKU", "Thing", 2]])
    assert "1 Analytical Way" in (tmp_path / "labels" / f"{label.tracking_number}.txt").read_text()


def test_what_was_given_back_lies_in_a_drawer_of_its_own(tmp_path: Path) -> None:
    carrier = demo.Demo(tmp_path)
    carrier.void(tracking_number="DP404", reference="")  # never made: nothing is to be done
    label = carrier.label(PARCEL)
    carrier.void(tracking_number=label.tracking_number, reference=label.reference)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*"))
    assert found == [f"labels/void/{label.tracking_number}.{kind}" for kind in ("json", "txt")]


def test_an_office_that_is_closed_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("a file, where a folder should be")
    with pytest.raises(base.CarrierUnavailable):
        demo.Demo(tmp_path).label(PARCEL)


def test_only_carriers_that_are_offered_are_there(settings: Any) -> None:
    assert carriers.names() == [("demo", "Demo Parcel")]
    assert carriers.carrier("").code == "demo"
    settings.CARRIERS = []
    for code in ("", "demo", "nobody"):
        with pytest.raises(carriers.UnknownCarrier):
            carriers.carrier(code)
    assert carriers.names() == []
    assert shop.CARRIER_WEBHOOK_SECRET == ""  # unless it is set, the webhook believes nobody
