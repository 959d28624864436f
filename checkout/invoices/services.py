"""Issue what papers an order lacks; make their files."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils import translation

from checkout.invoices import content, issuing, paying, rules, selectors, settling
from checkout.invoices import pdf as paper
from checkout.invoices.issuing import Draft
from checkout.invoices.models import Document, InvoiceDetails
from checkout.invoices.reissuing import ReissueRefused, reissue
from checkout.orders import locking as order_locking
from checkout.orders import selectors as orders
from shop.audit import services as audit
from shop.core import db

__all__ = ["ReissueRefused", "attachment", "pdf", "reissue", "save_details", "settle"]


def settle(order_id: UUID, by: str = "system") -> list[Document]:
    """Issue what an order's papers lack to say what it comes to now: an invoice, a credit note, one of each, or none.

    Convergent: may run at any time and twice. An order gets its first invoice when it is paid, or when its first
    parcel leaves, as the merchant has chosen; it never gets one if it is cancelled before. Publishes `DocumentIssued`.
    """
    with transaction.atomic(using=db.DEFAULT):
        order = order_locking.order(order_id)
        details = selectors.details()
        before = selectors.complete(order_id)
        if not before and not selectors.is_to_be_invoiced(order, details.issue_when):
            return []
        found = orders.lines_of(order_id)
        said = selectors.issued(before)
        lacking = rules.difference(selectors.standing(order, found), said)
        if not lacking or (order.is_over and rules.is_nought(said)):
            return []
        with translation.override(details.language or order.language):
            sheet = content.Sheet(
                order, found, details, selectors.billed_to(order, before),
                paying.standing(order) | {"is_later": bool(before)},
            )  # fmt: skip
            drafts = _drafts(sheet, before, lacking, said)
        return issuing.issue(order, drafts, details, by=by)


def _drafts(
    sheet: content.Sheet, before: Sequence[Document], lacking: rules.Position, said: rules.Position
) -> list[Draft]:  # fmt: skip
    """A paper for what became dearer, and one for what became cheaper."""
    added, taken = rules.papers(lacking, said)
    paid, back = settling.lines(
        sheet.order, before, invoiced=rules.totals(added).gross, credited=rules.totals(taken).gross,
        promised=sheet.payment["open"],
    )  # fmt: skip
    drafts = []
    if added:
        drafts.append(Draft("invoice", added, content.snapshot(sheet, added, settled=paid)))
    if taken:
        corrects, delivery = selectors.corrected(before, taken), selectors.delivery_charged(sheet.order, before)
        told = content.snapshot(sheet, taken, settled=back, corrects=corrects, delivery=delivery)
        drafts.append(Draft("credit_note", taken, told))
    return drafts


def pdf(document: Document) -> bytes:
    """The document's file: the bytes that were stored when it was first made, whoever asks and how often."""
    stored = selectors.file(document.pk)
    if stored is not None:
        return stored
    made = paper.render(selectors.whole(document.pk))
    digest = sha256(made).hexdigest()
    Document.objects.filter(pk=document.pk, pdf=None).update(pdf=made, pdf_sha256=digest)
    return selectors.file(document.pk) or made


def attachment(key: str) -> tuple[str, bytes, str]:
    """A document as a mail carries it, by its id: name, bytes and type of the file."""
    document = selectors.by_id(UUID(key))
    return f"{document.number}.pdf", pdf(document), "application/pdf"


def save_details(*, details: InvoiceDetails, by: str) -> None:
    """Keep the merchant's details; papers that are issued from now on have them."""
    with transaction.atomic(using=db.DEFAULT):
        details.save(force_update=InvoiceDetails.objects.filter(pk=details.pk).exists())
        audit.record(
            action="invoice_details.change", by=by, object_type="invoice_details", object_id="1",
            changes={"series": [details.invoice_series, details.credit_note_series]}, using=db.DEFAULT,
        )  # fmt: skip
