"""The packing desk and the arrivals, by scanner and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from checkout.fulfilment import shorting
from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from checkout.payments.models import Payment
from checkout.warehouse import picking, wording
from checkout.warehouse.models import PrintJob
from shop.core import formats
from tests.checkout.warehouse.papers.samples import pages
from tests.checkout.warehouse.test_wave_admin import told
from tests.counting import Counting
from tests.factories import cart as carts
from tests.factories import warehouse as make
from tests.factories.changes import readdress
from tests.factories.inventory import LocationFactory

pytestmark = pytest.mark.django_db
PACK, MANY, ARRIVALS = (f"admin:checkout_warehouse_{name}" for name in ("pack", "pack_many", "arrivals"))


@pytest.fixture(autouse=True)
def _carrier(settings: Any, tmp_path: Path) -> None:
    settings.CARRIERS = ["demo"]
    settings.CARRIER_FOLDER = tmp_path / "carrier"


def picked(**details: Any) -> Shipment:
    shipment = make.parcel(**details)
    picking.pick_all(shipment_id=shipment.pk, by=make.BY)
    shipment.refresh_from_db()
    return shipment


def post(client: Client, name: str = PACK, **data: Any) -> Any:
    return client.post(reverse(name), data, follow=True)


def test_a_parcel_is_scanned_shown_and_handed_over_with_enter(picker: Client) -> None:
    shipment = picked()
    shown = post(picker, code=shipment.number.lower())
    assert shown.redirect_chain[-1][0] == f"{reverse(PACK)}?parcel={shipment.number.lower()}"
    html = shown.content.decode()
    assert html.count("autofocus") == 1
    assert f'name="shown" value="{shipment.number}"' in html
    answer = post(picker, code="", shown=shipment.number, carrier="demo")
    shipment.refresh_from_db()
    assert (shipment.status, shipment.carrier, shipment.carrier_code) == ("shipped", "Demo Parcel", "demo")
    assert told(answer) == [
        ("success", f"Parcel {shipment.number} is handed to Demo Parcel: {shipment.tracking_number}.")
    ]
    again = post(picker, code="", shown=shipment.number, carrier="demo")
    assert told(again)[0][0] == "success"  # sent again: the same label, so nothing more happens


def test_scanning_it_again_hands_it_over(picker: Client) -> None:
    shipment = picked()
    post(picker, code=shipment.number, shown=shipment.number)
    shipment.refresh_from_db()
    assert shipment.status == "shipped"


def test_scanning_another_one_shows_that_one(picker: Client) -> None:
    shipment, other = picked(), picked()
    answer = post(picker, code=other.number, shown=shipment.number)
    assert answer.context["shipment"] == other
    shipment.refresh_from_db()
    assert shipment.status == "picked"


def test_another_carrier_is_typed(picker: Client) -> None:
    shipment = picked()
    post(picker, shown=shipment.number, other="Cycle courier", tracking_number="CC-7")
    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.tracking_number, shipment.status) == ("Cycle courier", "CC-7", "shipped")
    refused = picked()
    answer = post(picker, shown=refused.number, other="Cycle courier", tracking_number="")
    assert told(answer) == [("error", "Not done: Give the carrier and the tracking number.")]


def test_parcels_by_one_number_arrive_one_after_the_other(picker: Client) -> None:
    both = [picked(), picked()]
    for shipment in both:
        post(picker, shown=shipment.number, other="Van", tracking_number="VAN-1")
    assert [told(post(picker, ARRIVALS, code="VAN-1"))[0][0] for _ in range(3)] == ["success", "success", "warning"]
    assert {one.status for one in Shipment.objects.filter(pk__in=[one.pk for one in both])} == {"delivered"}


def test_what_is_no_parcel_is_told(picker: Client) -> None:
    assert told(post(picker, code="nonsense")) == [("error", "Not done: No parcel has the number “nonsense”.")]
    assert told(post(picker, ARRIVALS, code="nonsense")) == [
        ("error", "Not done: No parcel has the number “nonsense”.")
    ]


def test_a_blank_scan_says_what_to_do(picker: Client) -> None:
    sentence = [("error", "Not done: Scan a parcel, or type its number.")]
    assert [told(post(picker, name, code=" ")) for name in (PACK, ARRIVALS)] == [sentence, sentence]


def test_a_very_long_scan_is_told_in_short(picker: Client) -> None:
    sentence = [("error", f"Not done: No parcel has the number “{'9' * 79}…”.")]
    assert [told(post(picker, name, code="9" * 300)) for name in (PACK, ARRIVALS)] == [sentence, sentence]


def test_what_has_arrived_before_is_told_with_when(picker: Client) -> None:
    shipment = picked()
    post(picker, shown=shipment.number, other="Van", tracking_number="VAN-1")
    assert told(post(picker, ARRIVALS, code=shipment.number)) == [("success", f"Parcel {shipment.number} has arrived.")]
    shipment.refresh_from_db()
    at = formats.moment(shipment.delivered_at)
    assert told(post(picker, ARRIVALS, code=shipment.number)) == [
        ("warning", f"Parcel {shipment.number} had arrived already ({at}).")
    ]


def test_nothing_is_ticked_but_what_was_scanned(picker: Client) -> None:
    shipment = picked()
    location = str(shipment.location_id)
    for query in ({}, {"location": location}):
        html = picker.get(reverse(PACK), query).content.decode()
        assert (html.count('type="checkbox" name="shipment"'), html.count(" checked>")) == (1, 0)
    html = picker.get(reverse(PACK), {"parcel": shipment.number}).content.decode()
    assert html.count(f'name="shipment" value="{shipment.pk}" checked>') == 1


def test_an_open_parcel_is_not_handed_over_but_can_be_counted_by_eye(picker: Client) -> None:
    shipment = make.parcel(quantity=2)
    wave = make.wave(shipment)
    html = post(picker, code=shipment.number).content.decode()
    assert "0 of 2 picked" in html
    assert wave.number in html
    [(kind, words)] = told(post(picker, do="dispatch", shown=shipment.number))
    assert (kind, "not picked yet" in words) == ("error", True)
    assert told(post(picker, do="picked", shown=shipment.number)) == [
        ("success", f"Parcel {shipment.number} is finished.")
    ]
    shipment.refresh_from_db()
    assert shipment.status == "picked"


def test_its_papers_are_printed_with_the_label_of_the_carrier(picker: Client) -> None:
    shipment = picked()
    answer = picker.post(reverse(PACK), {"do": "print", "shown": shipment.number, "carrier": "demo"})
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        f'inline; filename="{shipment.number}.pdf"',
    )
    shipment.refresh_from_db()
    slip, label = pages(answer.content)
    assert ["Packing slip" in slip, shipment.tracking_number in label, "Demo Parcel" in label] == [True] * 3
    assert shipment.status == "picked"
    sent = post(picker, shown=shipment.number)
    assert shipment.tracking_number in told(sent)[0][1]


def test_many_leave_at_once_and_one_refused_keeps_none(picker: Client) -> None:
    one, other, still = picked(), picked(), make.parcel()
    answer = post(picker, MANY, do="dispatch", shipment=[str(p.pk) for p in (one, still, other)], carrier="demo")
    assert told(answer) == [
        ("success", "2 parcels are on their way."),
        ("error", f"Not done: {still.number}: Parcel {still.number} is not picked yet."),
    ]
    assert sorted(Shipment.objects.values_list("status", flat=True)) == ["open", "shipped", "shipped"]


def test_many_are_printed_at_once(picker: Client) -> None:
    parcels = [picked(), picked()]
    ids = [str(one.pk) for one in parcels]
    answer = picker.post(reverse(MANY), {"do": "print", "shipment": ids})
    job = PrintJob.objects.get()
    assert answer["Location"] == reverse("admin:checkout_printjob_change", args=[job.pk])
    assert (job.kind, job.shipment_ids) == ("both", ids)
    assert told(post(picker, MANY, do="print")) == [("error", "Not done: Choose at least one parcel.")]


def test_ready_parcels_are_shown_by_location(picker: Client, django_assert_max_num_queries: Any) -> None:
    first = picked()
    html = picker.get(reverse(PACK)).content.decode()
    assert re.findall(r"<strong>(ORD-[\d-]+)</strong>", html) == [first.number]
    picked(), picked()
    with django_assert_max_num_queries(10):
        found = picker.get(reverse(PACK), {"location": str(first.location_id)}).context["ready"]
    assert len(found) == 3
    assert list(picker.get(reverse(PACK), {"location": "nonsense"}).context["ready"]) == found


def dearer(shipment: Shipment, minor: int = 500) -> None:
    """Its order costs so much more than came for it: the delivery went up after it was packed."""
    rows = Order.objects.filter(pk=shipment.order_id)
    rows.update(total_minor=F("total_minor") + minor, shipping_minor=F("shipping_minor") + minor)


def paid_back(shipment: Shipment) -> None:
    """All of its money went back, and nothing of it is due; what is packed was not taken off."""
    everything = {"captured_minor": F("total_minor"), "refunded_minor": F("total_minor")}
    Order.objects.filter(pk=shipment.order_id).update(**everything, allowed_minor=F("total_minor"))


def still_held(shipment: Shipment) -> None:
    """Its money is held for somebody to decide on."""
    Order.objects.filter(pk=shipment.order_id).update(captured_minor=0, secured_minor=0)
    held = {"status": "authorised", "authorised_minor": F("amount_minor"), "captured_minor": 0}
    Payment.objects.filter(order_id=shipment.order_id).update(**held, capture_when="after_review")


def given_up(shipment: Shipment) -> None:
    """Its order is cancelled, and its parcel not yet."""
    Order.objects.filter(pk=shipment.order_id).update(status="cancelled")


@pytest.mark.parametrize(("happens", "why"), [
    (dearer, "$5.00 is still to be paid."), (paid_back, "All that was paid for it was given back."),
    (still_held, "Its payment is held, and not taken yet."), (given_up, "Its order is “Cancelled”."),
])  # fmt: skip
def test_what_may_not_leave_does_not_stand_among_what_is_ready(
    picker: Client, happens: Callable[[Shipment], None], why: str
) -> None:
    kept, goes = picked(), picked()
    happens(kept)
    page = picker.get(reverse(PACK))
    assert (page.context["ready"], page.context["kept"]) == ([goes], [(kept, why)])
    order = reverse("admin:checkout_order_change", args=[kept.order_id])
    row = f'<li><a href="{order}"><strong>{kept.number}</strong></a> <span>{why}</span>'
    assert page.content.decode().count(row) == 1
    elsewhere = picker.get(reverse(PACK), {"location": str(LocationFactory().pk)})
    assert (elsewhere.context["ready"], elsewhere.context["kept"]) == ([], [])
    shown = picker.get(reverse(PACK), {"parcel": kept.number}).content.decode()
    assert (shown.count(f"<strong>It may not leave yet.</strong> {why}"), shown.count('name="other"')) == (1, 0)


@pytest.mark.parametrize("happens", [dearer, paid_back])
def test_what_may_not_leave_is_refused_before_its_carrier_is_asked(
    picker: Client, happens: Callable[[Shipment], None]
) -> None:
    kept, goes = picked(), picked()
    happens(kept)
    why = wording.held_up(Order.objects.get(pk=kept.order_id))
    sentence = f"Not done: {kept.number}: Parcel {kept.number} may not leave: {why}"
    answer = post(picker, MANY, do="dispatch", shipment=[str(kept.pk), str(goes.pk)], carrier="demo")
    assert told(answer) == [("success", "1 parcel is on its way."), ("error", sentence)]
    alone = post(picker, shown=kept.number, carrier="demo")
    assert told(alone) == [("error", f"Not done: Parcel {kept.number} may not leave: {why}")]
    kept.refresh_from_db()
    assert (kept.status, kept.tracking_number) == ("picked", "")
    again = post(picker, MANY, do="dispatch", shipment=[str(goes.pk)], carrier="demo")
    assert told(again) == [("success", "1 parcel is on its way.")]  # what has left is not asked about


def test_it_is_ready_once_the_rest_is_paid(picker: Client) -> None:
    shipment = picked()
    dearer(shipment)
    assert picker.get(reverse(PACK)).context["ready"] == []
    Order.objects.filter(pk=shipment.order_id).update(secured_minor=F("secured_minor") + 500)
    page = picker.get(reverse(PACK))
    assert (page.context["ready"], page.context["kept"]) == ([shipment], [])


def test_as_many_queries_for_one_parcel_as_for_many(picker: Client, counting: Counting) -> None:
    def queries() -> int:
        with counting() as asked:
            picker.get(reverse(PACK))
        return asked()

    dearer(picked())
    picked()
    queries()
    once = queries()
    for _ in range(3):
        dearer(picked())
        picked()
    assert queries() == once


def test_arrivals_are_scanned_by_either_number(picker: Client) -> None:
    one, other = picked(), picked()
    for shipment in (one, other):
        post(picker, shown=shipment.number)
        shipment.refresh_from_db()
    for shipment, code in ((one, one.number), (other, other.tracking_number)):
        [(kind, _words)] = told(post(picker, ARRIVALS, code=make.parcel().number))
        assert kind == "error"
        answer = post(picker, ARRIVALS, code=code)
        assert told(answer) == [("success", f"Parcel {shipment.number} has arrived.")]
        assert answer.context["arrived"][0] == shipment
        shipment.refresh_from_db()
        assert shipment.status == "delivered"


def test_A09_the_packing_desk_is_for_those_who_may_fulfil(staff: Callable[..., Client]) -> None:
    clerk, shipment = staff("view_order", "view_shipment"), picked()
    for name in (PACK, MANY, ARRIVALS):
        assert clerk.get(reverse(name)).status_code == 403
        data = {"code": shipment.number, "shown": shipment.number, "do": "dispatch", "shipment": shipment.pk}
        assert clerk.post(reverse(name), data).status_code == 403
    shipment.refresh_from_db()
    assert shipment.status == "picked"


def test_A27_nothing_happens_by_looking(picker: Client) -> None:
    shipment = picked()
    for name in (PACK, MANY, ARRIVALS):
        picker.get(reverse(name), {"parcel": shipment.number, "do": "dispatch", "shown": shipment.number})
    shipment.refresh_from_db()
    assert (shipment.status, shipment.tracking_number) == ("picked", "")


def test_a_parcel_that_goes_elsewhere_needs_another_label(picker: Client) -> None:
    """The label on its box has the old address: it does not leave by one that nobody has printed."""
    carts.rates()
    shipment = picked()
    printing = {"do": "print", "shown": shipment.number, "carrier": "demo"}
    picker.post(reverse(PACK), printing)
    shipment.refresh_from_db()
    old = shipment.tracking_number
    readdress(shipment.order)
    assert "No parcel has the number" in told(post(picker, code=old))[0][1]
    assert "print the label anew" in post(picker, code=shipment.number).content.decode()
    refusal = f"Where parcel {shipment.number} goes was changed. Print its label anew before it leaves."
    assert told(post(picker, shown=shipment.number, carrier="demo")) == [("error", f"Not done: {refusal}")]
    assert told(post(picker, MANY, shipment=str(shipment.pk), do="dispatch", carrier="demo")) == [
        ("error", f"Not done: {shipment.number}: {refusal}")
    ]
    label = pages(picker.post(reverse(PACK), printing).content)[1]
    shipment.refresh_from_db()
    assert [shipment.tracking_number in label, old in label, "99 Elsewhere Road" in label] == [True, False, True]
    assert "print the label anew" not in post(picker, code=shipment.number).content.decode()
    assert told(post(picker, shown=shipment.number, carrier="demo"))[0][0] == "success"


def test_a_page_from_before_the_change_of_the_address_hands_nothing_over(picker: Client) -> None:
    """Somebody else has printed the new label meanwhile; the box of who looks at the old page has the old one."""
    carts.rates()
    shipment = picked()
    printing = {"do": "print", "shown": shipment.number, "carrier": "demo"}
    picker.post(reverse(PACK), printing)
    page = post(picker, code=shipment.number)
    assert '<input type="hidden" name="address" value="0">' in page.content.decode()
    readdress(shipment.order)
    picker.post(reverse(PACK), printing)
    sentence = f"The label of parcel {shipment.number} is good no more: it goes elsewhere, or has another one."
    for typed in ({}, {"other": "Van", "tracking_number": "VAN-1"}):
        [(kind, words)] = told(post(picker, shown=shipment.number, carrier="demo", address="0", **typed))
        assert (kind, sentence in words) == ("error", True)
    assert Shipment.objects.get(pk=shipment.pk).status == "picked"
    page = post(picker, code=shipment.number)
    assert page.context["seen"] == 1
    assert told(post(picker, shown=shipment.number, carrier="demo", address="1"))[0][0] == "success"


def test_a_label_made_elsewhere_is_confirmed_where_the_address_was_changed(picker: Client) -> None:
    carts.rates()
    shipment = picked()
    page = post(picker, code=shipment.number).content.decode()
    assert [word in page for word in ('name="other"', 'name="made_for"')] == [True, False]
    readdress(shipment.order)
    page = post(picker, code=shipment.number).content.decode()
    assert page.count('<input type="checkbox" name="made_for" value="1">') == 1
    typed = {"shown": shipment.number, "address": "1", "other": "Van", "tracking_number": "VAN-1"}
    [(kind, words)] = told(post(picker, **typed))
    assert (kind, "A label that was made before is for the old address" in words) == ("error", True)
    assert told(post(picker, **typed, made_for="0"))[0][0] == "error"  # ticked on the page from before
    assert Shipment.objects.get(pk=shipment.pk).status == "picked"
    assert told(post(picker, **typed, made_for="1"))[0][0] == "success"


def test_a_cancelled_parcel_has_no_papers(picker: Client) -> None:
    shipment = picked()
    printing = {"do": "print", "shown": shipment.number, "carrier": "demo"}
    picker.post(reverse(PACK), printing)
    make.cancel(shipment)
    answer = picker.post(reverse(PACK), printing, follow=True)
    assert told(answer) == [
        ("error", f"Not done: Parcel {shipment.number} is cancelled: that is not possible any more.")
    ]


def test_a_slip_that_was_printed_before_a_change_is_to_be_printed_again(picker: Client) -> None:
    shipment, again = make.parcel(quantity=2), "Printed before a change: print the slip again"
    query = {"parcel": shipment.number}
    assert post(picker, do="print", shown=shipment.number)["Content-Type"] == "application/pdf"
    assert again not in picker.get(reverse(PACK), query).content.decode()
    shorting.short(shipment_id=shipment.pk, units={shipment.lines.get().pk: 1}, then="refund", by=make.BY)
    assert again in picker.get(reverse(PACK), query).content.decode()
    post(picker, do="print", shown=shipment.number)
    assert again not in picker.get(reverse(PACK), query).content.decode()
