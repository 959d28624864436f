"""What the merchant's order page shows, and which buttons stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cart.promotions import trace
from checkout.changes import planning
from checkout.changes import selectors as changes_of
from checkout.desk import parcel_screen, sums, timeline
from checkout.disputes import selectors as disputes
from checkout.fulfilment import selectors as fulfilment
from checkout.invoices import selectors as invoices
from checkout.ledger import selectors as ledger
from checkout.notes import selectors as notes
from checkout.orders import emails, selectors, transitions, where
from checkout.orders import lines as order_lines
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import capturing, holding, methods, rules
from checkout.payments import selectors as payments
from checkout.returns import selectors as returns
from inventory.reservations import selectors as reservations
from shop.accounts import selectors as accounts
from shop.core.money import Money

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
    lines, parcels = selectors.lines_of(order.pk), [] if where.is_by_email(order) else fulfilment.tracked(order.pk)
    told = (selectors.steps_of(order.pk), selectors.changes_of(order.pk), notes.notes_of(order.pk))
    moves = holding.moves_of(order.pk, taken)
    refunds = [refund for payment in taken for refund in payment.refunds.all()]
    names = accounts.names_of(
        [one.actor for rows in told for one in rows]
        + [one.step.actor for one in moves]
        + [refund.actor for refund in refunds]
    )
    steps, changes, written = told
    return {
        "order": order,
        "tone": TONES[order.status],
        "lines": [_line(order, line) for line in lines],
        "totals": sums.rows(order, taken),
        "money": sums.told(order, taken),
        "balance": _balance(order, taken, user),
        "customer": _customer(order),
        "shipping_address": emails.address_lines(order.shipping_address),
        "billing_address": _billed_to(order),
        "is_collected": where.is_collected(order),
        "payments": [_payment(order, payment, names, user) for payment in taken],
        "disputes": disputes.of_order(order.pk),
        "ledger": ledger.entries_of(order.pk),
        "tried": trace.told(order.promotions_tried or [], order.currency),
        "refundable": refundable,
        "parcels": parcel_screen.of(
            order, [] if where.is_by_email(order) else parcels, may=user.has_perm(transitions.FULFIL)
        ),
        "documents": invoices.documents_of(order.pk),
        "returns": returns.returns_of(order.pk),
        "may_see_returns": user.has_perm("checkout.view_return"),
        "timeline": timeline.of(
            order, lines=lines, steps=steps, changes=changes, notes=written, moves=moves, names=names
        ),
        "buttons": buttons(
            order,
            user,
            can_take=user.has_perm(transitions.REVIEW) and bool(_takeable(order, taken)),
            can_let_go=_can_let_go(order, taken),
            can_refund=bool(refundable),
            record=_record(order, taken),
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


def buttons(
    order: Order, user: Any, *, can_take: bool, can_let_go: bool, can_refund: bool, record: Button | None
) -> list[Button]:
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
    if record and user.has_perm(RECORD):
        found.append(record)
    if can_take and user.has_perm(transitions.REVIEW):
        found.append(Button(_("Take money"), _url("capture", order), variant="primary"))
    if can_let_go and user.has_perm(transitions.REVIEW):
        found.append(Button(_("Let go of held money"), _url("void", order)))
    if can_refund and user.has_perm(transitions.REFUND):
        found.append(Button(_("Refund"), _url("refund", order)))
    return found


def _record(order: Order, taken: list[Any]) -> Button | None:
    """To write down money that has come; what was to come by bank may also come too late, or twice."""
    if waited_for(taken) or _is_owing(order, taken):
        return Button(_("Record payment received"), _url("transfer", order), variant="primary")
    if any(one.provider in ("bank_transfer", "invoice") for one in taken):
        return Button(_("Record late payment"), _url("transfer", order))
    return None


def _url(page: str, order: Order) -> str:
    return reverse(f"admin:checkout_order_{page}", args=[order.pk])


def _takeable(order: Order, taken: list[Any]) -> int:
    """Minor units that can be taken now: held, due, and neither asked for nor let go. Two queries, if any is held."""
    return capturing.takeable_of(order, taken).minor if order.held_minor else 0


def _can_let_go(order: Order, taken: list[Any]) -> bool:
    """Whether a rest is held that we could take: a promise is for the customer to keep, and all of what is held is let
    go by cancelling the order."""
    return bool(order.captured_minor and sums.held(taken) and not order.is_over)


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
        "options": order_lines.about(line),
        "picture": line.picture,
        "quantity": line.quantity,
        "expected_on": line.expected_on,
        "removed": line.removed,
        "returned": line.returned,
        "unit_price": order.money(line.unit_price_minor),
        "total": order.money(line.total_minor),
    }


def _payment(order: Order, payment: Any, names: dict[str, str], user: Any) -> dict[str, Any]:
    refunds = [
        {"refund": refund, "actor": names[refund.actor], "record_url": _record_url(order, refund, user)}
        for refund in payment.refunds.all()
    ]
    facts = [rules.Entry(event.kind, event.reference, event.amount_minor) for event in payment.events.all()]
    events = [
        {
            "event": event,
            "what": FACTS.get(event.kind, event.kind),
            "amount": Money(minor, event.currency),
            "reference": _told_of(payment, rules.happening(event.reference)),
        }
        for event, minor in zip(payment.events.all(), rules.added(facts), strict=True)
    ]
    return {
        "payment": payment,
        "by": methods.label(payment.provider),
        "state": sums.state(payment),
        "events": events,
        "refunds": refunds,
    }


def _told_of(payment: Any, reference: str) -> str:
    """What names a fact beside the name of its payment, which stands above: "S-7" of "bt_1:S-7" beside "bt_1"."""
    return reference.removeprefix(payment.reference).lstrip(":") if payment.reference else reference


def _record_url(order: Order, refund: Any, user: Any) -> str:
    """Where staff record that they have sent a refund, or handed it out; empty where nobody sends it by hand."""
    if refund.status != "requested" or not is_sent_by_hand(refund) or not user.has_perm(RECORD):
        return ""
    return reverse("admin:checkout_order_refund_sent", args=[order.pk, refund.pk])


def is_sent_by_hand(refund: Any) -> bool:
    """Whether staff send it from the bank account, or hand it out."""
    return refund.payment.provider in payments.BY_HAND and refund.destination != "store_credit"


def _balance(order: Order, taken: list[Any], user: Any) -> dict[str, Any] | None:
    """What is still to be paid, with the button that mails the link, or to be given back; None when all is even. Nobody
    is asked for what is held or promised."""
    lacks = sums.to_pay(order, taken)
    if lacks is None and order.balance_minor >= 0:
        return None
    return {
        "amount": lacks or order.money(-order.balance_minor),
        "is_to_pay": lacks is not None,
        "link_url": _url("send_link", order) if lacks and user.has_perm(EDIT) else "",
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
