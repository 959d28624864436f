"""What the merchant's page of a return shows, and which buttons stand on it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from checkout.orders import emails
from checkout.orders import lines as order_lines
from checkout.returns import instead, receiving, rules, selectors, wishes, wording
from checkout.returns.merchant_forms import OUTCOMES
from checkout.returns.models import Destination, Return, ReturnUnit
from checkout.returns.reimbursing import Settlement
from inventory.stock import selectors as stock
from shop.accounts import selectors as accounts

TONES = {
    "requested": "warning",
    "approved": "info",
    "in_transit": "info",
    "partly_received": "warning",
    "received": "warning",
    "settled": "success",
    "refused": "danger",
    "cancelled": "danger",
}
BEFORE = ("requested", "approved", "in_transit")  # nothing has arrived


def url(found: Return, name: str) -> str:
    """The path of one of its pages in the admin."""
    return reverse(f"admin:checkout_return_{name}", args=[found.pk])


def context_of(found: Return, *, may: bool) -> dict[str, Any]:
    """Everything of a return on one page; `may`: this person may handle it. The same queries for few and many units."""
    order, lines, steps = found.order, selectors.lines_of(found.pk), selectors.steps_of(found.pk)
    names = accounts.names_of([step.actor for step in steps])
    places, paid = stock.location_names(), selectors.reimbursements_of(found.pk)
    made = instead.made(order, paid)
    wanted = instead.outlook(found, order, lines, paid, made)
    return {
        "found": found,
        "wish": wishes.wish(found, lines),
        "order": order,
        "tone": TONES[found.status],
        "sender": emails.address_lines(order.shipping_address),
        "lines": [
            {
                "line": line,
                "sku": line.order_line.sku,
                "name": line.order_line.name,
                "options": order_lines.about(line.order_line),
                "states": _states(list(line.units.all()), places),
                "instead": wanted.lines.get(line.pk),
            }
            for line in lines
        ],
        "difference": None if wanted.difference is None else wording.difference(wanted.difference),
        "photos": [
            {"url": reverse("return_photo", args=[found.number, one.pk]), "width": one.width, "height": one.height}
            for one in selectors.photos_of(found.pk)
        ],
        "steps": [_step(step, names) for step in reversed(steps)],
        "paid": [
            {"row": one, "amount": wording.amount(one, off), "came_to": wording.came_to(one, off),
             "to": wording.went_to(order, one, off), "sent": instead.sent(order, [one], made)[0] if off else ""}
            for one in paid
            for off in [made[one.pk].off if one.pk in made else None]
        ],
        "buttons": buttons(found, [unit for line in lines for unit in line.units.all()]) if may else [],
    }  # fmt: skip


def buttons(found: Return, units: list[ReturnUnit]) -> list[dict[str, Any]]:
    """What can be done with it now."""
    expected = any(unit.reception in receiving.EXPECTED for unit in units)
    open_units = expected or any(unit.reception == "received" and not unit.fate for unit in units)
    undecided = [unit for unit in units if (unit.fate or unit.reception in ("lost", "wrong_item"))]
    wanted = (
        (found.status == "requested", _("Approve"), "approve", "primary"),
        (any(receiving.is_receivable(unit) for unit in units), _("Receive"), "receive", "primary"),
        (open_units, _("Inspect"), "inspect", "primary"),
        (bool(selectors.settleable(found.pk)), _("Settle"), "settle", "primary"),
        (any(unit.reimbursement_id is None for unit in undecided), _("Decide anew"), "decide", "default"),
        (found.status in BEFORE, _("Refuse"), "refuse", "danger"),
    )
    return [
        {"label": label, "url": url(found, name), "variant": variant} for is_on, label, name, variant in wanted if is_on
    ]


def _states(units: list[ReturnUnit], places: dict[Any, str]) -> list[dict[str, Any]]:
    """Units in the same state together: how many, where they are, and what was decided."""
    counts: dict[tuple[str, ...], int] = {}
    for unit in units:
        is_told = unit.reception not in rules.GONE or unit.acceptance == "rejected"  # what never came, nobody accepts
        known = (
            str(unit.get_reception_display()), str(OUTCOMES.get(unit.fate, "")),
            str(unit.get_acceptance_display()) if is_told else "",
            places.get(unit.location_id, ""), _("settled") if unit.reimbursement_id else "",
            _("in stock") if unit.restocked_at else "",
        )  # fmt: skip
        counts[known] = counts.get(known, 0) + 1
    return [{"units": count, "text": " · ".join(filter(None, known))} for known, count in counts.items()]


def _step(step: Any, names: dict[str, str]) -> dict[str, Any]:
    units = step.facts.get("units")
    return {
        "label": wording.TRIGGERS.get(step.trigger, step.trigger),
        "units": units,
        "found": ", ".join(
            f"{count} {str(OUTCOMES[name]).lower()}" for name, count in step.facts.items() if name in OUTCOMES
        ),
        "status": step.get_status_display(),
        "note": step.note,
        "actor": names.get(step.actor, step.actor),
        "at": step.at,
        "tone": TONES[step.status],
    }


def wish(found: Return) -> str:
    """What the shopper wants for it."""
    return wishes.wish(found, selectors.lines_of(found.pk))


def settlement(order: Any, seen: Settlement) -> dict[str, Any]:
    """A simulation with its amounts in the order's currency."""
    return {
        "rows": [
            {
                "units": row.units, "name": row.line.name, "price": order.money(row.given.total),
                "discount": order.money(row.given.discount), "delivery": order.money(row.given.shipping),
                "tax": order.money(row.given.tax), "value": order.money(row.given.value),
                "included": order.money(row.given.included) if row.given.included else None,
                "kept": order.money(row.kept) if row.kept else None,
            }
            for row in seen.lines
        ],
        "added": seen.added, "cost": seen.cost, "amount": seen.amount, "goings": seen.goings, "due": seen.due,
        "goodwill": -seen.goodwill if seen.goodwill.minor else None, "before": seen.goodwill,
        "less": seen.amount - seen.goodwill, "unpaid": _unpaid(order, seen), "balance": seen.balance,
        "secured": seen.balance - seen.to_pay, "to_pay": seen.to_pay, "mark": seen.mark,
    }  # fmt: skip


def _unpaid(order: Any, seen: Settlement) -> Any:
    """What of the worth is set off (below zero) because it was not paid yet, or of an exchange what was to be paid
    before (above zero); None for nothing."""
    sent = sum(going.amount.minor for going in seen.goings)
    rest = seen.amount.minor - seen.goodwill.minor - sent
    if seen.cost is not None:
        before = seen.balance.minor - seen.cost.minor + rest
        return order.money(before) if before else None
    return order.money(-rest) if rest > 0 else None


def destinations(found: Return, chosen: str) -> list[dict[str, Any]]:
    """The ways to settle that are open to the shopper, the chosen one marked."""
    has_account = found.order.customer_id is not None
    lines = selectors.lines_of(found.pk)
    can_exchange = any(line.exchange_for for line in lines)
    is_open = {Destination.ORIGINAL: True, Destination.STORE_CREDIT: has_account, Destination.EXCHANGE: can_exchange}
    return [
        {"value": value, "label": wishes.wish(found, lines) if value == found.wish else label,
         "is_chosen": value == chosen}
        for value, label in Destination.choices
        if is_open[Destination(value)]
    ]  # fmt: skip
