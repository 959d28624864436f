"""Issue what papers an order lacks; make their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from checkout.invoices import content, locking, rules, selectors
from checkout.invoices import pdf as paper
from checkout.invoices.models import Document, InvoiceDetails
from checkout.orders import locking as order_locking
from checkout.orders import selectors as orders
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types


@dataclass(frozen=True, slots=True)
class _Draft:
    """A paper that only lacks its number."""

    kind: str
    series: str
    lines: rules.Position
    content: Mapping[str, Any]


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
        added, taken = rules.papers(lacking)
        with translation.override(details.language or order.language):
            told: dict[str, Any] = {
                "order": order,
                "found": found,
                "details": details,
                "payment": selectors.paying(order),
            }
            corrects = _corrected(before, taken)
            drafts = [
                _Draft("invoice", details.invoice_series, added, content.snapshot(lines=added, **told)),
                _Draft("credit_note", details.credit_note_series, taken,
                       content.snapshot(lines=taken, corrects=corrects, **told)),
            ]  # fmt: skip
        return _issue(order, [draft for draft in drafts if draft.lines], ZoneInfo(details.time_zone), by=by)


def _corrected(before: Sequence[Document], taken: rules.Position) -> list[Document]:
    """The invoices that a credit note takes from: those with one of its lines; of goodwill, all."""
    invoices = [one for one in before if not one.is_credit]
    named = [one for one in invoices if taken.keys() & content.lines(one.content).keys()]
    return invoices if rules.GOODWILL in taken else named


def _issue(order: Any, drafts: Sequence[_Draft], zone: ZoneInfo, *, by: str) -> list[Document]:
    """Number and write drafts, in the order of their series: two who issue both kinds at once never wait crosswise."""
    issued = []
    for draft in sorted(drafts, key=lambda draft: draft.series):
        position, at, day = _next(draft.series, zone)
        sums = rules.totals(draft.lines)
        one = Document.objects.create(
            kind=draft.kind, series=draft.series, year=day.year, position=position,
            number=rules.number(draft.series, day.year, position), order_id=order.pk, order_number=order.number,
            issued_at=at, issued_on=day, currency=order.currency, net_minor=sums.net, tax_minor=sums.tax,
            gross_minor=sums.gross, content=draft.content,
        )  # fmt: skip
        audit.record(
            action="document.issue", by=by, object_type="order", object_id=order.pk,
            changes={"number": one.number, "gross_minor": one.gross_minor}, using=db.DEFAULT,
        )  # fmt: skip
        bus.publish(types.DocumentIssued(order_id=order.pk, document_id=one.pk), using=db.DEFAULT)
        issued.append(one)
    return issued


def _next(series: str, zone: ZoneInfo) -> tuple[int, datetime, date]:
    """The next number of a series, and the moment and date that it is given out. Who waited for it past midnight of
    New Year's Eve takes one of the new year."""
    while True:
        counter = locking.counter(series, _day(db.clock(), zone).year)
        at = db.clock()
        if _day(at, zone).year == counter.year:
            counter.last += 1
            counter.save(update_fields=["last"])
            return counter.last, at, _day(at, zone)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


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
