"""How a return is written: its units moved by the tables, its status and history kept. The order's lock is held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checkout.giftcards import bought
from checkout.orders.models import Order
from checkout.returns import rules
from checkout.returns.models import Return, ReturnStep, ReturnUnit
from shop.audit import services as audit
from shop.core import db


class ReturnRefused(Exception):
    """This cannot be done with the return. `str()` is a sentence for people, `code` for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def too_late(found: Return) -> ReturnRefused:
    """The refusal of what the return's status does not allow any more."""
    text = _("The return %(number)s is “%(status)s”: this is not possible any more.")
    return ReturnRefused(text % {"number": found.number, "status": found.get_status_display()}, "not_possible_now")


def units(found: Return, *, reception: Sequence[str] = ()) -> list[ReturnUnit]:
    """The return's units in order, those in these states of reception or all."""
    rows = ReturnUnit.objects.filter(parent=found).select_related("line").order_by("position")
    return list(rows.filter(reception__in=reception) if reception else rows)


def move(some: Iterable[ReturnUnit], table: Sequence[rules.Row], trigger: str, machine: str, **also: object) -> None:
    """Take units over a trigger of one of the two machines ("reception", "acceptance"); `also`: other fields to set.

    Raises `ReturnRefused` when the table does not lead there from where one of them is.
    """
    moved = list(some)
    for unit in moved:
        to = rules.target(table, trigger, getattr(unit, machine))
        if to is None:
            where = getattr(unit, f"get_{machine}_display")()
            raise ReturnRefused(_("A unit is “%(state)s”: this is not possible.") % {"state": where}, "unit_state")
        setattr(unit, machine, to)
        for name, value in also.items():
            setattr(unit, name, value)
    ReturnUnit.objects.bulk_update(moved, [machine, *also])


def step(
    found: Return, trigger: str, by: str, *, facts: Mapping[str, object] | None = None, note: str = ""
) -> ReturnStep:  # fmt: skip
    """One more step of the history, after what it tells was written; the status becomes what the units come to, and
    gift cards are blocked for as many of them as may still be settled."""
    known = units(found)
    found.status = rules.status(_state(unit) for unit in known)
    bought.block(order_id=found.order_id, return_id=found.pk, units=_open(known))
    found.version += 1
    Return.objects.filter(pk=found.pk).update(
        status=found.status, version=found.version, answer=found.answer, updated_at=Now()
    )
    made = ReturnStep.objects.create(
        parent=found, order_id=found.order_id, position=found.version, trigger=trigger, status=found.status,
        facts=dict(facts or {}), note=note[:500], actor=by,
    )  # fmt: skip
    audit.record(
        action=f"return.{trigger}", by=by, object_type="order", object_id=found.order_id,
        changes={"return": found.number, "status": found.status}, using=db.DEFAULT,
    )  # fmt: skip
    return made


def check_cards(found: Return, order: Order) -> None:
    """Raises `ReturnRefused` if one of the units that may be settled bought a gift card that was used: what is spent
    cannot be given back as well. Of an order that is over there is nothing to check: its cards are gone."""
    if order.is_over:
        return
    if not bought.block(order_id=found.order_id, return_id=found.pk, units=_open(units(found))):
        raise ReturnRefused(_("A gift card of this return was used: nothing can be given back for it."), "card_used")


def _open(known: Iterable[ReturnUnit]) -> dict[UUID, int]:
    """How many units of each order line may still be settled."""
    left = [unit for unit in known if unit.reception not in rules.GONE and unit.acceptance != "rejected"]
    return Counter(unit.order_line_id for unit in left if unit.reimbursement_id is None)


def _state(unit: ReturnUnit) -> rules.Unit:
    return rules.Unit(unit.reception, unit.acceptance, unit.reimbursement_id is not None)
