"""What the merchant's order page shows, and which buttons stand on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.desk import staff
from checkout.disputes import selectors as disputes
from checkout.fulfilment import selectors as fulfilment
from checkout.ledger import selectors as ledger
from checkout.orders import emails, selectors, transitions
from checkout.orders.models import Order
from checkout.payments import selectors as payments
from shop.accounts import selectors as accounts

RECORD = "checkout.record_payment"
TONES = {
    "pending": "warning",
    "payment_pending": "warning",
    "payment_review": "warning",
    "payment_confirmed": "info",
    "processing": "info",
    "ready_to_ship": "info",
    "shipped": "success",
    "delivered": "success",
    "cancelled": "danger",
    "refunded": "danger",
    "returned": "danger",
}
# Triggers that need to be told something first, and the page that asks.
_ASKED = {"package_dispatched": "dispatch", "cancel": "cancel"}


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
    steps = list(reversed(selectors.steps_of(order.pk)))
    refunds = [refund for payment in taken for refund in payment.refunds.all()]
    names = accounts.names_of([step.actor for step in steps] + [refund.actor for refund in refunds])
    return {
        "order": order,
        "tone": TONES[order.status],
        "lines": [_line(order, line) for line in selectors.lines_of(order.pk)],
        "totals": _totals(order),
        "shipping_address": emails.address_lines(order.shipping_address),
        "billing_address": emails.address_lines(order.billing_address),
        "payments": [_payment(payment, names) for payment in taken],
        "held": order.money(order.held_minor) if order.held_minor else None,
        "disputes": disputes.of_order(order.pk),
        "ledger": ledger.entries_of(order.pk),
        "refundable": refundable,
        "shipments": fulfilment.shipments_of(order.pk),
        "steps": [_step(step, names) for step in steps],
        "buttons": buttons(
            order,
            user,
            can_capture=_can_capture(order, taken),
            can_refund=bool(refundable),
            has_transfer=_has_transfer(taken),
        ),
    }


def buttons(order: Order, user: Any, *, can_capture: bool, can_refund: bool, has_transfer: bool) -> list[Button]:
    """What this person may do with the order now: rows of the table, guards and permissions looked at."""
    found = []
    for row in transitions.from_status(order.status):
        if row.permission is None or not user.has_perm(row.permission):
            continue
        if not (staff.is_command(row.trigger) or selectors.allows(order, row.trigger)):
            continue
        variant = "danger" if row.target == Order.Status.CANCELLED else "primary"
        if asked := _ASKED.get(row.trigger):
            found.append(Button(row.label, _url(asked, order), variant=variant))
        else:
            found.append(Button(row.label, _url("pull", order), trigger=row.trigger, variant=variant))
    if has_transfer and user.has_perm(RECORD):
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


def _has_transfer(taken: list[Any]) -> bool:
    return any(one.provider in payments.BY_HAND and one.captured_minor < one.amount_minor for one in taken)


def _line(order: Order, line: Any) -> dict[str, Any]:
    return {
        "name": line.name,
        "sku": line.sku,
        "options": " · ".join(str(value) for value in line.options.values()),
        "picture": line.picture,
        "quantity": line.quantity,
        "expected_on": line.expected_on,
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
    return {"payment": payment, "refunds": refunds}


def _step(step: Any, names: dict[str, str]) -> dict[str, Any]:
    row = transitions.named(step.trigger)
    return {
        "label": row.label if row else _("Placed"),
        "status": Order.Status(step.to_status).label,
        "tone": TONES[step.to_status],
        "actor": names[step.actor],
        "note": step.note,
        "at": step.at,
    }
