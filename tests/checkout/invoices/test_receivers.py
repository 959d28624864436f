"""From what happens to an order to the papers and mails that follow, as the workers do it."""

import pytest
from django.core import mail

from checkout.fulfilment import services as fulfilment
from checkout.invoices import invariants, receivers, selectors, services
from checkout.invoices.models import InvoiceDetails
from checkout.orders import services as orders
from checkout.payments import services as payments
from checkout.payments.models import Refund
from shop.notifications import attachments
from tests import outbox
from tests.factories import checkout as shop
from tests.factories import invoices as factory

pytestmark = pytest.mark.django_db


def papers(order):
    return [(one.kind, one.gross_minor) for one in selectors.documents_of(order.pk)]


def test_a_paid_order_has_its_invoice_by_mail_as_it_is_stored():
    order = shop.paid()
    outbox.drain()
    (invoice,) = selectors.documents_of(order.pk)
    (sent,) = [one for one in mail.outbox if invoice.number in one.subject]
    ((name, data, kind),) = sent.attachments
    assert (name, kind) == (f"{invoice.number}.pdf", "application/pdf")
    assert data == services.pdf(invoice)
    assert order.number in sent.body


def test_what_is_heard_twice_is_issued_and_mailed_once():
    order = shop.paid()
    outbox.drain()
    (invoice,) = selectors.documents_of(order.pk)
    told = len(mail.outbox)
    receivers.settle({"order_id": str(order.pk)})
    receivers.mail_document({"order_id": str(order.pk), "document_id": str(invoice.pk)})
    outbox.drain()
    assert (papers(order), len(mail.outbox)) == ([("invoice", 3000)], told)


def test_a_cancelled_order_has_its_credit_note_by_mail():
    order = shop.paid()
    outbox.drain()
    orders.cancel(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert papers(order) == [("invoice", 3000), ("credit_note", 3000)]
    assert [one.subject for one in mail.outbox if "credit note" in one.subject.lower()] == [
        f"Your credit note {selectors.documents_of(order.pk)[1].number}"
    ]
    assert invariants.documents_agree() == []


def test_goodwill_is_credited_as_soon_as_it_is_given():
    order = shop.paid()
    outbox.drain()
    payments.request_refund(order_id=order.pk, amount=order.money(700), reason="scratched", by="staff:1")
    outbox.drain(mails=False)
    assert papers(order) == [("invoice", 3000), ("credit_note", 700)]
    assert Refund.objects.get().amount_minor == 700


def test_units_taken_off_are_credited():
    order = shop.paid(quantity=2)
    outbox.drain()
    factory.remove(order, {order.lines.get().pk: 1})
    outbox.drain(mails=False)
    assert papers(order) == [("invoice", 5500), ("credit_note", 2750)]


def test_where_it_comes_with_the_parcel_the_first_that_leaves_brings_it():
    services.save_details(details=InvoiceDetails(name="Shop", issue_when="shipped"), by="staff:1")
    order = shop.ready()
    outbox.drain(mails=False)
    assert papers(order) == []
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by="staff:1")
    outbox.drain(mails=False)
    assert papers(order) == [("invoice", 3000)]


def test_a_file_that_nobody_keeps_is_an_error():
    with pytest.raises(KeyError, match="photo"):
        attachments.files(["photo:1"])


def test_all_that_is_given_back_is_one_credit_note_and_no_empty_one(shop_sandbox):
    order = shop.placed()
    outbox.drain(mails=False)
    payments.request_refund(order_id=order.pk, amount=order.total, reason="", by="staff:1")
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert (order.status, papers(order)) == ("refunded", [("invoice", 3000), ("credit_note", 3000)])
    assert invariants.documents_agree() == []
