"""What shoppers and staff read of returns."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checkout.orders.models import Order
from checkout.returns.models import Condition, Destination, Reason, Reimbursement

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
        return _("Returns of this item were possible until %(day)s.") % {"day": date_format(until, "DATE_FORMAT")}
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
    day = date_format(until, "DATE_FORMAT")
    if is_automatic:
        return _("Can be returned until %(day)s.") % {"day": day}
    return _("Can be returned until %(day)s; we look at your request first.") % {"day": day}


def went_before(order: Order, row: Reimbursement) -> bool:
    """Whether nothing was sent for what was settled because its money was given back already, as goodwill."""
    is_sent = row.refunded_minor or row.destination == Destination.EXCHANGE
    return not is_sent and order.captured_minor > 0 and order.due_minor == 0


def went_to(order: Order, row: Reimbursement) -> str:
    """Where the worth of what was settled went."""
    return _("given back to you before") if went_before(order, row) else str(row.get_destination_display())


def archived() -> str:
    """Why nothing of an archived order can be returned by itself."""
    return _(
        "This order is in our archive, so nothing of it can be returned here. Please write to us: we look after it."
    )


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
