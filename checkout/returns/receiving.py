"""What happens to the units of a return: they arrive, are looked at, and go back on the shelf or not.

Several parcels may bring a return, in parts. The order's lock is held while units move; stock follows by an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.returns import keeping, locking, rules, selectors
from checkout.returns.keeping import ReturnRefused
from checkout.returns.models import Return, ReturnLine, ReturnUnit
from inventory.stock import locations
from inventory.stock import services as stock
from shop.core import db
from shop.events import bus, types

EXPECTED = ("awaiting", "in_transit")
RECEIVABLE = (*EXPECTED, "lost")  # what was given up may turn up after all, as long as it is not settled
# What an inspection may find, and which units it may say it of; "" of `fate` as long as nobody has looked.
OUTCOMES: dict[str, tuple[str, ...]] = {
    "restock": ("received",),
    "damaged": ("received",),
    "lost": EXPECTED,
    "short": EXPECTED,
    "wrong_item": (*EXPECTED, "received"),
}
_TRIGGERS = {"lost": "lose", "short": "miss", "wrong_item": "mistake"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of `units` units of a line of the return (`OUTCOMES`), and whether their worth is given back."""

    line_id: UUID
    outcome: str
    units: int
    is_accepted: bool


def receive(
    *,
    return_id: UUID,
    units: Mapping[UUID, int],
    by: str,
    location: str | None = None,
    note: str = "",
    seen: int | None = None,
) -> Return:
    """So many units (by line of the return) have arrived at `location` (a code; None: the default one).

    `seen` is the number of steps that the return had when somebody counted, so that the same count sent twice is one
    ("changed_meanwhile"). Raises `ReturnRefused` for more units than are still expected ("too_many_units"), or an
    unknown location.
    """
    if not any(units.values()):
        raise ReturnRefused(_("Say how many units have come."), "nothing_chosen")
    place = _place(location)
    with transaction.atomic(using=db.DEFAULT):
        order, found = locking.order_and_return(return_id)
        _check_seen(found, seen)
        some = _pick(found, units, RECEIVABLE)
        keeping.move(some, rules.RECEPTION, "receive", "reception", location_id=place)
        keeping.step(found, "receive", by, facts={"units": len(some)}, note=note)
        bus.publish(types.ReturnReceived(order_id=order.pk, return_id=found.pk), using=db.DEFAULT)
        return found


def _check_seen(found: Return, seen: int | None) -> None:
    if seen is not None and seen != found.steps.count():
        text = _("Something else was noted for %(number)s meanwhile. Please open this page again and look.")
        raise ReturnRefused(text % {"number": found.number}, "changed_meanwhile")


def is_receivable(unit: ReturnUnit) -> bool:
    """Whether the unit may still arrive."""
    return unit.reception in RECEIVABLE and unit.reimbursement_id is None


def receive_code(*, return_id: UUID, code: str, by: str, location: str | None = None) -> ReturnLine:
    """One unit was scanned: the line with this SKU of which a unit is still expected. Raises `ReturnRefused`."""
    sku = code.strip().casefold()
    lines = [line for line in selectors.lines_of(return_id) if line.order_line.sku.casefold() == sku]
    if not lines:
        raise ReturnRefused(_("“%(code)s” is not in this return.") % {"code": code.strip()[:80]}, "unknown_code")
    waiting = [line for line in lines if any(is_receivable(unit) for unit in line.units.all())]
    line = (waiting or lines)[0]
    receive(return_id=return_id, units={line.pk: 1}, location=location, by=by)
    return line


def inspect(
    *, return_id: UUID, verdicts: Sequence[Verdict], by: str, note: str = "", seen: int | None = None
) -> Return:
    """Somebody has looked at units. Those that are good go back on the shelf where they are (`ReturnInspected`).

    `seen` as for `receive`. Raises `ReturnRefused` for more units than are there to be looked at, and for outcomes
    that there are not.
    """
    wanted = [one for one in verdicts if one.units]
    if not wanted:
        raise ReturnRefused(_("Say what you have found."), "nothing_chosen")
    with transaction.atomic(using=db.DEFAULT):
        order, found = locking.order_and_return(return_id)
        _check_seen(found, seen)
        _check_there(found, wanted)
        for one in wanted:
            _judge(found, one)
        facts = {"units": sum(one.units for one in wanted)} | _counted(wanted)
        keeping.step(found, "inspect", by, facts=facts, note=note)
        bus.publish(types.ReturnInspected(order_id=order.pk, return_id=found.pk), using=db.DEFAULT)
        _tell_if_rejected(found)
        return found


def _tell_if_rejected(found: Return) -> None:
    """Of a return that ends without a settlement nobody else tells."""
    if found.status in (Return.Status.REFUSED, Return.Status.CANCELLED):
        bus.publish(types.ReturnRejected(order_id=found.order_id, return_id=found.pk), using=db.DEFAULT)


def _check_there(found: Return, verdicts: Sequence[Verdict]) -> None:
    """Refuse verdicts on more units of a line than came back and nobody has looked at, all of them counted."""
    if any(one.outcome not in OUTCOMES for one in verdicts):
        raise ReturnRefused(_("Choose what you have found."), "bad_outcome")
    known = _unseen(found, ("received",))
    for line_id in dict.fromkeys(one.line_id for one in verdicts):
        mine = [one for one in verdicts if one.line_id == line_id]
        named = sum(one.units for one in mine if OUTCOMES[one.outcome] == ("received",))
        came = sum(unit.line_id == line_id for unit in known)
        if named > came:
            text = ngettext(
                "Only %(came)d unit of this line came back and waits to be looked at, you named %(named)d.",
                "Only %(came)d units of this line came back and wait to be looked at, you named %(named)d.",
                came,
            )
            raise ReturnRefused(text % {"came": came, "named": named}, "too_many_units")


def _judge(found: Return, one: Verdict) -> None:
    some = _pick(found, {one.line_id: one.units}, OUTCOMES[one.outcome])
    if one.outcome in _TRIGGERS:
        keeping.move(some, rules.RECEPTION, _TRIGGERS[one.outcome], "reception")
    else:
        for unit in some:
            unit.fate = one.outcome
        ReturnUnit.objects.bulk_update(some, ["fate"])
    if one.outcome != "short":  # what was not in the parcel is still the shopper's, and may come another time
        _accept(some, is_accepted=one.is_accepted)


def _accept(some: Sequence[ReturnUnit], *, is_accepted: bool) -> None:
    to, trigger = ("accepted", "accept") if is_accepted else ("rejected", "reject")
    keeping.move([unit for unit in some if unit.acceptance != to], rules.ACCEPTANCE, trigger, "acceptance")


def decide(*, return_id: UUID, units: Mapping[UUID, int], is_accepted: bool, by: str, note: str = "") -> Return:
    """Change one's mind about units (by line) that were looked at and not settled. Raises `ReturnRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        order, found = locking.order_and_return(return_id)
        to = "accepted" if is_accepted else "rejected"
        known = [
            unit
            for unit in keeping.units(found, reception=("received", "lost", "wrong_item"))
            if unit.reimbursement_id is None and unit.acceptance != to and _is_looked_at(unit)
        ]
        some = _first(known, units)
        if not some:
            raise ReturnRefused(_("Nothing changes."), "nothing_chosen")
        _accept(some, is_accepted=is_accepted)
        if is_accepted:
            keeping.check_cards(found, order)
        keeping.step(found, "decide", by, facts={"units": len(some), to: len(some)}, note=note)
        _tell_if_rejected(found)
        return found


def _is_looked_at(unit: ReturnUnit) -> bool:
    return bool(unit.fate) or unit.reception != "received"


def _pick(found: Return, units: Mapping[UUID, int], reception: Sequence[str]) -> list[ReturnUnit]:
    """The first units of each line in one of these states that nobody has looked at or settled."""
    known = _unseen(found, reception)
    known.sort(key=lambda unit: (unit.reception != "received", unit.reception == "lost", unit.position))
    return _first(known, units)


def _unseen(found: Return, reception: Sequence[str]) -> list[ReturnUnit]:
    return [unit for unit in keeping.units(found, reception=reception) if not unit.fate and not unit.reimbursement_id]


def _first(known: Sequence[ReturnUnit], units: Mapping[UUID, int]) -> list[ReturnUnit]:
    picked: list[ReturnUnit] = []
    for line_id, wanted in units.items():
        mine = [unit for unit in known if unit.line_id == line_id]
        if not 0 <= wanted <= len(mine):
            text = ngettext(
                "Only %(left)d unit of this line is there for that, you named %(named)d.",
                "Only %(left)d units of this line are there for that, you named %(named)d.",
                len(mine),
            )
            raise ReturnRefused(text % {"left": len(mine), "named": wanted}, "too_many_units")
        picked += mine[:wanted]
    return picked


def _counted(verdicts: Sequence[Verdict]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in verdicts:
        counts[one.outcome] = counts.get(one.outcome, 0) + one.units
    return counts


def _place(code: str | None) -> UUID:
    try:
        place: UUID = locations.by_code(code).pk
    except locations.UnknownLocation as error:
        raise ReturnRefused(_("There is no location “%(code)s”.") % {"code": code}, "unknown_location") from error
    return place


def restock(*, return_id: UUID, by: str) -> int:
    """Units that were found good come into stock where they were received; returns how many did now.

    Each under a document of its own, so that it may be run again. Stock first: then nothing says that a unit is on
    the shelf which is not.
    """
    waiting = selectors.waiting_for_shelf(return_id)
    if not waiting:
        return 0
    for unit in waiting:
        if unit.location_id is None:  # a constraint of the table keeps this from happening
            raise ValueError(f"unit {unit.pk} is nowhere")
        stock.receive_once(
            variant_id=unit.order_line.variant_id, sku=unit.order_line.sku, quantity=1, location_id=unit.location_id,
            reason="return", by=by, document=unit.document,
        )  # fmt: skip
    with transaction.atomic(using=db.DEFAULT):
        _order, found = locking.order_and_return(return_id)
        keys = [unit.pk for unit in waiting]
        done = ReturnUnit.objects.filter(pk__in=keys, restocked_at=None).update(restocked_at=Now())
        if done:
            keeping.step(found, "restock", by, facts={"units": done})
        return done
