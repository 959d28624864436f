"""What an order's page says in plain words: where the order stands, what happens next and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checkout.desk import collecting
from checkout.orders import where
from checkout.orders.selectors import is_replacing
from checkout.payments import crediting
from shop.core import formats

_HEADLINES = {
    "payment_confirmed": gettext_lazy("We are getting your order ready"),
    "processing": gettext_lazy("We are packing your order"),
    "ready_to_ship": gettext_lazy("Packed and ready to leave"),
    "shipped": gettext_lazy("On its way to you"),
    "delivered": gettext_lazy("Delivered"),
    "returned": gettext_lazy("Everything is back with us"),
    "refunded": gettext_lazy("Your money went back to you"),
}
_MAILED = {  # of what is sent by e-mail alone
    "payment_confirmed": gettext_lazy("Paid, and ready to be sent"),
    "processing": gettext_lazy("Paid, and ready to be sent"),
    "delivered": gettext_lazy("Sent by e-mail"),
}
_COLLECTED = {  # of what is sent in exchange for something that was collected, beside the stage
    "held_up": gettext_lazy("waits for your payment"),
    "preparing": gettext_lazy("being prepared"),
    "packed": gettext_lazy("ready to collect"),
}
_REPLACEMENT = {  # the headline, and the words beside the stage
    "held_up": (gettext_lazy("Your replacement waits for your payment"), gettext_lazy("waits for your payment")),
    "preparing": (gettext_lazy("We are preparing your replacement"), gettext_lazy("being prepared")),
    "packed": (gettext_lazy("Your replacement is packed and ready to leave"), gettext_lazy("packed")),
    "on_its_way": (gettext_lazy("Your replacement is on its way to you"), gettext_lazy("on its way")),
}
_HERE = {"payment_confirmed", "processing", "ready_to_ship"}  # not all of it has left
_ON_THE_WAY = {"payment_confirmed", "processing", "ready_to_ship", "shipped"}


def replacement(order: Any, parcels: Sequence[Any], owing: Any = None) -> str:
    """Where that stands which is sent in exchange, until it has arrived: a key of `_REPLACEMENT`; empty where nothing
    is. Arguments as of `headline`."""
    if is_replacing(order):
        here = [one for one in parcels if not one.shipped_at]
        if owing is not None:
            return "held_up"
        return "packed" if here and all(one.status == "picked" for one in here) else "preparing"
    if where.is_collected(order):
        return ""
    is_on_its_way = order.status == "delivered" and any(one.shipped_at and not one.delivered_at for one in parcels)
    return "on_its_way" if is_on_its_way else ""


def replacement_stage(order: Any, parcels: Sequence[Any], owing: Any = None) -> dict[str, Any] | None:
    """The same as the last stage of the order's way; None where there is none."""
    state = replacement(order, parcels, owing)
    if not state:
        return None
    words = _COLLECTED[state] if where.is_collected(order) else _REPLACEMENT[state][1]
    return {"label": _("Replacement"), "at": None, "note": str(words)}


def is_held_up(order: Any, owing: Any) -> bool:
    """Whether what has not left waits for what is `owing`: still to be paid, None for nothing."""
    return owing is not None and (order.status in _HERE or is_replacing(order))


def headline(order: Any, parcels: Sequence[Any], owing: Any = None) -> str:
    """Where a paid order stands, in a few words. `parcels`: all that are not cancelled; `owing`: still to be paid."""
    is_collected = where.is_collected(order)
    if state := replacement(order, parcels, owing):
        is_ready = is_collected and state == "packed"
        return _("Your replacement is ready for you to collect") if is_ready else str(_REPLACEMENT[state][0])
    if is_collected and not is_held_up(order, owing) and (text := collecting.headline(order, parcels)):
        return text
    sent = [one for one in parcels if one.shipped_at]
    arrived = [one for one in sent if one.delivered_at]
    if not is_collected and order.status in _ON_THE_WAY and arrived and len(arrived) < len(parcels):
        return _("Part of your order has arrived")
    if not is_collected and order.status in {"processing", "ready_to_ship"} and sent:
        return _("Part of your order is on its way")
    if is_held_up(order, owing):
        is_rest = order.came_minor > 0
        return _("Your order waits for the rest of your payment") if is_rest else _("Your order waits for your payment")
    if order.status == "refunded" and crediting.given(order.pk) >= order.refunded_minor:
        return _("What you paid is yours as store credit")
    words = _HEADLINES | _MAILED if where.is_by_email(order) else _HEADLINES
    return str(words.get(order.status, order.get_status_display()))


def held_up(order: Any) -> str:
    """What a parcel of it waits for."""
    return _("Waits for the rest of your payment") if order.came_minor > 0 else _("Waits for your payment")


def what_next(order: Any, parcels: Sequence[Any], owing: Any = None) -> str:
    """What happens next, and when; no day for what waits for what is `owing`."""
    if where.is_collected(order) and order.status not in {"returned", "refunded"}:
        is_held = is_held_up(order, owing)
        is_late = _is_late(order) and not is_held and not is_replacing(order)
        return collecting.what_next(order, parcels, is_held=is_held, is_late=is_late, ready=ready_by(order, owing))
    if is_replacing(order):  # the day that was told was that of what came back
        return _("We write to you when it leaves.")
    if where.is_by_email(order) and order.status not in {"returned", "refunded"}:
        return _mailed(order, parcels)
    if order.status == "delivered":
        return _("We write to you when it arrives.") if replacement(order, parcels) else _delivered(parcels)
    if order.status == "returned":
        return _("We have everything that you sent back.")
    if order.status == "refunded":
        return _given_back(order)
    when = "" if is_held_up(order, owing) else _when(order)
    return " ".join(filter(None, (_left(order, parcels), when)))


def balance(order: Any) -> str:
    """Why something is to be paid of an order that was paid."""
    if not order.revision:  # nobody has changed it: what had come, or was held, is gone
        if where.is_collected(order):
            return _("A part of your order is not paid. You can collect it as soon as it is.")
        return _("A part of your order is not paid. What has not left us leaves as soon as it is.")
    if where.is_collected(order):
        return _balance_of_collected(order)
    if is_replacing(order):
        return _("Your replacement costs more than what came back. We send it as soon as the difference is paid.")
    if order.status in {"shipped", "delivered", "returned"}:
        return _("Your order was changed and costs more now. Please pay the difference.")
    return _("Your order was changed and costs more now. We send it as soon as the difference is paid.")


def _balance_of_collected(order: Any) -> str:
    if is_replacing(order):
        return _("Your replacement costs more than what came back. We get it ready once the difference is paid.")
    if order.status in {"shipped", "delivered", "returned"}:
        return _("Your order was changed and costs more now. Please pay the difference.")
    return _("Your order was changed and costs more now. We get it ready once the difference is paid.")


def day(moment: date) -> str:
    """ "Tue, May 5" by locale."""
    return formats.weekday(moment)


def arrives(order: Any, owing: Any = None) -> str:
    """ "Arrives Tue, May 5", days of delivery as all over the page; empty when nothing is on its way any more, waits
    for what is `owing`, or is collected (`ready_by`)."""
    return "" if where.is_collected(order) else _by(order, owing, _("Arrives %(date)s"))


def ready_by(order: Any, owing: Any = None) -> str:
    """The same of what is collected: "Ready to collect by Tue, May 5"; empty once it is, or the day is over."""
    if not where.is_collected(order) or order.status in {"ready_to_ship", "shipped"} or _is_late(order):
        return ""
    return _by(order, owing, _("Ready to collect by %(date)s"))


def _is_late(order: Any) -> bool:
    return bool(order.delivery_on and order.delivery_on < formats.today())


def _by(order: Any, owing: Any, words: str) -> str:
    if (
        is_held_up(order, owing)
        or is_replacing(order)
        or order.delivery_on is None
        or order.status in {"cancelled", "delivered", "returned", "refunded"}
    ):
        return ""
    return words % {"date": day(order.delivery_on)}


def _left(order: Any, parcels: Sequence[Any]) -> str:
    sent = sum(1 for one in parcels if one.shipped_at)
    if order.status == "shipped":
        return ngettext("Your parcel has left us.", "All parcels have left us.", max(1, len(parcels)))
    if sent:
        told = {"sent": sent, "count": len(parcels)}
        text = ngettext(
            "%(sent)s of %(count)s parcels has left us; we write to you when the next one does.",
            "%(sent)s of %(count)s parcels have left us; we write to you when the next one does.",
            sent,
        )
        return text % told
    return _("We write to you when it leaves.")


def _when(order: Any) -> str:
    if order.delivery_on is None:
        return ""
    if _is_late(order):
        late = _("It should have been with you by %(date)s and is late. We are sorry; write to us if you worry.")
        return late % {"date": day(order.delivery_on)}
    return _("It should be with you by %(date)s.") % {"date": day(order.delivery_on)}


def _given_back(order: Any) -> str:
    credit = crediting.given(order.pk)
    if not credit:
        return _("Everything you paid for this order was given back.")
    if credit >= order.refunded_minor:
        return _("Everything you paid for this order was given back to you as store credit.")
    told = {"amount": formats.money(order.money(credit))}
    return _("Everything you paid for this order was given back, %(amount)s of it as store credit.") % told


def _mailed(order: Any, parcels: Sequence[Any]) -> str:
    sent = [one.shipped_at for one in parcels if one.shipped_at]
    if order.status != "delivered" or not sent:
        return _("We send each gift card by e-mail: at once, or on the day that you chose.")
    told = {"date": day(max(sent))}
    return _("Everything was sent by e-mail on %(date)s. If an e-mail did not come, tell us.") % told


def _delivered(parcels: Sequence[Any]) -> str:
    last = max((one.delivered_at for one in parcels if one.delivered_at), default=None)
    if last is None:
        return _("If something is missing or wrong, tell us.")
    told = {"date": day(last)}
    return _("It arrived on %(date)s. If something is missing or wrong, tell us.") % told
