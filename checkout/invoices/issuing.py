"""Numbers for papers: taken last of all in the transaction that writes them, so that none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from checkout.invoices import locking, rules, settling
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


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a series, with the moment and date that it was given out."""

    series: str
    position: int
    at: datetime
    day: date

    @property
    def number(self) -> str:
        return rules.number(self.series, self.day.year, self.position)


def issue(order: Order, drafts: Sequence[Draft], details: InvoiceDetails, *, by: str) -> list[Document]:
    """Number and write drafts, in the order of their series: two who issue both kinds at once never wait crosswise.

    Belongs to the caller's transaction, which holds the order's lock. Publishes `DocumentIssued` for each.
    """
    series = {"invoice": details.invoice_series, "credit_note": details.credit_note_series}
    zone = ZoneInfo(details.time_zone)
    found = [(draft, _next(series[draft.kind], zone)) for draft in sorted(drafts, key=lambda draft: series[draft.kind])]
    numbers = [place.number for _draft, place in found]
    return [
        _write(order, draft, place, [other for other in numbers if other != place.number], by=by)
        for draft, place in found
    ]


def _write(order: Order, draft: Draft, place: _Place, others: Sequence[str], *, by: str) -> Document:
    sums = rules.totals(draft.lines)
    one = Document.objects.create(
        kind=draft.kind, series=place.series, year=place.day.year, position=place.position, number=place.number,
        order_id=order.pk, order_number=order.number, issued_at=place.at, issued_on=place.day,
        currency=order.currency, net_minor=sums.net, tax_minor=sums.tax, gross_minor=sums.gross,
        content=settling.numbered(draft.content, others),
    )  # fmt: skip
    audit.record(
        action="document.issue", by=by, object_type="order", object_id=order.pk,
        changes={"number": one.number, "gross_minor": one.gross_minor}, using=db.DEFAULT,
    )  # fmt: skip
    bus.publish(types.DocumentIssued(order_id=order.pk, document_id=one.pk), using=db.DEFAULT)
    return one


def _next(series: str, zone: ZoneInfo) -> _Place:
    """The next number of a series, and the moment and date that it is given out. Who waited for it past midnight of
    New Year's Eve takes one of the new year."""
    while True:
        counter = locking.counter(series, _day(db.clock(), zone).year)
        at = db.clock()
        if _day(at, zone).year == counter.year:
            counter.last += 1
            counter.save(update_fields=["last"])
            return _Place(series, counter.last, at, _day(at, zone))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
