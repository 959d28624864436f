"""Print jobs in the admin: choosing, waiting, fetching, and who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.warehouse import printing
from checkout.warehouse.models import PickWave, PrintJob
from tests.factories import warehouse as make

pytestmark = pytest.mark.django_db
ASK = "admin:checkout_printjob_add"


def page(job: PrintJob, name: str = "change") -> str:
    return reverse(f"admin:checkout_printjob_{name}", args=[job.pk])


def asked() -> PrintJob:
    return printing.ask(kind="slips", shipment_ids=[make.parcel().pk], by=make.BY)


def test_papers_and_layout_are_chosen_and_remembered(picker: Client) -> None:
    one, other = make.parcel(), make.parcel()
    html = picker.get(reverse(ASK), {"shipments": f"{one.pk},nonsense,{other.pk}"}).content.decode()
    assert f"2 parcels, from {one.number} on" in html
    data: dict[str, Any] = {"shipment": [str(one.pk), str(other.pk)], "kind": "labels", "on_a_sheet": "4"}
    answer = picker.post(reverse(ASK), data)
    job = PrintJob.objects.get()
    assert answer["Location"] == page(job)
    assert (job.kind, job.on_a_sheet, job.shipment_ids) == ("labels", 4, [str(one.pk), str(other.pk)])
    picker.post(
        reverse("admin:checkout_parceltopick_changelist"), {"action": "print_both", "_selected_action": [one.pk]}
    )
    assert PrintJob.objects.latest("id").on_a_sheet == 4


def test_parcels_ticked_in_another_list_are_asked_about(picker: Client) -> None:
    shipment = make.parcel()
    answer = picker.post(reverse(ASK), {"_selected_action": [str(shipment.pk)]})
    assert [one.pk for one in answer.context["parcels"]] == [shipment.pk]
    assert PrintJob.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"kind": "picklist"}, {"kind": "x"}, {"on_a_sheet": "3"}, {"shipment": "x"}])
def test_what_cannot_be_printed_is_asked_again(picker: Client, wrong: dict[str, str]) -> None:
    data = {"shipment": str(make.parcel().pk), "kind": "slips", "on_a_sheet": "1", **wrong}
    assert picker.post(reverse(ASK), data).status_code == 200
    assert PrintJob.objects.count() == 0


def test_the_page_tells_how_far_it_is_until_there_is_a_file(picker: Client) -> None:
    job = asked()
    PrintJob.objects.filter(pk=job.pk).update(status="running", done=3, total=10)
    html = picker.get(page(job)).content.decode()
    assert "3 of 10 drawn" in html
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in html
    part = picker.get(page(job), headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section")
    assert 'hx-trigger="every 1s"' in part
    printing.draw(job_id=job.pk)
    part = picker.get(page(job), headers={"HX-Request": "true"}).content.decode()
    assert ("hx-trigger" in part, page(job, "file") in part) == (False, True)


def test_the_file_is_fetched(picker: Client) -> None:
    job = asked()
    assert picker.get(page(job, "file")).status_code == 404
    printing.draw(job_id=job.pk)
    answer = picker.get(page(job, "file"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith('inline; filename="packing-slips-')
    download = picker.get(page(job, "file"), {"download": ""})
    assert download["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_gone_is_not_found(picker: Client, folder: Path) -> None:
    job = asked()
    printing.draw(job_id=job.pk)
    for file in folder.rglob("*.pdf"):
        file.unlink()
    assert picker.get(page(job, "file")).status_code == 404


def test_A08_papers_are_for_those_who_may_fulfil(staff: Callable[..., Client]) -> None:
    job = asked()
    printing.draw(job_id=job.pk)
    clerk = staff("view_order", "view_printjob", "view_shipment")
    for url in (page(job), page(job, "file"), reverse(ASK), reverse("admin:checkout_printjob_changelist")):
        assert clerk.get(url).status_code == 403
    shopper = Client()
    assert shopper.get(page(job, "file")).status_code == 302
    data = {"shipment": job.shipment_ids, "kind": "slips", "on_a_sheet": "1"}
    assert clerk.post(reverse(ASK), data).status_code == 403
    assert PrintJob.objects.count() == 1


def test_what_went_wrong_is_on_the_page(picker: Client) -> None:
    job = asked()
    PrintJob.objects.filter(pk=job.pk).update(status="failed", error="Broken.", problems=["ORD-1-1: too heavy"])
    html = picker.get(page(job)).content.decode()
    assert ["Broken." in html, "ORD-1-1: too heavy" in html] == [True, True]


def test_jobs_are_listed_in_the_same_queries(picker: Client, django_assert_max_num_queries: Any) -> None:
    url = reverse("admin:checkout_printjob_changelist")
    counted = []
    for _turn in range(2):
        asked()
        with django_assert_max_num_queries(10) as queries:
            assert picker.get(url).status_code == 200
        counted.append(len(queries))
        asked()
    assert counted[0] == counted[1]


def test_shipments_ticked_in_their_list_are_printed_or_picked(staff: Callable[..., Client]) -> None:
    clerk = staff("fulfil_order", "view_shipment")
    one, other = make.parcel(), make.parcel()
    url = reverse("admin:checkout_shipment_changelist")
    ticked = [str(one.pk), str(other.pk)]
    assert [str(row.pk) for row in clerk.get(url).context["cl"].result_list] == ticked[::-1]
    for action, where in (("print_papers", ASK), ("start_wave", "admin:checkout_pickwave_add")):
        answer = clerk.post(url, {"action": action, "_selected_action": ticked})
        assert (answer.status_code, answer["Location"]) == (307, reverse(where))  # the browser posts the same again
    printed = clerk.post(reverse(ASK), {"action": "print_papers", "_selected_action": ticked})
    assert [str(parcel.pk) for parcel in printed.context["parcels"]] == ticked
    picked = clerk.post(reverse("admin:checkout_pickwave_add"), {"_selected_action": ticked})
    assert picked.status_code == 302
    again = clerk.post(reverse("admin:checkout_pickwave_add"), {"_selected_action": ticked})
    assert again["Location"] == reverse("admin:checkout_parceltopick_changelist")
    assert PickWave.objects.count() == 1
