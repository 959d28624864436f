"""Reads of invoices and credit notes, and of what an order comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from checkout.invoices import content, rules
from checkout.invoices.models import Document, InvoiceDetails
from checkout.invoices.rules import Position, Rate, Tax
from checkout.orders import revising
from checkout.orders.models import Order, OrderLine
from shop.core import iban

_PAID = {"payment_confirmed", "processing", "ready_to_ship", "shipped", "delivered", "returned"}
_LEFT = {"partly_shipped", "shipped", "delivered", "partly_returned", "returned"}


def light() -> QuerySet[Document]:
    """Documents without what makes them heavy: their content and file are read when somebody wants them."""
    return Document.objects.defer("content", "pdf")


def documents_of(order_id: UUID) -> list[Document]:
    """An order's invoices and credit notes, oldest first. One query."""
    return list(light().filter(order_id=order_id).order_by("id"))


def document(number: str) -> Document | None:
    """The document with this printed number ("INV-2026-000001"), None if there is none."""
    return light().filter(number=number[:40]).first()


def document_of(order_id: UUID, number: str) -> Document | None:
    """An order's document with this printed number; None for another order's as for one that does not exist."""
    return light().filter(order_id=order_id, number=number[:40]).first()


def by_id(document_id: UUID) -> Document:
    """Raises `Document.DoesNotExist`."""
    return light().get(pk=document_id)


def complete(order_id: UUID) -> list[Document]:
    """An order's documents with what they say, oldest first."""
    return list(Document.objects.defer("pdf").filter(order_id=order_id).order_by("id"))


def whole(document_id: UUID) -> Document:
    """A document with what it says. Raises `Document.DoesNotExist`."""
    return Document.objects.defer("pdf").get(pk=document_id)


def file(document_id: UUID) -> bytes | None:
    """The PDF as it was stored, None if nobody has asked for it yet (`services.pdf` makes it)."""
    stored = Document.objects.values_list("pdf", flat=True).get(pk=document_id)
    return None if stored is None else bytes(stored)


def details() -> InvoiceDetails:
    """The merchant's details; before anybody has entered them, the shop's name and bank account alone."""
    named = {"iban": "IBAN ", "bic": "BIC "}
    rows = [f"{named.get(name, '')}{iban.in_fours(value)}" for name, value in settings.BANK_TRANSFER.items()]
    fallback = InvoiceDetails(name=settings.SHOP_NAME, bank="\n".join(rows), time_zone=settings.SHOP_TIME_ZONE)
    return InvoiceDetails.objects.first() or fallback


def is_to_be_invoiced(order: Order, when: str) -> bool:
    """Whether an order that has no document yet is to get its first one, by the merchant's choice `when`."""
    return order.status in _PAID and (when == InvoiceDetails.When.PAID or order.fulfilment_state in _LEFT)


def issued(documents: Sequence[Document]) -> Position:
    """What documents (content loaded) say in all."""
    return rules.told((one.is_credit, content.lines(one.content)) for one in documents)


def standing(order: Order, found: Sequence[OrderLine]) -> Position:
    """What an order with the lines `found` comes to now: units that did not come back, less goodwill."""
    if order.is_over:
        return {}
    lines = {str(line.pk): _entry(order, line) for line in found}
    position = {key: one for key, one in lines.items() if one}
    back = sum(revising.returned(line).value for line in found)
    goodwill = rules.goodwill(position, order.allowed_minor - back, order.currency)
    return {**position, rules.GOODWILL: goodwill} if goodwill else position


def _entry(order: Order, line: OrderLine) -> rules.Entry:
    live = revising.live(line)
    rows = line.taxes or (order.tax_lines if line.tax_minor else [])  # older lines do not know their taxes by rate
    taxes: list[Tax] = []
    for is_included, minor in ((False, live.tax - live.included), (True, live.included)):
        mine = [row for row in rows if row["is_included"] is is_included]
        if minor and not mine:
            mine = [{"name": "", "rate": "", "amount_minor": minor, "is_included": is_included}]
        shares = revising.scaled(mine, {is_included: minor}, order.currency)
        taxes += [Tax(_rate(row), row["amount_minor"], row.get("on_shipping", False)) for row in shares]
    return rules.entry(line.quantity - line.returned, live, taxes)


def _rate(row: dict[str, Any]) -> Rate:
    return row["name"], row["rate"], row["is_included"]


def billed_to(order: Order, before: Sequence[Document]) -> Mapping[str, Any]:
    """Whom an order's next paper is for: as it was billed so far (`before`, content loaded), unless its address for
    that was changed. Where it is sent to does not change who pays."""
    if order.billing_address or not before:
        return order.billing_address or order.shipping_address
    told: Mapping[str, Any] = before[-1].content["billing_address"]
    return told


def in_force(documents: Sequence[Document]) -> list[Document]:
    """The invoices (content loaded) that were not replaced as a whole by later ones, oldest first."""
    invoices = [one for one in documents if not one.is_credit]
    replacing = [place for place, one in enumerate(invoices) if one.content.get("replaces")]
    return invoices[replacing[-1] :] if replacing else invoices


def is_in_force(document: Document) -> bool:
    """Whether a paper is an invoice that may be replaced: of an order that is neither over nor archived."""
    order = Order.objects.filter(pk=document.order_id).first()
    return order is not None and not order.is_over and document in in_force(complete(document.order_id))


def delivery_charged(order: Order, before: Sequence[Document]) -> str:
    """The name of the delivery that papers (content loaded) charged last: what a credit note takes off of. The
    order's own, if none was charged."""
    charged = [one.content["delivery_name"] for one in in_force(before) if one.content["totals"]["delivery"] > 0]
    return charged[-1] if charged else order.delivery_name


def corrected(before: Sequence[Document], taken: Position) -> list[Document]:
    """The invoices that a credit note takes from: those with one of its lines; of goodwill, all."""
    invoices = in_force(before)
    named = [one for one in invoices if taken.keys() & content.lines(one.content).keys()]
    return invoices if rules.GOODWILL in taken else named
