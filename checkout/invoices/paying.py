"""How an order is paid, as papers and the mails with them tell it: what has come, what is held, what is to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from checkout.orders.models import Order
from checkout.payments import covering, methods, transfers
from checkout.payments import selectors as payments
from checkout.receivables import selectors as receivables
from shop.core import formats


def standing(order: Order) -> dict[str, Any]:
    """As a paper keeps it, amounts in minor units. `open` is what is to be sent until `due_on`, now: an order that
    costs less since it was promised asks for what it costs, even before the promise has followed."""
    found = payments.payments_of(order.pk)
    promised = receivables.open_of(order.pk)
    held = [(one, covering.kept(one)) for one in found if one.held_minor and one.capture_when != "promise"]
    most = max(0, order.balance_minor - sum(minor for _one, minor in held))
    rest = min(most, sum(one.open.minor for one in promised))
    return {
        "paid": [_part(one.provider, one.captured_minor) for one in found if one.captured_minor],
        "held": [_part(one.provider, minor) for one, minor in held if minor],
        "refunded": order.refunded_minor,
        "open": rest,
        "due_on": promised[0].due_on.isoformat() if rest else "",
        "account": dict(settings.BANK_TRANSFER) if rest else {},
        "balance": order.balance_minor,
    }


def _part(provider: str, minor: int) -> dict[str, Any]:
    return {"by": methods.label(provider), "minor": minor}


def transfer(account: Mapping[str, str], reference: str) -> list[tuple[str, str]]:
    """Where money is to be sent to: what people call each part of the account, and what it is."""
    return [*transfers.rows(account), (_("Reference"), reference)]


def asked_for(order: Order) -> dict[str, Any] | None:
    """What a mail says of money that is to be sent, in the active language; None where none is."""
    now = standing(order)
    if not now["open"]:
        return None
    rows = transfer(now["account"], order.number)
    return {
        "amount": formats.money(order.money(now["open"])),
        "date": formats.day(date.fromisoformat(now["due_on"])),
        "rows": [{"label": label, "value": value} for label, value in rows],
    }
