"""What shoppers want instead of what comes back, as it is sold today. Nothing is done here: settling exchanges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from django.utils.translation import gettext as _

from cart.pricing import swaps
from catalog.products import selectors as products
from checkout.changes import selectors as changes
from checkout.changes import taxing
from checkout.orders import carrying as order_carrying
from checkout.orders import lines as order_lines
from checkout.orders import selectors as orders
from checkout.orders.lines import whole
from checkout.orders.models import Order, OrderLine
from checkout.payments import selectors as money
from checkout.returns import exchanging, reimbursing, rules, selectors, wishes, wording
from checkout.returns.models import Destination, Reimbursement, Return, ReturnLine, ReturnStep, ReturnUnit
from inventory.stock import selectors as stock
from shop.core import formats
from shop.core.money import Money, total

OVER = (Return.Status.SETTLED, Return.Status.REFUSED, Return.Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Instead:
    """The variant that is wanted for a line of a return. `price`: a unit's today, None where nothing of the line is to
    come any more, or it is not sold; `problem` says in words why it cannot be had at present."""

    name: str
    options: str
    units: int
    price: Money | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is wanted instead by line of the return, and what the exchange would come to today, with tax: `difference`
    above zero is to be paid, below zero goes back; None where nothing is to come, or one of them cannot be had."""

    lines: Mapping[UUID, Instead] = field(default_factory=dict)
    difference: Money | None = None


def outlook(
    found: Return,
    order: Order,
    lines: Sequence[ReturnLine],
    rows: Sequence[Reimbursement] = (),
    known: Mapping[UUID, Made] = MappingProxyType({}),
) -> Outlook:
    """Of a return with its lines and their units: what is to come of what is wanted, and what is sent. `rows`: how its
    units were settled; `known`: the exchanges among them that were made (`made`). No query where no other variant is
    wanted."""
    wanted = {line.pk: line.exchange_for for line in lines if line.exchange_for is not None}
    if not wanted:
        return Outlook()
    offers = products.offers(wanted.values(), currency=order.currency, price_list=selectors.price_list(order))
    is_open = found.status not in OVER and order.status not in (Order.Status.CANCELLED, Order.Status.REFUNDED)
    units = [unit for line in lines for unit in line.units.all() if is_open and _is_to_come(unit)]
    counts = exchanging.wanted(units)
    there = stock.available(list(counts)) if counts else {}
    swapped = {row.pk for row in rows if wording.is_exchange(row)}
    missing = sum((Counter(one.missing) for one in known.values()), Counter())
    told = {}
    for line in lines:
        if (variant := wanted.get(line.pk)) is not None:
            to_come = sum(unit.line_id == line.pk for unit in units)
            count = to_come + _sent(line, variant, swapped, missing)
            left = there.get(variant, 0) - counts[variant] if to_come else None
            if count:
                told[line.pk] = _instead(line, offers.get(variant), left, count)
    can_be_had = bool(units) and not any(one.problem for one in told.values())
    return Outlook(told, _difference(order, units) if can_be_had else None)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an exchange that was made: units of it by name that are part of the order, those that were taken
    off it again (by variant as well), and `off` where there are such."""

    here: Mapping[str, int]
    gone: Mapping[str, int]
    missing: Mapping[UUID, int]
    off: wording.Off | None


def made(order: Order, rows: Sequence[Reimbursement]) -> dict[UUID, Made]:
    """By reimbursement: those of `rows` that were exchanges and are made, as the order's lines are now. No query where
    there are none, else three at most."""
    done = [row for row in rows if row.change_id]
    if not done:
        return {}
    added = changes.added(order.pk)
    lines = {str(line.pk): line for line in orders.lines_of(order.pk)}
    found = {
        row.pk: [lines[key] for key in added.get(row.change_id, ()) if key in lines] for row in done if row.change_id
    }
    lost = [row.pk for row in done if any(line.removed for line in found[row.pk])]
    back = money.caused(order.pk) if lost else {}
    return {
        row.pk: _made(order, found[row.pk], order.money(back.get(row.pk, 0)) if row.pk in lost else None)
        for row in done
    }


def _made(order: Order, lines: Sequence[OrderLine], back: Money | None) -> Made:
    here: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    missing: Counter[UUID] = Counter()
    for line in lines:
        name = " ".join(filter(None, (line.name, order_lines.about(line))))
        here[name] += line.quantity
        gone[name] += line.removed
        missing[line.variant_id] += line.removed
    goods = order.money(sum(whole(line).value for line in lines))
    return Made(+here, +gone, +missing, None if back is None else wording.Off(goods, back))


def sent(order: Order, rows: Sequence[Reimbursement], known: Mapping[UUID, Made]) -> tuple[str, bool]:
    """What is sent instead by those exchanges among `rows` that were made (`known`), what was taken off again, what of
    the order is still to be paid, or what goes back, in sentences, empty where none was made or all of the order was
    given back; and whether something is to be paid."""
    done = [(row, known[row.pk]) for row in rows if row.pk in known]
    if not done or order.is_over:
        return "", False
    here = sum((Counter(one.here) for _row, one in done), Counter())
    gone = sum((Counter(one.gone) for _row, one in done), Counter())
    told = [wording.sent_instead(_named(here))] if here else []
    told += [wording.taken_off(_named(gone), gone.total())] if gone else []
    back = order.money(sum((one.off.back if one.off else row.refunded).minor for row, one in done))
    to_pay = money.balance_due(order)
    if to_pay is not None:
        told.append(_("%(amount)s is still to be paid.") % {"amount": formats.money(to_pay)})
    elif back.minor:
        told.append(_("%(amount)s goes back to you.") % {"amount": formats.money(back)})
    return " ".join(told), to_pay is not None


def why_not(found: Return, order: Order, row: Reimbursement, steps: Iterable[ReturnStep]) -> str:
    """Why what was settled is no exchange although one was wanted, in a sentence; empty where that is not so. `steps`:
    the history of the return."""
    if wording.is_exchange(row) or found.wish != Destination.EXCHANGE or wording.went_before(order, row):
        return ""
    if row.destination != Destination.EXCHANGE:
        return wishes.settled_otherwise()
    codes = [step.facts.get("code") for step in steps if step.facts.get("reimbursement") == row.position]
    return wishes.not_exchanged(str(next(filter(None, codes), "")))


def _named(goods: Mapping[str, int]) -> str:
    return ", ".join(f"{units} × {name}" for name, units in goods.items())


def _is_to_come(unit: ReturnUnit) -> bool:
    """Whether something may still be sent instead of this unit."""
    return (
        unit.reimbursement_id is None
        and unit.acceptance != ReturnUnit.Acceptance.REJECTED
        and unit.reception not in rules.GONE
    )


def _sent(line: ReturnLine, variant: UUID, swapped: Collection[UUID], missing: Counter[UUID]) -> int:
    """How many units are sent for those of the line that are exchanged (`swapped`): less what was taken off again
    (`missing`)."""
    units = sum(unit.reimbursement_id in swapped for unit in line.units.all())
    off = min(units, missing[variant])
    missing[variant] -= off
    return units - off


def _instead(line: ReturnLine, offer: products.Offer | None, left: int | None, count: int) -> Instead:
    """`left`: units in stock beyond those that are wanted; None where none of the line's is to come any more."""
    if offer is None:
        return Instead(line.order_line.name, "", count, problem=_("not sold any more"))
    options = " · ".join(str(value) for value in offer.options.values())
    if left is None:
        return Instead(offer.name, options, count)
    problem = "" if left >= 0 else _("not in stock at present")
    if not offer.is_sellable:
        problem = _("not sold any more")
    return Instead(offer.name, options, count, offer.unit_price, problem)


def _difference(order: Order, units: Sequence[ReturnUnit]) -> Money:
    """What the new units cost, priced as the change of the order will be, less what settling gives back for the old."""
    worths = reimbursing.worths(units)
    lines, _unsellable = swaps.exchanged(
        swaps=reimbursing.swaps(units, worths), currency=order.currency, address=order_carrying.taxed_at(order),
        buyer=taxing.as_ordered(order),
    )  # fmt: skip
    cost = total((line.cost for line in lines), order.currency)
    return cost - order.money(sum(one.given.value for one in worths))
