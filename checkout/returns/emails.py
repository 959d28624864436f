"""The mails about a return: what their templates are told. Each is queued at most once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone, translation

from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders
from checkout.orders import where
from checkout.orders.models import Order
from checkout.returns import instead, outcomes, selectors, wording
from checkout.returns.models import Destination, Return, ReturnLine
from shop.core import db, formats, requests


def requested(*, return_id: UUID) -> None:
    """That we have the wish, and what comes next; not where it was approved at once, which has a mail of its own."""
    found = selectors.one(return_id)
    if any(step.trigger == "approve" and step.position == 2 for step in selectors.steps_of(return_id)):
        return
    _send(found, "return_requested")


def approved(*, return_id: UUID) -> None:
    """With the link to the label, who pays the postage, and until when it should be sent."""
    _send(selectors.one(return_id), "return_approved")


def refused(*, return_id: UUID) -> None:
    """With the reason that a person gave."""
    _send(selectors.one(return_id), "return_refused")


def received(*, return_id: UUID) -> None:
    """That a parcel has arrived and is being looked at."""
    _send(selectors.one(return_id), "return_received")


def rejected(*, return_id: UUID) -> None:
    """That nothing is given back for what was looked at, and what was found; not where somebody has decided anew."""
    found = selectors.one(return_id)
    if found.status not in (Return.Status.REFUSED, Return.Status.CANCELLED):
        return
    order = orders.by_id(found.order_id)
    with translation.override(order.language):
        told = _outcomes(selectors.lines_of(return_id))
    _send(found, "return_rejected", order=order, outcomes=told)


def _outcomes(lines: Sequence[ReturnLine]) -> list[str]:
    """What was found of units that did not simply come back, with the name of their item."""
    return [f"{line.order_line.name}: {text}" for line in lines for text in outcomes.outcomes(line.units.all())]


def settled(*, reimbursement_id: UUID) -> None:
    """What was given back for which items, and where it goes. None about an exchange that is still to be made: what is
    sent instead, and what it comes to, is known only then."""
    row = selectors.reimbursement(reimbursement_id)
    if not row.is_complete:
        return
    order = orders.by_id(row.order_id)
    is_swap = row.destination == Destination.EXCHANGE
    destination = Destination.ORIGINAL if is_swap and not wording.is_exchange(row) else row.destination
    shares = wording.shares(row)
    with translation.override(order.language):
        lines, steps = selectors.lines_of(row.parent_id), selectors.steps_of(row.parent_id)
        sent, is_to_pay = instead.sent(order, [row], instead.made(order, [row]))
        amounts = {
            "sent": sent,
            "is_to_pay": is_to_pay,
            "why": instead.why_not(row.parent, order, row, steps),
            "outcomes": _outcomes(lines),
            "amount": formats.money(row.amount),
            "refunded": formats.money(row.refunded) if row.refunded_minor else None,
            "goodwill": formats.money(-shares.goodwill) if shares.goodwill.minor else None,
            "unpaid": formats.money(-shares.unpaid) if shares.unpaid.minor else None,
            "rest": formats.money(shares.rest),
            "to": str(Destination(destination).label),
            "destination": str(destination),
            "went_before": wording.went_before(order, row),
            "items": [
                {
                    "units": one.units,
                    "name": one.order_line.name,
                    "amount": formats.money(order.money(one.given.value)),
                }
                for one in row.lines.all()
            ],
        }
    _send(row.parent, "return_settled", key=row.pk, order=order, settled=amounts)


def _send(found: Return, template: str, *, key: UUID | None = None, order: Order | None = None, **extra: Any) -> None:
    about = order or orders.by_id(found.order_id)
    lines, is_mailed = selectors.lines_of(found.pk), where.is_by_email(about)
    with translation.override(about.language):
        facts = {
            "number": found.number,
            "url": requests.absolute(url(found, about)),
            "label_url": "" if is_mailed else requests.absolute(url(found, about, "return_label")),
            "nothing_to_send": wording.nothing_to_send() if is_mailed else "",
            "answer": found.answer,
            "items": [
                {"units": line.quantity, "name": line.order_line.name, "reason": str(line.get_reason_display())}
                for line in lines
            ],
            "postage": wording.postage(is_paid=found.label_paid_by == "shop"),
            "send_by": wording.send_by((line.returnable_until for line in lines), timezone.localdate(db.clock())),
        }
    order_emails.send(about, template, key=key or found.pk, returned=facts, **extra)


def url(found: Return, order: Order, name: str = "return") -> str:
    """The path of a page of the return with the secret of its order's link, for guests and mails."""
    return f"{reverse(name, args=[found.number])}?key={order.access_key}"
