"""What has happened to an order, step by step, in words for its shopper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout.orders import lines as order_lines
from checkout.orders import where
from checkout.payments import methods
from shop.core import formats

_STEPS = {
    "place": gettext_lazy("Order placed"),
    "payment_failed": gettext_lazy("A payment did not go through"),
    "hold_for_review": gettext_lazy("We are checking the payment"),
    "payment_success": gettext_lazy("Payment confirmed"),
    "approve_review": gettext_lazy("Payment confirmed"),
    "reject_review": gettext_lazy("The payment was not accepted"),
    "reservation_expired": gettext_lazy("No payment arrived in time"),
    "start_fulfillment": gettext_lazy("We started to pack"),
    "cancel": gettext_lazy("Order cancelled"),
    "return_received": gettext_lazy("Everything came back"),
    "refund": gettext_lazy("Everything was given back"),
}
_STEPS_OF_MAILED = {name: text for name, text in _STEPS.items() if name != "start_fulfillment"} | {
    "delivery_confirmed": gettext_lazy("Everything was sent by e-mail"),
}

_RETURNS = {
    "request": gettext_lazy("You asked to return something"),
    "approve": gettext_lazy("Your return was approved"),
    "refuse": gettext_lazy("Your return was not accepted"),
    "send": gettext_lazy("You sent your return"),
    "cancel": gettext_lazy("Your return was cancelled"),
    "receive": gettext_lazy("Your return has arrived"),
    "reimburse": gettext_lazy("Your return is settled"),
}


def of(
    order: Any,
    *,
    lines: Sequence[Any],
    steps: Iterable[Any],
    parcels: Sequence[Any],
    changes: Iterable[Any],
    refunds: Iterable[Any],
    returns: Iterable[Any] = (),
    settled: Mapping[Any, str] = MappingProxyType({}),
    swaps: Mapping[Any, int] = MappingProxyType({}),
    moves: Iterable[Any] = (),
) -> list[dict[str, Any]]:
    """Entries `{at, text, note}`, the latest first. `refunds`: those that were not in vain; `returns`: their steps;
    `settled`: the number of the return of each reimbursement, by its id; `swaps`: what came back for exchanges was
    worth, by the change that each made; `moves`: what staff took of held money, or let go of."""
    names = {str(line.pk): _name(line) for line in lines}
    words, shown = (_STEPS_OF_MAILED, ()) if where.is_by_email(order) else (_STEPS, parcels)
    entries = [
        *(_entry(step.at, str(words[step.trigger])) for step in steps if step.trigger in words),
        *(entry for place, one in enumerate(shown, start=1) for entry in _parcel(order, one, place, len(shown))),
        *(_entry(one.at, *_change(order, one, names, swaps)) for one in changes),
        *(_entry(one.created_at, *_refund(one, settled)) for one in refunds),
        *(_entry(one.step.at, text) for one in moves for text in _move(order, one)),
        *(_entry(one.at, *_return(one)) for one in returns if one.trigger in _RETURNS),
    ]
    return sorted(entries, key=lambda one: one["at"], reverse=True)


def _entry(at: Any, text: str, note: str = "") -> dict[str, Any]:
    return {"at": at, "text": text, "note": note}


def _parcel(order: Any, parcel: Any, position: int, count: int) -> list[dict[str, Any]]:
    name = _("Parcel %(number)s") % {"number": position} if count > 1 else _("Your parcel")
    told = {"parcel": name, "carrier": parcel.carrier}
    packed = (parcel.packed_at or parcel.picked_at, _("%(parcel)s is packed"), "")
    collected = (packed, (parcel.shipped_at, _("%(parcel)s was collected"), ""))
    moments = (
        collected
        if where.is_collected(order)
        else (
            packed,
            (parcel.shipped_at, _("%(parcel)s was handed to %(carrier)s"), parcel.tracking_number),
            (parcel.delivered_at, _("%(parcel)s was delivered"), ""),
        )
    )
    return [_entry(at, text % told, note) for at, text, note in moments if at]


def _change(order: Any, change: Any, names: Mapping[str, str], swaps: Mapping[Any, int]) -> tuple[str, str]:
    """ "2 × Lamp cancelled", "The order costs $12.00 less" """
    verbs = {
        "cancel": _("%(units)s cancelled"),
        "short": _("%(units)s could not be found, and will not be sent"),
        "sold_out": _("%(units)s sold out, and will not be sent"),
    }
    taken, added = _units(change.removed, names), _units(change.added, names)
    texts = []
    if taken:
        texts.append(verbs.get(change.kind, _("%(units)s taken off")) % {"units": taken})
    if added:
        texts.append(_("%(units)s added") % {"units": added})
    texts += _fields(change)
    return "; ".join(texts) or _("The order was changed"), _difference(order, change, swaps)


def _name(line: Any) -> str:
    """ "Lamp (Moss · M)": other variants of a product have its name too."""
    options = order_lines.about(line)
    return f"{line.name} ({options})" if options else str(line.name)


def _units(units: Mapping[str, int], names: Mapping[str, str]) -> str:
    return ", ".join(f"{count} × {names[key]}" for key, count in units.items() if key in names)


def _fields(change: Any) -> list[str]:
    words = {
        "shipping_address": _("Delivery address changed"),
        "delivery_option": _("Way of delivery changed"),
        "gift_message": _("Gift message changed"),
        "po_number": _("PO number changed"),
    }
    return [text for name, text in words.items() if change.before.get(name) != change.after.get(name)]


def _difference(order: Any, change: Any, swaps: Mapping[Any, int]) -> str:
    """What a change makes of the price; of an exchange, beside what came back for it, once that is known.

    Whether money comes back for it depends on what was paid by then; what does, is told as a refund.
    """
    if change.kind == "exchange" and change.pk not in swaps:
        return ""
    minor = change.difference_minor - swaps.get(change.pk, 0)
    if not minor:
        return ""
    amount = formats.money(order.money(abs(minor)))
    text = _("%(amount)s more to pay") if minor > 0 else _("The order costs %(amount)s less")
    return text % {"amount": amount}


def _refund(refund: Any, settled: Mapping[Any, str]) -> tuple[str, str]:
    """What goes back, and for which return, if for one; else an order was cancelled or changed, or it was given."""
    text, note = _money_back(refund)
    about = _("For return %(number)s.") % {"number": settled[refund.cause_id]} if refund.cause_id in settled else ""
    return text, " ".join(filter(None, (about, note)))


def _money_back(refund: Any) -> tuple[str, str]:
    amount = {"amount": formats.money(refund.amount)}
    if refund.destination == "store_credit" or refund.payment.provider == methods.CREDIT:
        return _("%(amount)s is yours as store credit") % amount, ""
    if refund.payment.provider == methods.GIFT_CARD and refund.status == "done":
        return _("%(amount)s is on your gift card again") % amount, ""
    if refund.status == "done":
        return _("%(amount)s went back to you") % amount, _("Banks take up to five working days to show it.")
    return _("%(amount)s is on its way back to you") % amount, ""


def _move(order: Any, move: Any) -> list[str]:
    told = (
        (_("%(amount)s that was reserved was taken"), move.taken),
        (_("%(amount)s that was reserved was let go: it is yours again"), move.let_go),
    )
    return [text % {"amount": formats.money(order.money(minor))} for text, minor in told if minor]


def _return(step: Any) -> tuple[str, str]:
    return str(_RETURNS[step.trigger]), step.parent.number
