"""Another bill for the same: nothing is altered, both papers together are nought, and later ones follow the new one."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from checkout.invoices import invariants, selectors, services
from checkout.invoices.models import Document, InvoiceDetails
from checkout.invoices.services import ReissueRefused
from checkout.orders import services as orders
from checkout.orders.models import Order
from shop.core import db
from tests import outbox
from tests.factories import checkout as shop
from tests.factories import invoices as factory
from tests.factories.invoices import VAT, VAT_FOOD

pytestmark = pytest.mark.django_db
FIRM = {**shop.ADDRESS, "company": "Analytical Engines Ltd", "city": "Chicago"}


@pytest.fixture
def order() -> Order:
    """Two things at two rates with discount, delivery and goodwill: an invoice and a credit note."""
    made = factory.paid([(3, 1000, "standard"), (1, 700, "food")], [VAT, VAT_FOOD], discount=290, shipping=500)
    services.settle(made.pk)
    factory.allow(made, 333)
    services.settle(made.pk)
    return made


def reissue(order: Order, **how: Any) -> list[Document]:
    given = {"seen": selectors.documents_of(order.pk)[-1].number, "billing_address": FIRM, "reason": "Wrong name"}
    return services.reissue(order_id=order.pk, by="staff:1", **given | how)


def billed(document: Document) -> str:
    return str(selectors.whole(document.pk).content["billing_address"]["company"])


def check(order: Order) -> None:
    """Papers say what is due, at every line and rate."""
    order.refresh_from_db()
    papers = selectors.complete(order.pk)
    assert selectors.issued(papers) == selectors.standing(order, list(order.lines.order_by("position")))
    outbox.drain(mails=False)
    assert invariants.documents_agree() == invariants.numbers_have_no_gaps() == []


def test_a_credit_note_for_all_and_an_invoice_to_the_new_address(order: Order) -> None:
    order.refresh_from_db()
    note, invoice = reissue(order)
    assert (note.kind, invoice.kind) == ("credit_note", "invoice")
    assert note.gross_minor == invoice.gross_minor == order.due_minor
    assert (note.net_minor, note.tax_minor) == (invoice.net_minor, invoice.tax_minor)
    first = selectors.documents_of(order.pk)[0]
    assert [one["number"] for one in note.content["corrects"]] == [first.number]
    assert [one["number"] for one in invoice.content["replaces"]] == [first.number]
    assert [note.content["billing_address"], invoice.content["billing_address"]] == [shop.ADDRESS, FIRM]
    assert services.settle(order.pk) == []
    check(order)


def test_both_papers_say_why_and_ask_for_nothing_that_is_paid(order: Order) -> None:
    note, invoice = reissue(order)
    told = [PdfReader(BytesIO(services.pdf(one))).pages[0].extract_text() for one in (note, invoice)]
    assert ["Reason: Wrong name" in text for text in told] == [True, True]
    assert ["Analytical Engines Ltd" in text for text in told] == [False, True]
    assert "We give back" not in told[0]
    assert f"Replaces\n{selectors.documents_of(order.pk)[0].number}, " in told[1]


def test_later_papers_follow_the_new_invoice_alone(order: Order) -> None:
    _note, invoice = reissue(order)
    factory.remove(order, {order.lines.order_by("position")[0].pk: 1})
    (later,) = services.settle(order.pk)
    assert [one["number"] for one in later.content["corrects"]] == [invoice.number]
    assert billed(later) == "Analytical Engines Ltd"
    check(order)
    factory.take_back(order, {order.lines.order_by("position")[0].pk: 2})
    services.settle(order.pk)
    check(order)


def test_twice_in_a_row_to_two_addresses(order: Order) -> None:
    _note, second = reissue(order)
    note, third = reissue(order, billing_address={**FIRM, "company": "Babbage & Co"})
    assert [one["number"] for one in note.content["corrects"]] == [second.number]
    assert (billed(note), billed(third)) == ("Analytical Engines Ltd", "Babbage & Co")
    check(order)


def test_what_the_merchant_is_called_may_be_the_reason(order: Order) -> None:
    services.save_details(details=InvoiceDetails(name="Holdfast Trading Ltd"), by="staff:1")
    _note, invoice = reissue(order, billing_address=shop.ADDRESS)
    assert invoice.content["seller"]["name"] == "Holdfast Trading Ltd"
    check(order)


def test_a_move_of_the_parcel_does_not_change_who_is_billed(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(shipping_address=FIRM)
    factory.remove(order, {order.lines.order_by("position")[0].pk: 1})
    (note,) = services.settle(order.pk)
    assert (note.content["billing_address"], note.content["delivery_address"]) == (shop.ADDRESS, FIRM)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"seen": "INV-2026-000000"}, "changed_meanwhile"),
        ({"billing_address": {**shop.ADDRESS, "company": "", "phone": ""}}, "nothing_changes"),
    ],
)
def test_what_is_refused_leaves_everything_as_it_was(order: Order, how: dict[str, Any], code: str) -> None:
    before = [one.number for one in selectors.documents_of(order.pk)]
    with pytest.raises(ReissueRefused) as refused:
        reissue(order, **how)
    order.refresh_from_db()
    assert (refused.value.code, order.billing_address, order.revision) == (code, {}, 0)
    assert [one.number for one in selectors.documents_of(order.pk)] == before


def test_the_same_page_sent_twice_is_one_pair(order: Order) -> None:
    seen = selectors.documents_of(order.pk)[-1].number
    reissue(order, seen=seen)
    with pytest.raises(ReissueRefused, match="was issued meanwhile"):
        reissue(order, seen=seen)
    assert Document.objects.count() == 4


def test_an_order_without_invoice_or_that_is_over(order: Order) -> None:
    with pytest.raises(ReissueRefused) as none:
        services.reissue(
            order_id=factory.paid().pk, seen="", billing_address=FIRM, reason="x", by="staff:1"
        )  # fmt: skip
    orders.cancel(order_id=order.pk, by="staff:1")
    services.settle(order.pk)
    with pytest.raises(ReissueRefused) as over:
        reissue(order)
    with pytest.raises(ReissueRefused) as gone:
        services.reissue(order_id=db.uuid7(), seen="", billing_address=FIRM, reason="x", by="staff:1")
    assert (none.value.code, over.value.code, gone.value.code) == ("no_invoice", "order_over", "archived")


def test_all_given_back_leaves_nothing_to_invoice(order: Order) -> None:
    order.refresh_from_db()
    factory.take_back(order, {line.pk: line.quantity for line in order.lines.all()})
    services.settle(order.pk)
    with pytest.raises(ReissueRefused) as refused:
        reissue(order)
    assert refused.value.code == "nothing_left"
