"""The commands of the packing desk: a label, a parcel that leaves, one that has arrived; one or many.

Labels are asked of carriers before anything is written, and never within a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from checkout.fulfilment import contents, labelling, leaving
from checkout.fulfilment.models import Shipment
from checkout.orders import services as orders
from checkout.warehouse import rules, selectors, wording
from shop.core import formats


class NotFound(Exception):
    """No parcel has this number, or none was scanned. `str()` is a sentence for people."""


class HasArrived(Exception):
    """This parcel had arrived before. `str()` is a sentence for people that says when."""


class HeldUp(Exception):
    """This parcel is packed, and may not leave as its order is. `str()` is a sentence for people that says why."""


REFUSALS = (HeldUp, contents.ShipmentRefused, leaving.TrackingRefused, orders.TransitionRefused, labelling.LabelRefused)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of many parcels: numbers of those done, and (number, sentence) of the others."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def found(code: str, *, status: str = "") -> Shipment:
    """The parcel that was scanned, by its number or what its label says (of several one in `status`). Or `NotFound`."""
    if not code.strip():
        raise NotFound(_("Scan a parcel, or type its number."))
    shipment = selectors.parcel(code, status=status)
    if shipment is None:
        raise NotFound(_("No parcel has the number “%(code)s”.") % {"code": rules.shown(code)})
    return shipment


def send(
    *,
    shipment_id: UUID,
    by: str,
    carrier: str = "",
    other: str = "",
    tracking_number: str = "",
    seen: int | None = None,
    made_for: int | None = None,
) -> Shipment:
    """Hand a picked parcel to a carrier: with the number that was typed for an `other` one, or else with the label of
    `carrier` (a code; empty: the usual one), which is made if it is not there. `seen`: the address
    (`labelling.address`) that the page shows, `made_for`: the one that the label of a typed number is for, as somebody
    says. Raises `REFUSALS`, also for one that goes elsewhere since its label was printed, or the page was made; of what
    may not leave no carrier is asked for a label."""
    _check_may_leave(shipment_id)
    if tracking_number.strip() or other.strip():
        return leaving.dispatch_one(
            shipment_id=shipment_id, carrier=other, tracking_number=tracking_number, seen=seen, made_for=made_for, by=by
        )
    labelling.check(shipment_id=shipment_id)
    label = labelling.make(shipment_id=shipment_id, carrier=carrier, by=by)
    return leaving.dispatch_one(
        shipment_id=shipment_id, carrier=label.carrier, tracking_number=label.tracking_number,
        tracking_url=label.tracking_url, seen=seen, by=by,
    )  # fmt: skip


def _check_may_leave(shipment_id: UUID) -> None:
    """In words of the packing desk, and without a lock: `leaving` asks once more. Raises `HeldUp`."""
    for shipment in selectors.parcels([shipment_id]):
        if selectors.is_held_up(shipment):
            text = _("Parcel %(number)s may not leave: %(why)s")
            raise HeldUp(text % {"number": shipment.number, "why": wording.held_up(shipment.order)})


def send_many(*, shipment_ids: Sequence[UUID], by: str, carrier: str = "") -> Outcome:
    """Hand many over, each by itself: one that is refused does not keep the others here."""
    done, refused = [], []
    for shipment in selectors.parcels(shipment_ids):
        try:
            send(shipment_id=shipment.pk, carrier=carrier, by=by)
            done.append(shipment.number)
        except REFUSALS as problem:
            refused.append((shipment.number, str(problem)))
    return Outcome(tuple(done), tuple(refused))


def arrive(*, code: str, by: str) -> Shipment:
    """The scanned parcel has arrived, by our own delivery; of several by one number, one that is under way.

    Raises `NotFound`, `HasArrived`, `REFUSALS`.
    """
    shipment = found(code, status=Shipment.Status.SHIPPED)
    if shipment.status == Shipment.Status.DELIVERED:
        at = formats.moment(shipment.delivered_at)
        text = _("Parcel %(number)s had arrived already (%(at)s).")
        raise HasArrived(text % {"number": shipment.number, "at": at})
    return leaving.deliver_one(shipment_id=shipment.pk, by=by)
