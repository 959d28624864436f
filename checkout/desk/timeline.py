"""Everything that has happened to an order, in one line of time for staff: steps, changes, notes, held money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from checkout.notes.models import OrderNote
from checkout.orders import emails, transitions
from checkout.orders.models import Order, OrderChange, OrderLine, OrderStep
from checkout.payments.holding import Moved

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


def of(
    order: Order,
    *,
    lines: Sequence[OrderLine],
    steps: Iterable[OrderStep],
    changes: Iterable[OrderChange],
    notes: Iterable[OrderNote],
    moves: Iterable[Moved],
    names: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Entries `{title, mark, label, details, tone, actor, at}`, the latest first. `names` of all actors.

    Steps and changes carry their numbers (`mark`): both are gap-free, so a missing one would be seen.
    """
    skus = {str(line.pk): line.sku for line in lines}
    entries = [
        *(_step(one, names) for one in steps),
        *(_change(order, one, skus, names) for one in changes),
        *(_note(one, names) for one in notes),
        *(_move(order, one, names) for one in moves),
    ]
    return sorted(entries, key=lambda one: one["at"], reverse=True)


def _step(step: OrderStep, names: Mapping[str, str]) -> dict[str, Any]:
    row = transitions.named(step.trigger)
    return {
        "title": Order.Status(step.to_status).label,
        "mark": str(step.position),
        "label": row.label if row else _("Placed"),
        "details": [step.note] if step.note else [],
        "tone": TONES[step.to_status],
        "actor": names[step.actor],
        "at": step.at,
    }


def _change(order: Order, change: OrderChange, skus: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": _("Change %(number)s") % {"number": change.revision},
        "mark": "",
        "label": change.get_kind_display(),
        "details": [*_units(change, skus), *_fields(change), *([change.reason] if change.reason else [])],
        "amount": order.money(change.difference_minor),
        "tone": "change",
        "actor": names[change.actor],
        "at": change.at,
    }


def _units(change: OrderChange, skus: Mapping[str, str]) -> list[str]:
    gone = [f"− {units} × {skus.get(key, key)}" for key, units in change.removed.items()]
    return gone + [f"+ {units} × {skus.get(key, key)}" for key, units in change.added.items()]


def _fields(change: OrderChange) -> list[str]:
    """What else is different, before and after."""
    labels = {
        "shipping_address": _("Delivery address"),
        "billing_address": _("Billing address"),
        "delivery_name": _("Delivery"),
        "po_number": _("Purchase order number"),
        "gift_message": _("Gift message"),
    }
    told = []
    for name, label in labels.items():
        if name in change.after and change.before.get(name) != change.after[name]:
            before, after = _words(change.before.get(name)), _words(change.after[name])
            told.append(_("%(what)s: %(before)s → %(after)s") % {"what": label, "before": before, "after": after})
    return told


def _words(value: Any) -> str:
    text = ", ".join(emails.address_lines(value)) if isinstance(value, dict) else str(value or "")
    return text or "–"


def _move(order: Order, move: Moved, names: Mapping[str, str]) -> dict[str, Any]:
    """What was asked for, and that it is not done where it is not."""
    step = move.step
    told = (
        (_("%(amount)s to be taken"), step.taken_minor),
        (_("%(amount)s to be let go"), step.let_go_minor),
        (_("not done of it: %(amount)s"), step.taken_minor + step.let_go_minor - move.taken - move.let_go),
    )
    details = [words % {"amount": order.money(minor).format()} for words, minor in told if minor]
    return {
        "title": _("Held money"),
        "mark": "",
        "label": step.get_trigger_display(),
        "details": [*details, *([step.note] if step.note else [])],
        "tone": "change",
        "actor": names[step.actor],
        "at": step.at,
    }


def _note(note: OrderNote, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": _("Note to the customer") if note.is_shown_to_customer else _("Note"),
        "mark": "",
        "label": "",
        "details": note.text.splitlines(),
        "tone": "note",
        "actor": names[note.actor],
        "at": note.at,
    }
