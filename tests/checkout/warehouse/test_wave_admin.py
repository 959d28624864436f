"""The warehouse's lists and the page of a wave, as somebody with a scanner uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from checkout.warehouse import picking, printing, selectors
from checkout.warehouse.models import PickWave, PrintJob
from shop.core import db
from tests.factories import warehouse as make
from tests.factories.inventory import LocationFactory, stocked

pytestmark = pytest.mark.django_db
TO_PICK = "admin:checkout_parceltopick_changelist"
WAVES = "admin:checkout_pickwave_changelist"
STEPS = ("scan", "undo", "finish", "short", "close", "print")


def page(wave: PickWave, name: str = "change") -> str:
    return reverse(f"admin:checkout_pickwave_{name}", args=[wave.pk])


def told(answer: Any) -> list[tuple[str, str]]:
    """What the page says of the last step, in the region that is read out."""
    block = answer.content.decode().split('id="scan-told"')[1].split("</div>")[0]
    found = re.findall(r'<p class="is-(\w+)">(.*?)</p>', block, re.DOTALL)
    return [(kind, re.sub(r"<[^>]+>", "", words)) for kind, words in found]


def after(client: Client, wave: PickWave, step: str, **data: Any) -> list[tuple[str, str]]:
    return told(client.post(page(wave, step), data, follow=True))


def listed(client: Client, **query: str) -> list[Shipment]:
    return list(client.get(reverse(TO_PICK), query).context["cl"].result_list)


def test_a_scan_is_counted_and_told(picker: Client) -> None:
    item = stocked(9)
    one, other = make.parcel([item]), make.parcel([item], quantity=2)
    wave = make.wave(one, other)
    html = picker.get(page(wave)).content.decode()
    assert html.count("autofocus") == 1
    assert 'role="status" aria-live="assertive"' in html
    assert after(picker, wave, "scan", code=item.sku) == [
        ("success", f"1 × {item.sku} → box 1 ({one.number}). Box 1 has everything.")
    ]
    assert after(picker, wave, "scan", code=f"2*{item.sku}") == [
        ("success", f"2 × {item.sku} → box 2 ({other.number}). Box 2 has everything.")
    ]
    assert after(picker, wave, "undo") == [("success", f"Taken back: 2 × {item.sku} out of box 2 ({other.number}).")]
    assert after(picker, wave, "finish") == [("success", f"1 parcel is finished: {one.number}.")]
    assert "1 of 3 units" in picker.get(page(wave)).content.decode()


@pytest.mark.parametrize(("quantity", "words"), [(1, "0 of 1 unit"), (2, "0 of 2 units")])
def test_one_unit_is_told_from_many(picker: Client, quantity: int, words: str) -> None:
    wave = make.wave(make.parcel([stocked(9)], quantity=quantity))
    for html in (picker.get(page(wave)).content.decode(), picker.get(reverse(WAVES)).content.decode()):
        assert re.findall(r"0 of \d units?", html) == [words]


def test_a_form_that_is_sent_twice_counts_once_and_says_so(picker: Client) -> None:
    item = stocked(9)
    wave = make.wave(make.parcel([item], quantity=3))
    form = {"code": item.sku, "nonce": picker.get(page(wave)).context["nonce"]}
    assert after(picker, wave, "scan", **form)[0][0] == "success"
    twice = f"Not done: {item.sku} came twice at once and was counted once. Scan it again if there is another one."
    assert after(picker, wave, "scan", **form) == [("error", twice)]
    fresh = {"code": item.sku, "nonce": picker.get(page(wave)).context["nonce"]}
    assert after(picker, wave, "scan", **fresh)[0][0] == "success"
    assert "2 of 3 units" in picker.get(page(wave)).content.decode()


def test_a_refused_scan_says_what_is_wrong(picker: Client) -> None:
    item, other = stocked(9), stocked(9)
    wave = make.wave(make.parcel([item]))
    refused = {
        "nonsense": "nonsense is unknown: no SKU and no barcode of ours.",
        other.sku: f"{other.sku} is not in this wave, or its parcels are finished.",
        "": "Scan a unit, or type its SKU.",
        f"2*{item.sku}": f"Of {item.sku} only 1 is needed, not 2.",
        f"0*{item.sku}": "Say how many as 3*SKU, from 1 to 999.",
    }
    for code, sentence in refused.items():
        assert after(picker, wave, "scan", code=code) == [("error", f"Not done: {sentence}")]
    assert [kind for kind, _words in after(picker, wave, "scan", code=item.sku)] == ["success"]
    assert after(picker, wave, "scan", code=item.sku) == [("error", f"Not done: {item.sku} is complete: put it back.")]


def test_the_last_parcel_ends_the_wave(picker: Client) -> None:
    item = stocked(9)
    shipment = make.parcel([item])
    wave = make.wave(shipment)
    after(picker, wave, "scan", code=item.sku)
    assert after(picker, wave, "finish", parcel=str(shipment.pk)) == [
        ("success", f"1 parcel is finished: {shipment.number}.")
    ]
    html = picker.get(page(wave)).content.decode()
    assert "autofocus" not in html
    assert f"?parcel={shipment.number}" in html
    assert after(picker, wave, "scan", code=item.sku) == [("error", "Not done: This wave is over.")]


@pytest.mark.parametrize("then", ["wait", "refund"])
def test_what_is_missing_is_asked_and_told(picker: Client, then: str) -> None:
    item = stocked(9)
    shipment = make.parcel([item], quantity=2)
    wave = make.wave(shipment)
    [line] = selectors.contents(wave).lines
    data = {"line": str(line.line_id), "units": "1", "seen": str(line.version)}
    assert after(picker, wave, "short", **data) == [
        ("error", "Not done: Say how many units are missing, and what becomes of them.")
    ]
    [(kind, words)] = after(picker, wave, "short", then=then, **data)
    assert (kind, words.startswith(f"1 × {item.sku} ")) == ("success", True)
    [(kind, words)] = after(picker, wave, "short", then=then, **data)  # the same page sent again
    assert (kind, "changed meanwhile" in words) == ("error", True)


def test_papers_of_a_wave_are_asked_for(picker: Client) -> None:
    wave = make.wave(make.parcel(), make.parcel())
    for kind, papers in (("picklist", 1), ("both", 4)):
        answer = picker.post(page(wave, "print"), {"kind": kind})
        job = PrintJob.objects.order_by("id").last()
        assert answer["Location"] == reverse("admin:checkout_printjob_change", args=[job.pk])
        assert (job.kind, job.total) == (kind, papers)
    assert told(picker.post(page(wave, "print"), {"kind": "x"}, follow=True)) == [
        ("error", "Not done: There are no such papers.")
    ]


def test_a_wave_is_closed(picker: Client) -> None:
    shipment = make.parcel()
    wave = make.wave(shipment)
    assert listed(picker) == []
    after(picker, wave, "close")
    wave.refresh_from_db()
    assert wave.status == "closed"
    assert listed(picker) == [shipment]


def headings(html: str) -> list[str]:
    return re.findall(r"<h2[^>]*>(.*?)</h2>", html)


def test_a_closed_wave_says_what_it_left_and_where_that_is(picker: Client) -> None:
    whole, part = stocked(9), stocked(9)
    done, left = make.parcel([whole]), make.parcel([whole, part], quantity=2)
    wave = make.wave(done, left)
    assert headings(picker.get(page(wave)).content.decode()) == ["To fetch", "Boxes"]
    after(picker, wave, "scan", code=f"3*{whole.sku}")
    after(picker, wave, "scan", code=part.sku)
    after(picker, wave, "close")
    shown = picker.get(page(wave))
    html = shown.content.decode()
    assert headings(html) == ["Not picked", "Boxes", "Last scans"]
    assert [(row.sku, row.open) for row in shown.context["rows"]] == [(part.sku, 1)]
    assert ("1 not picked" in html, "to be fetched" in html, html.count("not finished")) == (True, False, 2)
    [words] = re.findall(r'data-testid="wave-left">(.*?)</p>', html)
    assert f'among the <a href="{reverse(TO_PICK)}">parcels to pick</a> again, or in a later wave' in words


def test_a_wave_of_which_all_is_picked_says_that_nothing_is_left(picker: Client) -> None:
    item = stocked(9)
    shipment = make.parcel([item])
    wave = make.wave(shipment)
    after(picker, wave, "scan", code=item.sku)
    after(picker, wave, "finish", parcel=str(shipment.pk))
    html = picker.get(page(wave)).content.decode()
    assert ("Nothing of this wave is left to pick." in html, "wave-left" in html) == (True, False)


def test_A09_the_warehouse_is_for_those_who_may_fulfil(staff: Callable[..., Client]) -> None:
    clerk = staff("view_order", "view_pickwave", "view_shipment", "view_printjob")
    wave = make.wave(make.parcel())
    for url in (reverse(TO_PICK), reverse(WAVES), page(wave), reverse("admin:checkout_pickwave_add")):
        assert clerk.get(url).status_code == 403
    for step in STEPS:
        assert clerk.post(page(wave, step), {"code": "x", "kind": "both"}).status_code == 403
    wave.refresh_from_db()
    assert (wave.status, PrintJob.objects.count()) == ("open", 0)


def test_A27_nothing_happens_by_looking(picker: Client) -> None:
    wave = make.wave(make.parcel())
    assert [picker.get(page(wave, step)).status_code for step in STEPS] == [405] * len(STEPS)


def test_a_wave_that_is_not_there_is_not_found(picker: Client) -> None:
    ghost = PickWave(id=UUID(int=0))
    assert [picker.post(page(ghost, step), {"kind": "both"}).status_code for step in STEPS] == [404] * len(STEPS)


def test_odd_posts_are_answered_with_a_sentence(picker: Client) -> None:
    wave = make.wave(make.parcel())
    assert after(picker, wave, "finish", parcel="nonsense") == [("error", "Not done: That was not understood.")]
    assert after(picker, wave, "finish", parcel=str(uuid4())) == [("success", "No parcel has everything yet.")]


def test_parcels_to_pick_are_filtered(picker: Client) -> None:
    far = LocationFactory()
    old, new = make.parcel(), make.parcel([stocked(5, location=far.code)])
    waiting = make.parcel()
    Shipment.objects.filter(pk=waiting.pk).update(is_waiting=True)
    Shipment.objects.filter(pk=old.pk).update(created_at=db.clock() - timedelta(days=4))
    Order.objects.filter(pk=new.order_id).update(delivery_option="express", delivery_name="Express")
    assert listed(picker) == [old, new]
    assert listed(picker, units="waiting") == [waiting]
    assert listed(picker, units="all") == [old, new, waiting]
    assert listed(picker, location=str(far.pk)) == [new]
    assert listed(picker, location="nonsense") == []
    assert listed(picker, age="3") == [old]
    assert listed(picker, delivery="express") == [new]
    assert listed(picker, q=old.number) == [old]


def test_chosen_parcels_become_a_wave(picker: Client) -> None:
    one, _left, other = make.parcel(), make.parcel(), make.parcel()
    data = {"action": "start_wave", "_selected_action": [str(other.pk), str(one.pk)]}
    answer = picker.post(reverse(TO_PICK), data)
    wave = PickWave.objects.get()
    assert answer["Location"] == page(wave)
    assert [box.shipment for box in selectors.contents(wave).boxes] == [one, other]


def test_the_oldest_parcels_become_a_wave(picker: Client) -> None:
    shipments = [make.parcel() for _ in range(3)]
    url = reverse("admin:checkout_pickwave_add")
    assert "Main" in picker.get(url).content.decode() or picker.get(url).status_code == 200
    answer = picker.post(url, {"location": str(shipments[0].location_id), "delivery": "", "most": "2"})
    wave = PickWave.objects.get()
    assert answer["Location"] == page(wave)
    assert [box.shipment for box in selectors.contents(wave).boxes] == shipments[:2]
    for wrong in ({"most": "0"}, {"location": "x"}, {"delivery": "pigeon"}):
        data = {"location": str(shipments[0].location_id), "delivery": "", "most": "2", **wrong}
        assert picker.post(url, data).status_code == 200
    assert PickWave.objects.count() == 1


def test_where_nothing_waits_the_page_says_so(picker: Client) -> None:
    assert "Nothing waits to be picked." in picker.get(reverse("admin:checkout_pickwave_add")).content.decode()


def test_chosen_parcels_are_printed(picker: Client) -> None:
    shipment = make.parcel()
    picker.post(reverse(TO_PICK), {"action": "print_both", "_selected_action": [str(shipment.pk)]})
    job = PrintJob.objects.get()
    assert (job.kind, job.shipment_ids) == ("both", [str(shipment.pk)])


def test_the_lists_take_the_same_queries_for_one_row_and_for_many(
    picker: Client, django_assert_max_num_queries: Any
) -> None:
    item = stocked(90)
    small = make.wave(make.parcel([item]))
    make.parcel([item])
    counted = []
    for _turn in range(2):
        for url in (reverse(TO_PICK), reverse(WAVES), page(small)):
            with django_assert_max_num_queries(14) as queries:
                assert picker.get(url).status_code == 200
            counted.append(len(queries))
        for _ in range(3):
            make.wave(make.parcel([item]), make.parcel([item]))
            make.parcel([item])
        small = PickWave.objects.order_by("-id").first()
    assert counted[:3] == counted[3:]


def test_a_wave_shows_what_is_fetched_for_whom(picker: Client) -> None:
    item = stocked(9)
    wave = make.wave(make.parcel([item]), make.parcel([item], quantity=2))
    picking.scan(wave_id=wave.pk, text=item.sku, by=make.BY)
    context = picker.get(page(wave)).context
    [row] = context["rows"]
    assert (row.sku, row.quantity, row.picked, [line.box for line in row.lines]) == (item.sku, 3, 1, [1, 2])
    assert [(box.box, box.is_complete) for box in context["boxes"]] == [(1, True), (2, False)]


def test_A28_what_shoppers_wrote_is_inert(picker: Client) -> None:
    shipment = make.parcel()
    evil = "<script>alert(1)</script>"
    shipment.order.lines.update(name=evil, picture='"><script>alert(1)', options={"x": evil}, sku=evil)
    wave = make.wave(shipment)
    assert evil not in picker.get(page(wave)).content.decode()
    assert evil not in picker.post(page(wave, "scan"), {"code": evil}, follow=True).content.decode()


AGAIN = "Printed before a change: print the slip again"


def test_a_wave_says_which_slips_were_printed_before_a_change(picker: Client) -> None:
    item = stocked(9)
    changed, same = make.parcel([item], quantity=2), make.parcel([item], quantity=2)
    wave = make.wave(changed, same)
    printing.draw(job_id=printing.ask(kind="both", shipment_ids=[changed.pk, same.pk], by=make.BY).pk)
    assert AGAIN not in picker.get(page(wave)).content.decode()
    changed.refresh_from_db()
    data = {"line": str(changed.lines.get().pk), "units": 1, "seen": changed.version, "then": "refund"}
    assert after(picker, wave, "short", **data) == [
        ("success", f"1 × {item.sku} leaves the order; the money goes back. "
         f"Parcel {changed.number}: printed before a change, print the slip again."),
    ]  # fmt: skip
    shown = picker.get(page(wave))
    assert [box.is_outdated for box in shown.context["boxes"]] == [True, False]
    assert shown.content.decode().count(AGAIN) == 1
    printing.draw(job_id=printing.ask(kind="slips", shipment_ids=[changed.pk], by=make.BY).pk)
    assert AGAIN not in picker.get(page(wave)).content.decode()
