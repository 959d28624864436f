"""What shoppers want instead of what comes back, as it is sold today. Nothing is done here: settling exchanges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from cart.pricing import selectors as pricing
from catalog.products import selectors as products
from checkout.orders import emails
from checkout.orders.models import Order
from checkout.payments import selectors as money
from checkout.returns import exchanging, reimbursing, rules, wording
from checkout.returns.models import Reimbursement, Return, ReturnLine, ReturnUnit
from inventory.stock import selectors as stock
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


def outlook(found: Return, order: Order, lines: Sequence[ReturnLine]) -> Outlook:
    """Of a return with its lines and their units. No query where no other variant is wanted."""
    wanted = {line.pk: line.exchange_for for line in lines if line.exchange_for is not None}
    if not wanted:
        return Outlook()
    offers = products.offers(wanted.values(), currency=order.currency)
    is_open = found.status not in OVER and order.status not in (Order.Status.CANCELLED, Order.Status.REFUNDED)
    units = [unit for line in lines for unit in line.units.all() if is_open and _is_to_come(unit)]
    counts = exchanging.wanted(units)
    there = stock.available(list(counts)) if counts else {}
    told = {}
    for line in lines:
        if (variant := wanted.get(line.pk)) is not None:
            some = any(unit.line_id == line.pk for unit in units)
            left = there.get(variant, 0) - counts[variant] if some else None
            told[line.pk] = _instead(line, offers.get(variant), left)
    can_be_had = bool(units) and not any(one.problem for one in told.values())
    return Outlook(told, _difference(order, units) if can_be_had else None)


def sent(found: Return, order: Order, lines: Sequence[ReturnLine], rows: Sequence[Reimbursement]) -> tuple[str, bool]:
    """What is sent instead by those exchanges of the return's `rows` that were made, what of the order is still to be
    paid, or what goes back, in sentences, empty where none was made; and whether something is to be paid."""
    done = {row.pk: swap for row in rows if (swap := wording.exchanged(row))}
    wanted = outlook(found, order, lines).lines if done else {}
    goods = []
    for line in lines:
        units = sum(unit.reimbursement_id in done for unit in line.units.all())
        if units and (one := wanted.get(line.pk)):
            goods.append(f"{units} × {one.name} {one.options}".strip())
    if not goods:
        return "", False
    told = [_("You get %(goods)s instead.") % {"goods": ", ".join(goods)}]
    back = order.money(sum(swap.back.minor for swap in done.values()))
    to_pay = money.balance_due(order)
    if to_pay is not None:
        told.append(_("%(amount)s is still to be paid.") % {"amount": emails.text(to_pay)})
    elif back.minor:
        told.append(_("%(amount)s goes back to you.") % {"amount": emails.text(back)})
    return " ".join(told), to_pay is not None


def _is_to_come(unit: ReturnUnit) -> bool:
    """Whether something may still be sent instead of this unit."""
    return (
        unit.reimbursement_id is None
        and unit.acceptance != ReturnUnit.Acceptance.REJECTED
        and unit.reception not in rules.GONE
    )


def _instead(line: ReturnLine, offer: products.Offer | None, left: int | None) -> Instead:
    """`left`: units in stock beyond those that are wanted; None where none of the line's is to come any more."""
    if offer is None:
        return Instead(line.order_line.name, "", line.quantity, problem=_("not sold any more"))
    options = " · ".join(str(value) for value in offer.options.values())
    if left is None:
        return Instead(offer.name, options, line.quantity)
    problem = "" if left >= 0 else _("not in stock at present")
    if not offer.is_sellable:
        problem = _("not sold any more")
    return Instead(offer.name, options, line.quantity, offer.unit_price, problem)


def _difference(order: Order, units: Sequence[ReturnUnit]) -> Money:
    """What the new units cost, priced as the change of the order will be, less what settling gives back for the old."""
    worths = reimbursing.worths(units)
    lines, _unsellable = pricing.exchanged(
        swaps=reimbursing.swaps(units, worths), currency=order.currency, address=order.shipping_address
    )
    cost = total((line.cost for line in lines), order.currency)
    return cost - order.money(sum(one.given.value for one in worths))
