"""Numbers for papers: taken last of all in the transaction that writes them, so that none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from checkout.invoices import locking, rules
from checkout.invoices.models import Document, InvoiceDetails
from checkout.orders.models import Order
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper that only lacks its number."""

    kind: str
    lines: rules.Position
    content: Mapping[str, Any]


def issue(order: Order, drafts: Sequence[Draft], details: InvoiceDetails, *, by: str) -> list[Document]:
    """Number and write drafts, in the order of their series: two who issue both kinds at once never wait crosswise.

    Belongs to the caller's transaction, which holds the order's lock. Publishes `DocumentIssued` for each.
    """
    series = {"invoice": details.invoice_series, "credit_note": details.credit_note_series}
    zone = ZoneInfo(details.time_zone)
    return [
        _write(order, draft, series[draft.kind], zone, by=by)
        for draft in sorted(drafts, key=lambda draft: series[draft.kind])
    ]


def _write(order: Order, draft: Draft, series: str, zone: ZoneInfo, *, by: str) -> Document:
    position, at, day = _next(series, zone)
    sums = rules.totals(draft.lines)
    one = Document.objects.create(
        kind=draft.kind, series=series, year=day.year, position=position,
        number=rules.number(series, day.year, position), order_id=order.pk, order_number=order.number,
        issued_at=at, issued_on=day, currency=order.currency, net_minor=sums.net, tax_minor=sums.tax,
        gross_minor=sums.gross, content=draft.content,
    )  # fmt: skip
    audit.record(
        action="document.issue", by=by, object_type="order", object_id=order.pk,
        changes={"number": one.number, "gross_minor": one.gross_minor}, using=db.DEFAULT,
    )  # fmt: skip
    bus.publish(types.DocumentIssued(order_id=order.pk, document_id=one.pk), using=db.DEFAULT)
    return one


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
