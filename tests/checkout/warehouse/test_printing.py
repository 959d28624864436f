"""Print jobs: asked for, drawn with progress, fetched, forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import storages

from checkout.changes import services as changes
from checkout.fulfilment import labelling
from checkout.fulfilment.carriers import base, demo
from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from checkout.warehouse import filling, picking, printing
from checkout.warehouse.models import PrintJob
from checkout.warehouse.papers import bundle
from shop.core import db
from tests import outbox
from tests.checkout.warehouse.papers.samples import pages
from tests.factories import cart as carts
from tests.factories import warehouse as make
from tests.factories.checkout import ADDRESS
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db
BY = make.BY


def ask(kind: str, *shipments: Shipment, **other: object) -> PrintJob:
    return printing.ask(kind=kind, shipment_ids=[one.pk for one in shipments], by=BY, **other)  # type: ignore[arg-type]


def printed(job: PrintJob) -> list[str]:
    job.refresh_from_db()
    with storages["private"].open(job.file) as file:
        return pages(file.read())


def test_slips_and_labels_of_parcels_in_the_order_asked(folder: Path) -> None:
    first, second = make.parcel(), make.parcel()
    job = ask("both", second, first)
    assert (job.status, job.total) == ("waiting", 4)
    outbox.drain(mails=False)
    assert outbox.failures() == []
    found = printed(job)
    assert (job.status, job.done, job.error, job.problems) == ("done", 4, "", [])
    assert [second.number in found[0], first.number in found[1]] == [True, True]
    assert [second.number in found[2], first.number in found[3]] == [True, True]
    assert [file.stat().st_size for file in folder.rglob("*.pdf")] == [job.size]


@pytest.mark.parametrize(("kind", "count"), [("slips", 1), ("labels", 1), ("both", 2)])
def test_each_kind_has_its_papers(kind: str, count: int) -> None:
    job = ask(kind, make.parcel())
    printing.draw(job_id=job.pk)
    found = printed(job)
    assert len(found) == count == job.total
    assert ("Packing slip" in found[0]) is (kind != "labels")


def test_four_labels_lie_on_a_sheet() -> None:
    shipments = [make.parcel() for _ in range(5)]
    job = ask("labels", *shipments, on_a_sheet=4)
    printing.draw(job_id=job.pk)
    assert len(printed(job)) == 2


def test_the_pick_list_of_a_wave_has_what_is_left_to_pick() -> None:
    item, other = stocked(9), stocked(9)
    wave = make.wave(make.parcel([item, other], quantity=2))
    picking.scan(wave_id=wave.pk, text=f"2*{other.sku}", by=BY)
    job = printing.ask(kind="picklist", wave=wave, by=BY)
    printing.draw(job_id=job.pk)
    [page] = printed(job)
    assert [wave.number in page, item.sku in page, other.sku in page] == [True, True, False]


def test_drawn_twice_is_drawn_once(folder: Path) -> None:
    job = ask("slips", make.parcel())
    assert printing.draw(job_id=job.pk) is not None
    assert printing.draw(job_id=job.pk) is None
    assert printing.draw(job_id=uuid4()) is None
    assert len(list(folder.rglob("*.pdf"))) == 1


def test_of_two_workers_with_one_job_one_leaves_a_file(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    job = ask("slips", make.parcel())
    render, turns = bundle.render, [True]

    def and_the_other_one_too(**papers: object) -> bytes:
        content = render(**papers)  # type: ignore[arg-type]
        if turns.pop():
            turns.append(False)
            printing.draw(job_id=job.pk)
        return content

    monkeypatch.setattr(bundle, "render", and_the_other_one_too)
    printing.draw(job_id=job.pk)
    assert printed(job) != []
    assert len(list(folder.rglob("*.pdf"))) == 1


def test_progress_is_told_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_TOLD_EVERY", 0)
    job = ask("slips", make.parcel(), make.parcel(), make.parcel())
    seen: list[tuple[str, int]] = []
    draw = bundle.slips.draw

    def and_look(*args: object) -> None:
        seen.append(PrintJob.objects.values_list("status", "done").get(pk=job.pk))
        draw(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(bundle.slips, "draw", and_look)
    printing.draw(job_id=job.pk)
    assert seen == [("running", 0), ("running", 1), ("running", 2)]


def test_what_goes_wrong_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    job = ask("slips", make.parcel())
    with monkeypatch.context() as broken:
        broken.setattr(filling, "slip", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            printing.draw(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, "ZeroDivisionError" in job.error) == ("failed", True)
    printing.draw(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("done", "")


def test_of_cancelled_parcels_nothing_is_printed() -> None:
    shipment = make.parcel()
    job = ask("both", shipment)
    make.cancel(shipment)
    printing.draw(job_id=job.pk)
    job.refresh_from_db()
    assert (job.status, job.file, job.error) == ("failed", "", "There is nothing to print.")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "slips", "shipment_ids": []},
        {"kind": "posters", "shipment_ids": [UUID(int=1)]},
        {"kind": "picklist", "shipment_ids": [UUID(int=1)]},
        {"kind": "labels", "shipment_ids": [UUID(int=1)], "on_a_sheet": 3},
        {"kind": "labels", "shipment_ids": [UUID(int=n) for n in range(501)]},
    ],
)
def test_what_cannot_be_printed_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(printing.PrintRefused):
        printing.ask(by=BY, **wrong)  # type: ignore[arg-type]
    assert PrintJob.objects.count() == 0


def test_a_file_is_gone_after_a_day_and_the_job_after_a_month(folder: Path) -> None:
    kept, job = ask("slips", make.parcel()), ask("slips", make.parcel())
    for one in (kept, job):
        printing.draw(job_id=one.pk)
    assert kept.expires_at - db.clock() > timedelta(hours=23)
    PrintJob.objects.filter(pk=job.pk).update(expires_at=db.clock() - timedelta(seconds=1))
    assert printing.forget() == 1
    assert printing.forget() == 0
    job.refresh_from_db()
    assert (job.status, job.file, len(list(folder.rglob("*.pdf")))) == ("expired", "", 1)
    assert printing.draw(job_id=job.pk) is None
    PrintJob.objects.filter(pk=job.pk).update(expires_at=db.clock() - timedelta(days=31))
    printing.forget()
    assert list(PrintJob.objects.all()) == [kept]


def test_a_slip_tells_of_gifts_and_po_numbers() -> None:
    shipment = make.parcel()
    Order.objects.filter(pk=shipment.order_id).update(gift_message="Happy birthday!", po_number="PO-7")
    [gift] = pages(printing.papers(shipment=Shipment.objects.get(pk=shipment.pk), kind="slips", by=BY))
    assert ["Happy birthday!" in gift, "PO-7" in gift, "$25.00" in gift] == [True, True, False]


def test_A28_what_shoppers_wrote_is_inert_on_paper() -> None:
    shipment = make.parcel()
    evil = "<b>bold</b> & <para/> \u202e %s {0}"
    Order.objects.filter(pk=shipment.order_id).update(
        shipping_address={"first_name": evil, "address1": evil, "city": evil, "country": evil}, gift_message=evil
    )
    shipment.order.lines.update(name=evil, options={"x": evil})
    document = printing.papers(shipment=Shipment.objects.get(pk=shipment.pk), kind="both", by=BY)
    assert pages(document)[0].count("<b>bold</b> & <para/> %s {0}") >= 2


def test_a_parcel_that_its_carrier_refuses_keeps_no_other_from_being_printed(settings: object, tmp_path: Path) -> None:
    good, bad = make.parcel(), make.parcel()
    settings.CARRIERS = ["demo"]  # type: ignore[attr-defined]
    settings.CARRIER_FOLDER = tmp_path / "carrier"  # type: ignore[attr-defined]
    Shipment.objects.filter(pk=bad.pk).update(carrier_code="gone")
    job = ask("labels", bad, good)
    printing.draw(job_id=job.pk)
    [label] = printed(job)
    good.refresh_from_db()
    assert (good.carrier_code, good.tracking_number in label) == ("demo", True)
    assert job.problems == [f"{bad.number}: No carrier is set up that makes labels. Type its name and number."]


@pytest.mark.parametrize("offered", [["demo"], []])
def test_a_label_has_the_address_of_the_moment_at_which_it_is_made(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offered: list[str]
) -> None:
    """An order goes elsewhere while the papers before it are drawn."""
    settings.CARRIERS, settings.CARRIER_FOLDER = offered, tmp_path / "carrier"  # type: ignore[attr-defined]
    carts.rates()
    shipment = make.parcel()
    job, sender = ask("labels", shipment), filling.sender

    def late() -> filling.Sender:
        moved = {**ADDRESS, "address1": "99 Elsewhere Road"}
        changes.edit(order_id=shipment.order_id, seen_revision=0, shipping_address=moved, reason="", by=BY)
        return sender()

    monkeypatch.setattr(filling, "sender", late)
    printing.draw(job_id=job.pk)
    [label] = printed(job)
    shipment.refresh_from_db()
    assert ("99 Elsewhere Road" in label, shipment.tracking_number in label, job.problems) == (True, True, [])


def test_where_no_carrier_makes_labels_ours_bears_the_parcels_number(settings: object) -> None:
    settings.CARRIERS = []  # type: ignore[attr-defined]
    shipment = make.parcel()
    job = ask("labels", shipment)
    printing.draw(job_id=job.pk)
    [label] = printed(job)
    assert (shipment.number in label, job.problems) == (True, [])


def test_where_every_carrier_refuses_the_job_says_so(settings: object, tmp_path: Path) -> None:
    settings.CARRIERS = ["demo"]  # type: ignore[attr-defined]
    settings.CARRIER_FOLDER = tmp_path / "carrier"  # type: ignore[attr-defined]
    bad = make.parcel()
    Shipment.objects.filter(pk=bad.pk).update(carrier_code="gone")
    job = ask("labels", bad)
    assert printing.draw(job_id=job.pk) is None
    job.refresh_from_db()
    assert (job.status, job.error, len(job.problems)) == ("failed", "There is nothing to print.", 1)


@pytest.mark.parametrize("sent", [b"", b"no label", b"%PDF-1.4 and no more"])
def test_what_a_carrier_sends_that_is_no_label_keeps_no_other_from_being_printed(
    settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    good, bad = make.parcel(), make.parcel()
    settings.CARRIERS, settings.CARRIER_FOLDER = ["demo"], tmp_path / "carrier"  # type: ignore[attr-defined]
    real = demo.Demo.label

    def label(self: demo.Demo, parcel: base.Parcel) -> base.Label:
        made = real(self, parcel)
        return replace(made, pdf=sent) if parcel.number == bad.number else made

    monkeypatch.setattr(demo.Demo, "label", label)
    job = ask("labels", bad, good)
    printing.draw(job_id=job.pk)
    found = printed(job)
    if not sent:  # none at all: ours is drawn
        assert (len(found), job.problems) == (2, [])
        return
    sentence = "What the carrier sent as a label cannot be printed. Please ask it for another."
    assert (len(found), job.status, job.problems) == (1, "done", [f"{bad.number}: {sentence}"])
    with pytest.raises(labelling.LabelRefused, match="cannot be printed"):
        printing.papers(shipment=Shipment.objects.select_related("order").get(pk=bad.pk), kind="labels", by=BY)


@pytest.mark.parametrize(("kind", "is_noted"), [("slips", True), ("both", True), ("labels", False)])
def test_a_job_notes_what_its_slips_say_once_they_are_drawn(kind: str, is_noted: bool) -> None:
    shipment = make.parcel(quantity=2)
    job = ask(kind, shipment)
    shipment.refresh_from_db()
    assert shipment.printed is None
    printing.draw(job_id=job.pk)
    shipment.refresh_from_db()
    assert shipment.printed == ({str(shipment.lines.get().order_line_id): 2} if is_noted else None)
