"""Reads of archived orders, and the rule that says which orders may become ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast
from django.urls import reverse

from checkout.archive import contents
from checkout.archive.models import RECIPIENT, SURNAME, ArchivedOrder
from checkout.changes import selectors as changes
from checkout.disputes.models import Dispute
from checkout.fulfilment.models import Shipment
from checkout.orders import selectors as orders
from checkout.orders.models import OVER, Order, OrderLine
from checkout.payments.models import Capture, Payment, ProviderEvent, Refund
from checkout.payments.selectors import OPEN
from checkout.receivables import selectors as receivables
from checkout.returns.models import Return
from shop.core import db
from shop.core.links import Link, ids
from shop.events.models import Delivery

Status = Order.Status
ENDED = (Status.DELIVERED, Status.CANCELLED, Status.REFUNDED, Status.RETURNED)
_RETURNED = (Return.Status.SETTLED, Return.Status.REFUSED, Return.Status.CANCELLED)
_NAMES = {"surname": SURNAME, "recipient": RECIPIENT}
_DUE = Case(When(status__in=OVER, then=0), default=F("total_minor") - F("allowed_minor"))


def ended() -> QuerySet[Order]:
    """Orders that are at an end, with nothing to pay or to give back, as their own rows say."""
    return Order.objects.filter(status__in=ENDED, held_minor=0, captured_minor=_DUE + F("refunded_minor"))


def over() -> QuerySet[Order]:
    """Orders that are over: at an end, nothing to pay or to give back, nothing under way or unheard. The rule."""
    mine = {"order_id": OuterRef("pk")}
    unheard = Delivery.objects.filter(aggregate_id=Cast(OuterRef("pk"), CharField()))
    open_things: tuple[QuerySet[Any], ...] = (
        Payment.objects.filter(status__in=OPEN, **mine),
        Refund.objects.filter(status=Refund.Status.REQUESTED, payment__order_id=OuterRef("pk")),
        Capture.objects.filter(status=Capture.Status.REQUESTED, payment__order_id=OuterRef("pk")),
        Dispute.objects.filter(status=Dispute.Status.OPEN, **mine),
        receivables.still_open().filter(**mine),
        Shipment.objects.filter(status__in=(Shipment.Status.OPEN, Shipment.Status.PICKED), **mine),
        Return.objects.exclude(status__in=_RETURNED).filter(**mine),
        unheard.filter(status=Delivery.Status.PENDING),
        unheard.filter(status=Delivery.Status.DEAD),
    )
    rows = ended()
    for found in open_things:
        rows = rows.exclude(Exists(found))
    return rows


def order(number: str) -> Order | None:
    """The order with this number, wherever it is kept; None if there is none. `is_archived` tells.

    An archived one is made anew from its row, lines prefetched; the rest of it is read under `reading.opened`.
    """
    archived = ArchivedOrder.objects.filter(number=number)[:1]
    # once more at the end: between the first two looks it may have been brought back
    return orders.order(number) or next(_made(archived), None) or orders.order(number)


def by_id(order_id: UUID) -> Order | None:
    """The archived order with this id, as `order` makes it; None if there is none."""
    return next(_made(ArchivedOrder.objects.filter(pk=order_id)), None)


def by_key(idempotency_key: str) -> Order | None:
    """The order that was placed with this idempotency key, wherever it is kept: an old key makes no second order."""
    return orders.by_key(idempotency_key) or _with_handle(idempotency_key)


def of_return(number_or_id: str) -> Order | None:
    """The archived order that has the return with this number or id; None if there is none."""
    return _with_handle(number_or_id)


def parcels(carrier: str, numbers: Iterable[str]) -> set[str]:
    """Those of a carrier's tracking numbers that parcels of archived orders have, or labels that these had once."""
    handles = {contents.parcel_handle(carrier, number): number for number in numbers}
    rows = ArchivedOrder.objects.filter(handles__overlap=list(handles)).values_list("handles", flat=True)
    return {handles[one] for row in rows for one in row if one in handles}


def orders_of(*, customer_id: UUID, page: int = 1, size: int = 20) -> orders.OrderPage:
    """A customer's orders, `page` from 1: the live ones, newest first, then the archived ones. At most five queries."""
    live = orders.orders_of(customer_id=customer_id, page=page, size=size)
    rows = ArchivedOrder.objects.filter(customer_id=customer_id)
    first = (page - 1) * size + len(live.orders)
    start = max(0, first - live.total)
    missing = size - len(live.orders)
    archived = _made(rows.order_by("-id")[start : start + missing]) if missing else ()
    return orders.OrderPage((*live.orders, *archived), live.total + rows.count())


def has_ordered(*, customer_id: UUID | None, email: str) -> bool:
    """Whether this customer, or somebody with this e-mail address, has an order, archived or not, that was not
    cancelled. One query for each kind.
    """
    whose = Q(pk=None)
    if customer_id:
        whose |= Q(customer_id=customer_id)
    if email.strip():
        whose |= Q(email=email.strip().lower())
    live = Order.objects.filter(whose).exclude(status=Order.Status.CANCELLED)
    return live.exists() or ArchivedOrder.objects.filter(whose).exclude(status=Order.Status.CANCELLED).exists()


def bought() -> Iterator[Order]:
    """Every order that was paid for, live ones before archived ones, lines prefetched; cancelled ones are among them.

    One that is archived meanwhile is seen at least once. Memory does not grow with their number.
    """
    paid = (Status.PAYMENT_CONFIRMED, Status.PROCESSING, Status.READY_TO_SHIP, Status.SHIPPED, *ENDED)
    live = Order.objects.filter(status__in=paid).order_by("pk").prefetch_related("lines")
    yield from live.iterator(chunk_size=500)
    yield from _made(ArchivedOrder.objects.filter(status__in=paid).order_by("pk").iterator(chunk_size=100))


def found(term: str, *, limit: int = 10) -> list[ArchivedOrder]:
    """Archived orders that a search for `term` means, newest first, without their content."""
    return list(searched(ArchivedOrder.objects.defer("content"), term).order_by("-id")[:limit]) if term.strip() else []


def searched(rows: QuerySet[ArchivedOrder], term: str) -> QuerySet[ArchivedOrder]:
    """Those of `rows` that a search for `term` means, as of live orders (`orders.searched`)."""
    return orders.searched(rows, term, _NAMES)


def links(order_ids: Iterable[str]) -> dict[str, Link]:
    """Numbers and admin pages of orders, live or archived, by id (`shop.core.links`)."""
    wanted = list(order_ids)
    known = orders.links(wanted)
    missing = ids(key for key in wanted if key not in known)
    rows = ArchivedOrder.objects.filter(pk__in=missing).values_list("pk", "number") if missing else ()
    return known | {str(key): Link(number, _url(key)) for key, number in rows}


def references(term: str, *, limit: int = 50) -> list[UUID]:
    """The newest orders that a search for the beginning of a number or e-mail address means, live or archived, and the
    changes of live ones: what units are held for (`shop.core.links`)."""
    live = orders.ids_named(term, limit=limit)
    archived = orders.named(ArchivedOrder.objects.all(), term).order_by("-id")[:limit] if term.strip() else ()
    return [*live, *changes.ids_of(live), *(row.pk for row in archived)]


def awaited() -> list[str]:
    """Numbers of archived orders of whose payments a provider has told since: they must come back to hear it."""
    told = ProviderEvent.objects.filter(processed_at=None, attempts__gt=0).exclude(reference="")
    references = list(told.order_by("received_at").values_list("reference", flat=True)[:200])
    rows = ArchivedOrder.objects.filter(payment_references__overlap=references)
    return list(rows.values_list("number", flat=True)) if references else []


def _with_handle(handle: str) -> Order | None:
    return next(_made(ArchivedOrder.objects.filter(handles__contains=[handle]).order_by()), None)


def _url(order_id: UUID) -> str:
    return reverse("admin:checkout_archivedorder_change", args=[order_id])


def _made(rows: Iterable[ArchivedOrder]) -> Iterator[Order]:
    """The orders of archived rows, their lines prefetched."""
    for row in rows:
        order = rebuilt(Order, row.content)[0]
        order.is_archived = True
        order._prefetched_objects_cache = {"lines": rebuilt(OrderLine, row.content)}
        yield order


def rebuilt(model: Any, content: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Any]:
    """The rows of `model` in an archived order as objects, in its own order. Columns that came later have defaults."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    made = []
    for row in content.get(model._meta.db_table) or ():
        values = {field.attname: _value(field, row) for field in fields.values() if field.column in row}
        late = [field for field in fields.values() if field.column not in row and field.has_db_default()]
        one = model(**values, **{field.attname: _plain(field.db_default) for field in late})
        one._state.adding, one._state.db = False, db.DEFAULT
        made.append(one)
    names = [name for name in model._meta.ordering if not name.startswith("-")]
    return sorted(made, key=lambda one: [getattr(one, name) for name in names])


def _value(field: Any, row: Mapping[str, Any]) -> Any:
    value = row[field.column]
    return value if field.get_internal_type() == "JSONField" else field.to_python(value)


def _plain(default: Any) -> Any:
    return None if hasattr(default, "resolve_expression") else default
