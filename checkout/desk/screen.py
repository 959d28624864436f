"""What the merchant's order page shows, and which buttons stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.changes import planning
from checkout.changes import selectors as changes_of
from checkout.desk import parcel_screen, timeline
from checkout.disputes import selectors as disputes
from checkout.fulfilment import selectors as fulfilment
from checkout.invoices import selectors as invoices
from checkout.ledger import selectors as ledger
from checkout.notes import selectors as notes
from checkout.orders import emails, selectors, transitions
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import methods
from checkout.payments import selectors as payments
from checkout.returns import selectors as returns
from inventory.reservations import selectors as reservations
from shop.accounts import selectors as accounts

RECORD = "checkout.record_payment"
EDIT = "checkout.edit_order"
TONES = timeline.TONES
# What became known of a payment, in words.
FACTS = {
    "authorised": _("held"),
    "captured": _("taken"),
    "voided": _("let go"),
    "refunded": _("given back"),
    "refund_pending": _("on its way back"),
    "refund_failed": _("did not arrive"),
    "failed": _("declined"),
    "action_required": _("to be confirmed by the shopper"),
    "processing": _("under way"),
    "credited": _("given as store credit"),
    "disputed": _("called back by the bank"),
    "dispute_won": _("dispute won"),
    "dispute_lost": _("dispute lost"),
    "fee": _("the provider's fee"),
}
# Triggers that need to be told something first, and the page that asks.
_ASKED = {"package_dispatched": "dispatch", "cancel": "cancel", "reject_review": "reject"}


@dataclass(frozen=True, slots=True)
class Button:
    """`url` is a page to go to, or, when `trigger` is named, where to post it."""

    label: str | Promise
    url: str
    trigger: str = ""
    variant: str = "default"


def context_of(order: Order, user: Any) -> dict[str, Any]:
    """Everything of an order on one page: the same queries, whatever the number of lines, parcels and payments."""
    taken = payments.payments_of(order.pk, "captures")
    refundable = payments.refundable_of(order, taken)
    lines, parcels = selectors.lines_of(order.pk), fulfilment.tracked(order.pk)
    told = (selectors.steps_of(order.pk), selectors.changes_of(order.pk), notes.notes_of(order.pk))
    refunds = [refund for payment in taken for refund in payment.refunds.all()]
    names = accounts.names_of([one.actor for rows in told for one in rows] + [refund.actor for refund in refunds])
    steps, changes, written = told
    return {
        "order": order,
        "tone": TONES[order.status],
        "lines": [_line(order, line) for line in lines],
        "totals": _totals(order),
        "balance": _balance(order, user),
        "customer": _customer(order),
        "shipping_address": emails.address_lines(order.shipping_address),
        "billing_address": _billed_to(order),
        "payments": [_payment(payment, names) for payment in taken],
        "held": order.money(order.held_minor) if order.held_minor else None,
        "disputes": disputes.of_order(order.pk),
        "ledger": ledger.entries_of(order.pk),
        "refundable": refundable,
        "parcels": parcel_screen.of(order, parcels, may=user.has_perm(transitions.FULFIL)),
        "documents": invoices.documents_of(order.pk),
        "returns": returns.returns_of(order.pk),
        "may_see_returns": user.has_perm("checkout.view_return"),
        "timeline": timeline.of(order, lines=lines, steps=steps, changes=changes, notes=written, names=names),
        "buttons": buttons(
            order,
            user,
            can_capture=_can_capture(order, taken),
            can_refund=bool(refundable),
            can_record=bool(waited_for(taken)) or _is_owing(order, taken),
        ),
        "desk_buttons": desk_buttons(order, user, has_units=_has_units(order, lines)),
    }


def desk_buttons(order: Order, user: Any, *, has_units: bool) -> list[Button]:
    """What else this person may do with what the order says: change it, write on it, make another one like it.

    `has_units`: whether units of it can be taken off.
    """
    found = []
    if order.status in planning.EDITABLE and user.has_perm(EDIT):
        found.append(Button(_("Change"), _url("edit", order)))
    if has_units and (user.has_perm(EDIT) or user.has_perm(transitions.CANCEL)):
        found.append(Button(_("Cancel units"), _url("cancel_units", order)))
    if user.has_perm(EDIT) or user.has_perm(transitions.FULFIL):
        found.append(Button(_("Add a note"), _url("note", order)))
    if user.has_perm(EDIT):
        found.append(Button(_("New link"), _url("renew_link", order)))
        url = reverse("admin:checkout_draft_from", args=[order.pk])
        found.append(Button(_("New draft from this order"), url, trigger="draft"))
    return found


def _has_units(order: Order, lines: Sequence[Any]) -> bool:
    """Whether units can be taken off: of an order that has left, those of an exchange that are still here."""
    if order.status in planning.EDITABLE or order.status not in planning.EXCHANGEABLE:
        return order.status in planning.EDITABLE
    return any(units.here for units in changes_of.units(order.pk, lines).values())


def buttons(order: Order, user: Any, *, can_capture: bool, can_refund: bool, can_record: bool) -> list[Button]:
    """What this person may do with the order now: rows of the table, guards and permissions looked at."""
    found, possible = [], orders.possible(order)
    for row in transitions.from_status(order.status):
        if row.trigger not in possible or not user.has_perm(row.permission):
            continue
        variant = "danger" if row.target == Order.Status.CANCELLED else "primary"
        if asked := _ASKED.get(row.trigger):
            found.append(Button(row.label, _url(asked, order), variant=variant))
        else:
            found.append(Button(row.label, _url("pull", order), trigger=row.trigger, variant=variant))
    if can_record and user.has_perm(RECORD):
        found.append(Button(_("Record payment received"), _url("transfer", order), variant="primary"))
    if can_capture and user.has_perm(transitions.REVIEW):
        found += _held_buttons(order)
    if can_refund and user.has_perm(transitions.REFUND):
        found.append(Button(_("Refund"), _url("refund", order)))
    return found


def _held_buttons(order: Order) -> list[Button]:
    """All of what is held is let go by cancelling the order, a rest of it by itself."""
    take = Button(_("Take money"), _url("capture", order), variant="primary")
    return [take, Button(_("Let go of held money"), _url("void", order))] if order.captured_minor else [take]


def _url(page: str, order: Order) -> str:
    return reverse(f"admin:checkout_order_{page}", args=[order.pk])


def _can_capture(order: Order, taken: list[Any]) -> bool:
    """Whether something is held that we can take: a promise is for the customer to keep."""
    is_held = any(one.held_minor and one.capture_when != "promise" for one in taken)
    return is_held and order.status not in (Order.Status.CANCELLED, Order.Status.REFUNDED)


def waited_for(taken: list[Any]) -> list[Any]:
    """Transfers and invoices whose money has not all come, the latest first."""
    by_hand = (one for one in reversed(taken) if one.provider in payments.BY_HAND)
    return [one for one in by_hand if one.held_minor or one.status in payments.WAITING]


def _is_owing(order: Order, taken: list[Any]) -> bool:
    """Whether something is to be paid that staff may be given: nobody is just being asked for it."""
    is_open = order.status == Order.Status.PAYMENT_PENDING or order.status in payments.GOES_ON
    is_asked = any(one.status in ("pending", "processing") and not payments.is_hosted(one) for one in taken)
    return is_open and not is_asked and payments.due(order, taken).minor > 0


def _line(order: Order, line: Any) -> dict[str, Any]:
    return {
        "name": line.name,
        "sku": line.sku,
        "options": " · ".join(str(value) for value in line.options.values()),
        "picture": line.picture,
        "quantity": line.quantity,
        "expected_on": line.expected_on,
        "removed": line.removed,
        "returned": line.returned,
        "unit_price": order.money(line.unit_price_minor),
        "total": order.money(line.total_minor),
    }


def _totals(order: Order) -> list[dict[str, Any]]:
    rows = [
        (_("Subtotal"), order.subtotal_minor, True),
        (_("Discount"), -order.discount_minor, bool(order.discount_minor)),
        (_("Delivery"), order.shipping_minor, True),
        (_("Tax"), order.tax_minor, True),
        (_("Total"), order.total_minor, True),
        (_("Need not be paid"), -order.allowed_minor, bool(order.allowed_minor)),
        (_("Paid"), order.captured_minor, bool(order.captured_minor)),
        (_("Given back"), -order.refunded_minor, bool(order.refunded_minor)),
    ]
    return [
        {"label": label, "amount": order.money(minor), "is_total": minor == order.total_minor and label == _("Total")}
        for label, minor, is_shown in rows
        if is_shown
    ]


def _payment(payment: Any, names: dict[str, str]) -> dict[str, Any]:
    refunds = [{"refund": refund, "actor": names[refund.actor]} for refund in payment.refunds.all()]
    events = [{"event": event, "what": FACTS.get(event.kind, event.kind)} for event in payment.events.all()]
    return {"payment": payment, "by": methods.label(payment.provider), "events": events, "refunds": refunds}


def _balance(order: Order, user: Any) -> dict[str, Any] | None:
    """What is still to be paid or given back, with the button that mails the link; None when all is even."""
    if not order.balance_minor:
        return None
    is_open = order.balance_minor > 0 and not order.is_over
    return {
        "amount": order.money(abs(order.balance_minor)),
        "is_to_pay": order.balance_minor > 0,
        "link_url": _url("send_link", order) if is_open and user.has_perm(EDIT) else "",
        "until": reservations.held_until(order.pk) if order.status == Order.Status.PAYMENT_PENDING else None,
    }


def _billed_to(order: Order) -> list[str]:
    """The address of the invoice where it is another one than that of the parcels."""
    is_same = order.billing_address == order.shipping_address
    return [] if is_same else emails.address_lines(order.billing_address)


def _customer(order: Order) -> dict[str, Any]:
    """Whose order it is, and where this person's other orders are. No query."""
    query = urlencode({"q": order.email})
    return {
        "account_url": reverse("admin:shop_user_change", args=[order.customer_id]) if order.customer_id else "",
        "orders_url": f"{reverse('admin:checkout_order_changelist')}?{query}",
    }
