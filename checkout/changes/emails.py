"""The mail about a change: what is different now, and what is to be paid or comes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from checkout.changes import selectors
from checkout.orders import emails as order_emails
from checkout.orders import lines as order_lines
from checkout.orders import selectors as orders
from checkout.orders import where
from checkout.orders.models import Order, OrderChange, OrderLine
from checkout.payments import selectors as payments
from shop.core import formats

_NOTED = (OrderChange.Kind.EDIT, OrderChange.Kind.CANCEL)
_SHOWN = ("shipping_address", "delivery_name")  # fields whose change concerns the shopper


def order_changed(*, order_id: UUID, change_id: UUID) -> None:
    """With the link to pay, where something is to be paid. None about what nobody but the shop needs to know.

    An exchange has mails of its own, unless it is to be paid for.
    """
    change, order = selectors.change(change_id), orders.by_id(order_id)
    to_pay = payments.balance_due(order)
    is_news = change.removed or change.added or any(name in change.after for name in _SHOWN)
    if order.is_over or not is_news or (change.kind == OrderChange.Kind.EXCHANGE and to_pay is None):
        return
    is_exchange = change.kind == OrderChange.Kind.EXCHANGE  # what came back for it was taken off before
    with translation.override(order.language):
        order_emails.send(
            order,
            "order_changed",
            key=change_id,
            **_lines(order, change),
            reason=_reason(change),
            is_moved="shipping_address" in change.after,
            is_sent_otherwise="delivery_name" in change.after,
            difference=formats.money(order.money(abs(change.difference_minor))),
            is_more=change.difference_minor > 0 and not is_exchange,
            is_less=change.difference_minor < 0 and not is_exchange,
            to_pay=formats.money(to_pay) if to_pay else None,
            waits=_waits(order, change),
            comes_back=_comes_back(order, change),
        )


def _reason(change: OrderChange) -> str:
    """Why it was changed, in words for the shopper: what staff note is theirs, what they choose among is told."""
    if change.kind == OrderChange.Kind.EXCHANGE:
        return _("This is what you wanted in exchange. What came back is taken off already.")
    is_noted = change.kind in _NOTED and change.actor.startswith("staff:")
    return "" if is_noted else change.reason


def _waits(order: Order, change: OrderChange) -> str:
    """What leaves once the rest is paid; what has left before waits for nothing."""
    if change.kind == OrderChange.Kind.EXCHANGE:
        return (
            _("We get what you wanted in exchange ready as soon as that is paid.")
            if where.is_collected(order)
            else _("We send what you wanted in exchange as soon as that is paid.")
        )
    if where.is_collected(order):
        return _("We get it ready as soon as that is paid.")
    if order.fulfilment_state == Order.FulfilmentState.PARTLY_SHIPPED:
        return _("We send what has not left us yet as soon as that is paid.")
    return _("We send the order as soon as that is paid.")


def _lines(order: Order, change: OrderChange) -> dict[str, Any]:
    lines = {str(line.pk): line for line in order.lines.all()}
    return {
        what: [_line(lines.get(key), units) for key, units in found.items()]
        for what, found in (("removed", change.removed), ("added", change.added))
    }


def _line(line: OrderLine | None, units: int) -> dict[str, Any]:
    if line is None:
        return {"name": "", "options": "", "quantity": units}
    return {"name": line.name, "options": order_lines.about(line), "quantity": units}


def _comes_back(order: Order, change: OrderChange) -> str | None:
    """What of the difference was taken and goes back; what was only held or promised is simply not taken."""
    minor = min(-change.difference_minor, order.captured_minor - order.due_minor)
    return formats.money(order.money(minor)) if minor > 0 else None
