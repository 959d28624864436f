"""What shoppers and staff read of returns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checkout.orders.models import Order
from checkout.returns.models import Condition, Destination, Reason, Reimbursement
from shop.core import formats
from shop.core.money import Money

TRIGGERS = {
    "request": gettext_lazy("asked for"),
    "approve": gettext_lazy("approved"),
    "refuse": gettext_lazy("refused"),
    "send": gettext_lazy("sent by the shopper"),
    "cancel": gettext_lazy("cancelled"),
    "receive": gettext_lazy("received"),
    "inspect": gettext_lazy("inspected"),
    "decide": gettext_lazy("decided anew"),
    "restock": gettext_lazy("put back on the shelf"),
    "reimburse": gettext_lazy("settled"),
    "exchange": gettext_lazy("exchanged"),
}


def reasons() -> list[tuple[str, str]]:
    """(code, words) of why something comes back."""
    return [(value, str(label)) for value, label in Reason.choices]


def conditions() -> list[tuple[str, str]]:
    """(code, words) of how it is."""
    return [(value, str(label)) for value, label in Condition.choices]


def wishes() -> list[tuple[str, str]]:
    """(code, words) of what is wanted for it."""
    return [(value, str(label)) for value, label in Destination.choices]


def objection(kind: str, until: date | None) -> str:
    """Why an item cannot be returned; empty for no objection."""
    if kind == "too_late" and until:
        return _("Returns of this item were possible until %(day)s.") % {"day": formats.day(until)}
    sentences = {
        "final_sale": _("This item was a final sale and cannot be returned."),
        "no_rule": _("This item cannot be returned here. Please write to us."),
        "too_late": _("The time for returns of this item is over."),
    }
    return sentences.get(kind, "")


def promise(until: date | None, *, is_automatic: bool) -> str:
    """What is possible of an item that may be returned."""
    if until is None:
        return ""
    day = formats.day(until)
    if is_automatic:
        return _("Can be returned until %(day)s.") % {"day": day}
    return _("Can be returned until %(day)s; we look at your request first.") % {"day": day}


@dataclass(frozen=True, slots=True)
class Shares:
    """What became of the `worth` of what was settled: of it `goodwill` was given back before, `unpaid` was still to be
    paid, and the `rest` is sent, or counts towards what comes instead, or need not be paid any more."""

    worth: Money
    goodwill: Money
    unpaid: Money
    rest: Money

    @property
    def is_whole(self) -> bool:
        """Whether the rest is all of it, or what became of it is not known."""
        return not (self.goodwill.minor or self.unpaid.minor)


def shares(row: Reimbursement) -> Shares:
    """They add up, but for what was settled before goodwill was noted: of that only what was sent is known."""
    goodwill = Money(row.goodwill_minor or 0, row.currency)
    counts, nothing = row.amount - goodwill, Money.zero(row.currency)
    if not row.refunded_minor or is_exchange(row):
        return Shares(row.amount, goodwill, nothing, counts)
    unpaid = nothing if row.goodwill_minor is None else max(nothing, counts - row.refunded)
    return Shares(row.amount, goodwill, unpaid, row.refunded)


@dataclass(frozen=True, slots=True)
class Off:
    """Of an exchange some units were taken off the order again: what the rest of its `goods` cost, and what of all that
    came back went `back` in money, then and since."""

    goods: Money
    back: Money


@dataclass(frozen=True, slots=True)
class Exchanged:
    """An exchange that was made: what the `goods` cost that are sent instead, by how much `more` (below zero: less)
    than what came back counts for, and what of it goes `back` in money."""

    goods: Money
    more: Money
    back: Money


def exchanged(row: Reimbursement, off: Off | None = None) -> Exchanged | None:
    """None of what was settled otherwise, and of an exchange that is still to be made."""
    if not is_exchange(row) or not row.is_complete:
        return None
    goods, back = (off.goods, off.back) if off else (Money(row.added_minor, row.currency), row.refunded)
    return Exchanged(goods, goods - shares(row).rest, back)


def is_exchange(row: Reimbursement) -> bool:
    """Whether something is sent instead, or still to be: where nothing could be had, the money goes back."""
    return row.destination == Destination.EXCHANGE and not (row.is_complete and row.change_id is None)


def went_before(order: Order, row: Reimbursement) -> bool:
    """Whether nothing was sent for what was settled because its money was given back already, as goodwill."""
    if row.refunded_minor or row.destination == Destination.EXCHANGE:
        return False
    if row.goodwill_minor is None:
        return order.captured_minor > 0 and order.due_minor == 0
    return 0 < row.goodwill_minor == row.amount_minor


def went_to(order: Order, row: Reimbursement, off: Off | None = None) -> str:
    """Where the worth of what was settled went."""
    if went_before(order, row):
        return _("given back to you before")
    if off and not off.goods.minor:
        return str(Destination.ORIGINAL.label) if off.back.minor else _("less to be paid for your order")
    if is_exchange(row):
        return _("in goods, in exchange") if row.is_complete else _("counts towards what is sent instead")
    if row.refunded_minor or not row.amount_minor:
        return str(row.get_destination_display())
    return _("less to be paid for your order")


def amount(row: Reimbursement, off: Off | None = None) -> Money:
    """What stands before `went_to`: of an exchange that was made what the goods cost that are sent."""
    done = exchanged(row, off)
    if off and not off.goods.minor and off.back.minor:
        return off.back
    return done.goods if done and not (off and not off.goods.minor) else shares(row).rest


def came_to(row: Reimbursement, off: Off | None = None) -> str:
    """How the amount that was sent comes from what the items are worth; empty where it is just that. Of an exchange
    also what goes back in money, or is to be paid."""
    found, done = shares(row), exchanged(row, off)
    if found.is_whole and not done:
        return ""
    told = [_("worth of what came back: %(amount)s") % {"amount": formats.money(found.worth)}]
    if found.goodwill.minor:
        told.append(_("given back before: %(amount)s") % {"amount": formats.money(-found.goodwill)})
    if found.unpaid.minor:
        told.append(_("was still to be paid: %(amount)s") % {"amount": formats.money(-found.unpaid)})
    if done:
        told.append(_in_money(done))
    return ", ".join(told)


def _in_money(done: Exchanged) -> str:
    if done.back.minor:
        return _("back in money: %(amount)s") % {"amount": formats.money(done.back)}
    if done.more.minor < 0:  # it was not paid yet
        return _("less to be paid: %(amount)s") % {"amount": formats.money(-done.more)}
    if done.more.minor:
        return _("more to be paid: %(amount)s") % {"amount": formats.money(done.more)}
    return _("nothing in money")


def settled(row: Reimbursement) -> str:
    """What settling has done, in a sentence for staff."""
    done = exchanged(row)
    if not row.is_complete:
        return _("Settled. What is sent instead is being added to the order.")
    if done is None:
        return _("Settled: %(amount)s.") % {"amount": formats.money(shares(row).rest)}
    told = {"goods": formats.money(done.goods), "money": _in_money(done)}
    return _("Settled: %(goods)s in goods, %(money)s.") % told


def difference(amount: Money) -> str:
    """What an exchange comes to: above zero it is to be paid, below zero it goes back."""
    if amount.minor > 0:
        return _("%(amount)s more to be paid") % {"amount": formats.money(amount)}
    if amount.minor < 0:
        return _("%(amount)s goes back") % {"amount": formats.money(-amount)}
    return _("nothing to be paid, and nothing goes back")


def sent_instead(goods: str) -> str:
    """What is sent in exchange."""
    return _("You get %(goods)s instead.") % {"goods": goods}


def taken_off(goods: str, units: int) -> str:
    """What was to be sent in exchange, and is not any more."""
    text = ngettext("%(goods)s was taken off your order again.", "%(goods)s were taken off your order again.", units)
    return text % {"goods": goods}


def each(more: Money) -> str:
    """By how much a unit that is sent instead is dearer or, below zero, cheaper."""
    if more.minor > 0:
        return _("%(amount)s more") % {"amount": formats.money(more)}
    if more.minor < 0:
        return _("%(amount)s less") % {"amount": formats.money(-more)}
    return _("for the same price")


def nothing_to_send() -> str:
    """Of what came by e-mail."""
    return _("There is nothing to send back. We look at it and write to you, usually within a day.")


def postage(*, is_paid: bool) -> str:
    """Who pays for the way back: the shop if `is_paid`."""
    if is_paid:
        return _("Hand the parcel in; we pay the postage.")
    return _("Hand the parcel in. Please pay the postage yourself.")


def send_by(days: Iterable[date | None], today: date) -> str:
    """Until when to send what may come back until `days`; empty where that is open, or over since it was asked for."""
    last = min((day for day in days if day is not None), default=None)
    if last is None or last < today:
        return ""
    return _("Please send it by %(day)s.") % {"day": formats.day(last)}


def archived() -> str:
    """Why nothing of an archived order can be returned by itself."""
    return _(
        "This order is in our archive, so nothing of it can be returned here. Please write to us: we look after it."
    )


def not_wished() -> str:
    """A variant was chosen for an item, and something else than the exchange."""
    return _("You chose another variant for an item. Choose the exchange here as well, or no variant there.")


def again(options: str) -> str:
    """The variant that comes back, to be chosen instead."""
    if options:
        return _("%(options)s again, if it was faulty or wrong") % {"options": options}
    return _("the same again, if it was faulty or wrong")


def not_again(name: str) -> str:
    """The variant that comes back was chosen instead, and nothing is wrong with it."""
    text = _("%(name)s: we send the same again if it does not work, arrived damaged or is not what you ordered.")
    return text % {"name": name}


def nothing_instead() -> str:
    """The exchange was chosen, and no variant for any item."""
    return _("You chose the exchange, but no variant for any item. Choose what you want instead, or another way here.")


def too_many(name: str, left: int, *, shipped: int) -> str:
    """More units were asked for than can come back; `shipped` of the line were sent."""
    if not shipped:
        return _("%(name)s has not been sent yet, so none of it can be returned.") % {"name": name}
    if not left:
        return _("%(name)s: none can be returned now; all that was sent is in a return already.") % {"name": name}
    text = ngettext(
        "%(name)s: only %(left)d can be returned now.", "%(name)s: only %(left)d can be returned now.", left
    )
    return text % {"name": name, "left": left}


def none_left(*, shipped: int) -> str:
    """Why no unit of a line can be returned although the policy would allow it."""
    if not shipped:
        return _("This item has not been sent yet.")
    return _("Everything that was sent of this item is in a return already.")
