"""What the shopper's pages of returns show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.products import selectors as products
from checkout.orders import lines as order_lines
from checkout.orders import where
from checkout.orders.models import Order
from checkout.returns import instead, outcomes, selectors, wishes, wording
from checkout.returns.forms import RequestForm, SentForm
from checkout.returns.models import Reimbursement, Return, ReturnLine
from checkout.returns.selectors import Returnable
from shop.core import db

LABELLED = frozenset({"approved", "in_transit", "partly_received"})


def ask_page(order: Order, rows: Sequence[Returnable], form: RequestForm, *, query: str) -> dict[str, Any]:
    """The form: each line of the order with what is possible, its fields and its picture."""
    offers = products.offers([row.line.variant_id for row in rows], currency=order.currency)
    return {
        "number": order.number,
        "order_url": reverse("order", args=[order.number]) + query,
        "form": form,
        "form_url": reverse("order_return", args=[order.number]) + query,
        "problems": form.problems() if form.is_bound else [],
        "can_return": bool(form.rows),
        "lines": [
            {
                "name": row.line.name,
                "options": order_lines.about(row.line),
                "price": order.money(row.line.unit_price_minor),
                "picture": offer.picture if (offer := offers.get(row.line.variant_id)) else None,
                "objection": row.objection,
                "promise": row.promise,
                "fields": form.parts(row) if row.units else [],
            }
            for row in rows
        ],
    }


def archived_page(order: Order, *, query: str) -> dict[str, Any]:
    """Instead of the form, for an order that is in the archive."""
    return {
        "number": order.number,
        "order_url": reverse("order", args=[order.number]) + query,
        "text": wording.archived(),
    }


def return_page(found: Return, *, query: str) -> dict[str, Any]:
    """Where a return stands: what is in it, what comes next, what was given back. Eight queries but for an exchange."""
    order, lines = found.order, selectors.lines_of(found.pk)
    paid = selectors.reimbursements_of(found.pk)
    made, steps = instead.made(order, paid), selectors.steps_of(found.pk)
    wanted = instead.outlook(found, order, lines, paid, made)
    sent, is_to_pay = instead.sent(order, paid, made)
    can_cancel = found.status in ("requested", "approved", "in_transit")

    def link(name: str, *more: Any) -> str:
        return reverse(name, args=[found.number, *more]) + query

    return {
        "number": found.number,
        "order_number": order.number,
        "order_url": reverse("order", args=[order.number]) + query,
        "url": link("return"),
        "status": found.status,
        "status_label": found.get_status_display(),
        "wish_label": wishes.wish(found, lines),
        "next_text": sent if sent and found.status == "settled" else _next(found, lines),
        "pay_url": reverse("order", args=[order.number]) + query if is_to_pay else None,
        "answer": found.answer,
        "comment": found.comment,
        "lines": [_line(order, line) | {"instead": wanted.lines.get(line.pk)} for line in lines],
        "difference": None if wanted.difference is None else wording.difference(wanted.difference),
        "photos": [{"url": link("return_photo", one.pk), "width": one.width, "height": one.height}
                   for one in selectors.photos_of(found.pk)],
        "label_url": link("return_label") if has_label(found) else None,
        "address": settings.RETURN_ADDRESS,
        "postage": wording.postage(is_paid=found.label_paid_by == "shop"),
        "send_by": wording.send_by((line.returnable_until for line in lines), timezone.localdate(db.clock())),
        "sent_url": link("return_sent") if found.status == "approved" else None,
        "sent_form": SentForm(),
        "cancel_url": link("return_cancel") if can_cancel else None,
        "steps": [
            {"label": wording.TRIGGERS.get(step.trigger, step.trigger), "at": step.at}
            for step in steps
            if step.trigger not in ("restock", "decide")
        ],
        "paid": [
            _paid(order, one, made[one.pk].off if one.pk in made else None)
            | {"why": instead.why_not(found, order, one, steps)}
            for one in paid
        ],
    }  # fmt: skip


def _paid(order: Order, row: Reimbursement, off: wording.Off | None) -> dict[str, Any]:
    """What was sent, or otherwise became of what was settled; `came_to` where it is not all that came back is worth."""
    if wording.went_before(order, row):
        return {"amount": row.amount, "to": wording.went_to(order, row), "at": row.at, "came_to": ""}
    return {
        "amount": wording.amount(row, off), "to": wording.went_to(order, row, off), "at": row.at,
        "came_to": wording.came_to(row, off),
    }  # fmt: skip


def _line(order: Order, line: Any) -> dict[str, Any]:
    units = list(line.units.all())
    settled = sum(unit.reimbursement_id is not None for unit in units)
    refused = sum(unit.acceptance == "rejected" for unit in units)
    here = sum(unit.reception in ("received", "wrong_item") for unit in units)
    told = [
        (here, _("%(n)d arrived")), (settled, _("%(n)d settled")), (refused, _("%(n)d not accepted")),
    ]  # fmt: skip
    return {
        "name": line.order_line.name,
        "options": order_lines.about(line.order_line),
        "units": line.quantity,
        "reason": line.get_reason_display(),
        "outcomes": outcomes.outcomes(units),
        "state": ", ".join(text % {"n": count} for count, text in told if count),
    }


def has_label(found: Return) -> bool:
    """Whether it is approved and something of it is still to be sent: nothing of what came by e-mail is."""
    return found.status in LABELLED and not where.is_by_email(found.order)


def _next(found: Return, lines: Sequence[ReturnLine]) -> str:
    if found.status == "cancelled" and any(unit.reception == "short" for line in lines for unit in line.units.all()):
        return _("What was to come back was not in the parcel.")
    if found.status in ("requested", "approved") and where.is_by_email(found.order):
        return wording.nothing_to_send()
    sentences = {
        "requested": _("We will look at it and write to you, usually within a day. Please do not send anything yet."),
        "approved": _("Print the label, put the slip into the parcel and send it."),
        "in_transit": _("We write when it has arrived."),
        "partly_received": _("A part has arrived and is being looked at. We write as soon as we are done."),
        "received": _("It has arrived and is being looked at. We write as soon as we are done."),
        "settled": _("All done."),
        "refused": _("We could not accept this return."),
        "cancelled": _("You cancelled this return and keep the items."),
    }
    return sentences[found.status]
