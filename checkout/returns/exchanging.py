"""Exchanges: other variants of the same products are added to the order whose units came back.

A saga of two steps. First what came back is settled (`reimbursing`), then the order is changed: `changes.edit` holds
stock, which no transaction here can do. Whoever stops in between is followed by the worker that hears `ReturnSettled`.
A change is made once: the reimbursement is its cause, and it is made at the revision at which none was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from cart.pricing.swaps import Swap
from catalog.products import selectors as products
from checkout.changes import services as changes
from checkout.fulfilment import contents
from checkout.invoices import services as invoices
from checkout.orders import carrying
from checkout.orders import locking as order_locking
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderChange, OrderLine
from checkout.orders.rules import Amounts
from checkout.payments import selectors as money
from checkout.payments import services as payments
from checkout.returns import keeping, locking
from checkout.returns.models import Destination, Reimbursement, ReturnUnit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

log = structlog.get_logger("checkout.returns")
_TRIES = 3  # somebody may change the order just now; after that the worker comes back to it later


@dataclass(frozen=True, slots=True)
class Added:
    """Units of a variant that the shopper gets instead, and what they cost before tax."""

    sku: str
    name: str
    units: int
    price: Money
    options: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """What an exchange adds and that costs in all; what the order costs and owes then (a balance above zero is not paid
    yet), and of that `to_pay`, what the shopper will be asked for: the rest is held or promised."""

    added: tuple[Added, ...]
    cost: Money
    due: Money
    balance: Money
    to_pay: Money


def wanted(units: Sequence[ReturnUnit]) -> dict[UUID, int]:
    """How many units of which variants the shopper wants for these (their lines fetched along)."""
    counts: dict[UUID, int] = {}
    for unit in units:
        if unit.line.exchange_for is not None:
            counts[unit.line.exchange_for] = counts.get(unit.line.exchange_for, 0) + 1
    return counts


def swaps(units: Sequence[ReturnUnit], worths: Iterable[tuple[OrderLine, int, Amounts]]) -> list[Swap]:
    """What is wanted instead of `units` (of one return, their lines fetched along), a row for each order line: the
    shopper has paid for so many of its units what their goods give back (`worths`)."""
    variants = {unit.order_line_id: unit.line.exchange_for for unit in units}
    found = []
    for line, count, goods in worths:
        if (variant := variants.get(line.pk)) is not None:
            found.append(_swap(line, variant, count, goods))
    return found


def _swap(line: OrderLine, variant: UUID, count: int, goods: Amounts) -> Swap:
    def money(minor: int) -> Money:
        return Money(minor, line.order.currency)

    is_known = bool(line.taxes) or (not goods.tax and goods.total > goods.discount)  # by older lines it is not
    return Swap(
        variant, line.variant_id, count, money(line.unit_price_minor), money(goods.discount),
        money(goods.tax - goods.included), carrying.rates(line) if is_known else None,
    )  # fmt: skip


def plan(order: Order, wished: Sequence[Swap]) -> Planned:
    """What the exchange would do to the order as it is in this transaction. Raises `keeping.ReturnRefused`."""
    try:
        seen = changes.preview(order_id=order.pk, swaps=wished, kind="exchange")
    except changes.EditRefused as refused:
        raise keeping.ReturnRefused(str(refused), refused.code) from refused
    offers = products.offers([swap.variant_id for swap in wished], currency=order.currency).values()
    options = {offer.sku: " · ".join(str(value) for value in offer.options.values()) for offer in offers}
    added = tuple(
        Added(line.sku, line.name, line.change, line.total - line.discount, options.get(line.sku, ""))
        for line in seen.lines
        if line.line_id is None
    )
    return Planned(added, seen.difference, seen.due, seen.balance, seen.to_pay)


def complete(*, reimbursement_id: UUID, by: str) -> None:
    """Add what was wanted instead, then see to the difference: what is owed goes back, what is due the order's page
    asks for. May be repeated. Is it sold out by now, or can the order not be changed, the money goes back.

    Raises `changes.EditRefused` ("changed_meanwhile"): to be called again.
    """
    row = Reimbursement.objects.get(pk=reimbursement_id)
    if row.destination != Destination.EXCHANGE or row.is_complete:
        return
    change, refused = _change(row, by)
    with transaction.atomic(using=db.DEFAULT):
        order, found = locking.order_and_return(row.parent_id)
        row.refresh_from_db()
        if row.is_complete:
            return
        note_back(order, by, but=row.pk)
        payments.settle(order_id=order.pk, by=by, reason=found.number, cause=row.pk)
        Reimbursement.objects.filter(pk=row.pk).update(
            is_complete=True, change_id=change.pk if change else None,
            added_minor=change.difference_minor if change else 0,
            refunded_minor=money.caused(order.pk).get(row.pk, 0),  # by the change, and since
        )  # fmt: skip
        facts: dict[str, object] = {"added": sum(change.added.values()) if change else 0}
        if refused:
            facts |= {"reimbursement": row.position, "code": refused.code}
        keeping.step(found, "exchange", by, facts=facts, note=str(refused or ""))
        invoices.settle(order.pk, by=by)
        event = types.ExchangeDone(order_id=order.pk, return_id=found.pk, reimbursement_id=row.pk)
        bus.publish(event, using=db.DEFAULT)


def issue_papers(*, reimbursement_id: UUID, by: str) -> None:
    """Issue what papers an order lacks after a settlement; of an exchange that is to be made `complete` issues them, so
    that what came back and what is sent instead are set off against each other. May be repeated."""
    row = Reimbursement.objects.get(pk=reimbursement_id)
    if row.is_complete:
        invoices.settle(row.order_id, by=by)


def _change(row: Reimbursement, by: str) -> tuple[OrderChange | None, changes.EditRefused | None]:
    """The change of this exchange, made now if it was not before; without one, why it cannot be.

    Two may be at it at once, whoever settles and the worker: to both it is the same change, by its id, and what one of
    them has held or written is there for the other.
    """
    units = list(ReturnUnit.objects.filter(reimbursement=row).select_related("line"))
    lines = row.lines.select_related("order_line__order").order_by("order_line__position")
    wished = swaps(units, [(line.order_line, line.units, line.goods) for line in lines])
    for turn in range(_TRIES):
        order = order_selectors.by_id(row.order_id)  # its revision is read before it is looked for a change
        made = OrderChange.objects.filter(order_id=row.order_id, cause_id=row.pk).first()
        if made is not None:
            return made, None
        try:
            return changes.edit(
                order_id=order.pk, seen_revision=order.revision, swaps=wished, by=by, kind="exchange", cause=row.pk,
                change_id=row.pk,
                reason=_("Exchange for %(number)s") % {"number": f"{row.parent.number}/{row.position}"},
            ), None  # fmt: skip
        except changes.EditRefused as refused:
            if refused.code != "changed_meanwhile":
                log.warning("no exchange", order=str(order.pk), code=refused.code)
                return None, refused
            if turn == _TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def note_back(order: Order, by: str, *, but: UUID | None = None) -> None:
    """Note how much of a locked order is back; an order of which every unit is, is returned.

    Not as long as an exchange of it (`but` this one) is still to be made: it will have units then that are not back.
    """
    lines = OrderLine.objects.filter(order_id=order.pk, quantity__gt=0)
    contents.note_state(order=order, by=by)
    if any(line.returned < line.quantity for line in lines) or not order_selectors.allows(order, "return_received"):
        return
    to_come = Reimbursement.objects.filter(order_id=order.pk, is_complete=False).values_list("pk", flat=True)
    if set(to_come) <= {but}:
        orders.apply(order_id=order.pk, trigger="return_received", by=by)


def see_what_is_back(*, order_id: UUID, by: str) -> None:
    """Units were taken off an order: what is left of it may all be back. Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        note_back(order_locking.order(order_id), by)
