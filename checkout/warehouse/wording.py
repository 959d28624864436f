"""What a person with a scanner reads, and hears read out."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.fulfilment.contents import GOING_ON, ShipmentRefused
from checkout.fulfilment.leaving import TrackingRefused
from checkout.orders.models import Order
from checkout.orders.services import TransitionRefused
from checkout.payments import selectors as payments
from checkout.warehouse.picking import Scanned, ScanRefused
from checkout.warehouse.printing import PrintRefused
from checkout.warehouse.services import WaveRefused
from shop.core import formats

# Each of them says in `str()` what is the matter.
REFUSALS = (ScanRefused, WaveRefused, PrintRefused, ShipmentRefused, TrackingRefused, TransitionRefused)


def counted(scanned: Scanned) -> str:
    """ "1 × SKU → box 3 (ORD-2026000001-1). Box 3 has everything." """
    if scanned.finished:
        return _("Parcel %(number)s is finished.") % {"number": scanned.finished}
    parts = [
        _("%(units)d × %(sku)s → box %(box)d (%(number)s).")
        % {"units": units, "sku": scanned.sku, "box": box, "number": number}
        for box, number, units in scanned.boxes
    ]
    parts += [_("Box %(box)d has everything.") % {"box": box} for box in scanned.complete]
    return " ".join(parts)


def undone(scanned: Scanned) -> str:
    """What was taken back."""
    box, number, units = scanned.boxes[0]
    words = {"units": units, "sku": scanned.sku, "box": box, "number": number}
    return _("Taken back: %(units)d × %(sku)s out of box %(box)d (%(number)s).") % words


def finished(numbers: list[str]) -> str:
    """Which parcels are ready for the packing desk."""
    if not numbers:
        return _("No parcel has everything yet.")
    text = ngettext(
        "%(count)d parcel is finished: %(numbers)s.", "%(count)d parcels are finished: %(numbers)s.", len(numbers)
    )
    return text % {"count": len(numbers), "numbers": ", ".join(numbers)}


def missing(sku: str, units: int, then: str, *, outdated: str = "") -> str:
    """What follows from units that are not on the shelf. `outdated`: the parcel whose slip says something else now."""
    words = {"sku": sku, "units": units}
    follows = {
        "refund": ngettext(
            "%(units)d × %(sku)s leaves the order; the money goes back.",
            "%(units)d × %(sku)s leave the order; the money goes back.",
            units,
        ),
        "wait": ngettext(
            "%(units)d × %(sku)s waits in a parcel of its own until there is stock.",
            "%(units)d × %(sku)s wait in a parcel of their own until there is stock.",
            units,
        ),
        "elsewhere": ngettext(
            "%(units)d × %(sku)s comes from another location, in a parcel of its own.",
            "%(units)d × %(sku)s come from another location, in a parcel of their own.",
            units,
        ),
    }[then] % words
    return f"{follows} {outdated_slip(outdated)}" if outdated else follows


def outdated_slip(number: str) -> str:
    """The paper that lies in a box is not of this parcel as it is now."""
    return _("Parcel %(number)s: printed before a change, print the slip again.") % {"number": number}


def held_up(order: Order) -> str:
    """Why no parcel of an order may leave that is not ready for it (its payments fetched along)."""
    if order.status not in GOING_ON:
        return _("Its order is “%(status)s”.") % {"status": order.get_status_display()}
    lacks = payments.due(order, list(order.payments.all()))
    if lacks.minor > 0:
        return _("%(amount)s is still to be paid.") % {"amount": formats.money(lacks)}
    if order.captured_minor and order.captured_minor == order.refunded_minor:
        return _("All that was paid for it was given back.")
    return _("Its payment is held, and not taken yet.")
