"""The saga that changes a placed order: hold what is added, write the change, then stock and money follow by events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cart.pricing import selectors as pricing
from cart.pricing import swaps as swapping
from checkout.changes import planning, selectors, stocking, writing
from checkout.changes.planning import EditRefused, Plan, Wish
from checkout.fulfilment import selectors as fulfilment
from checkout.orders import locking, revising
from checkout.orders import selectors as order_selectors
from checkout.orders.models import Order, OrderChange, OrderLine
from inventory.reservations import services as reservations
from inventory.stock import selectors as stock
from shop.core import db
from shop.core.money import Money

__all__ = [
    "EditRefused",
    "MayNotCancel",
    "OrderCancelled",
    "Preview",
    "PreviewLine",
    "cancel_short",
    "cancel_units",
    "changed_meanwhile",
    "edit",
    "preview",
    "settle_units",
]
log = structlog.get_logger("checkout.changes")
MayNotCancel = writing.MayNotCancel
settle_units = stocking.settle_units
changed_meanwhile = writing.changed_meanwhile
_NONE: Mapping[Any, Any] = MappingProxyType({})


class OrderCancelled(Exception):
    """Nothing was left of the order, so the whole of it was cancelled instead. `str()` says so; `order` is it now."""

    def __init__(self, order: Order, message: str) -> None:
        super().__init__(message)
        self.order = order


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line as it would be: `quantity` units, `change` of them more (or, below zero, fewer) than now. `total` is their
    price, without their `discount`, delivery and tax."""

    line_id: UUID | None
    sku: str
    name: str
    quantity: int
    change: int
    total: Money
    discount: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. `difference` of the total; then due, paid and balance as they would be: a balance above
    zero is to be paid, one below zero comes back. `to_pay` is what the shopper will be asked for: of the balance, what
    is not held or promised already. `delivery` is what that costs then; `is_estimated`: the tax service did not say
    what is due on what is added."""

    difference: Money
    delivery: Money
    due: Money
    paid: Money
    balance: Money
    to_pay: Money
    lines: tuple[PreviewLine, ...]
    is_estimated: bool = False


def edit(
    *,
    order_id: UUID,
    seen_revision: int,
    removed: Mapping[UUID, int] = _NONE,
    added: Mapping[UUID, int] = _NONE,
    swaps: Sequence[swapping.Swap] = (),
    shipping_address: Mapping[str, Any] | None = None,
    delivery_option: str | None = None,
    fields: Mapping[str, str] = _NONE,
    reason: str,
    by: str,
    kind: str = "edit",
    may_cancel: bool = True,
    cause: UUID | None = None,
    change_id: UUID | None = None,
) -> OrderChange:
    """Change a placed order as one revision: units `removed` (by line id), units `added` (by variant id), where and
    how it goes (an address as in `shop.core.addresses`, the code of a delivery), `fields` "po_number", "gift_message".

    `change_id` makes it one change, which holds its units once, however often and by how many it is asked for.
    `seen_revision` is `Order.revision` as the editor saw it; `kind` an `OrderChange.Kind`, `cause` the
    reimbursement that it is the exchange of. Added units cost what they cost today, those of `swaps` what was paid for
    what came back and the difference. They are held before anything is written; if that fails they are let go. Money
    that is owed goes back by itself, what is to be paid is asked for on the order's page. Called outside of
    transactions. Raises `EditRefused`, and when nothing is left of it `OrderCancelled`, or `MayNotCancel` without
    `may_cancel`.
    """
    order = order_selectors.by_id(order_id)
    wish = Wish(removed, added, swaps, shipping_address, delivery_option, fields, kind)
    if order.revision != seen_revision:
        raise writing.changed_meanwhile()
    plan = planning.plan(order, list(order.lines.all()), wish)
    change_id = change_id or db.uuid7()
    if plan.added:
        _hold(plan, change_id, by)
    try:
        change = writing.write(
            order_id=order_id, plan=plan, by=by, reason=reason, change_id=change_id, seen_revision=seen_revision,
            may_cancel=may_cancel, cause=cause,
        )  # fmt: skip
    except BaseException:
        # The answer to its commit may be lost, not the change. Where even that cannot be asked, the hold runs out.
        if plan.added and not selectors.is_written(change_id):
            reservations.release(reference=change_id, by=by)
        raise
    return _or_cancelled(order_id, change)


def preview(
    *,
    order_id: UUID,
    removed: Mapping[UUID, int] = _NONE,
    added: Mapping[UUID, int] = _NONE,
    swaps: Sequence[swapping.Swap] = (),
    shipping_address: Mapping[str, Any] | None = None,
    delivery_option: str | None = None,
    fields: Mapping[str, str] = _NONE,
    kind: str = "edit",
    seen_revision: int | None = None,
    only_unpicked: bool = False,
) -> Preview:
    """What `edit` (or `cancel_units`) would do, by the same code; nothing is written or held. Raises `EditRefused`."""
    order = order_selectors.by_id(order_id)
    if seen_revision is not None and order.revision != seen_revision:
        raise writing.changed_meanwhile()
    lines = list(order.lines.all())
    wish = Wish(removed, added, swaps, shipping_address, delivery_option, fields, kind, only_unpicked)
    plan = planning.plan(order, lines, wish)
    have = stock.available(plan.units) if plan.added else {}
    if short := {variant: have[variant] for variant, units in plan.units.items() if have[variant] < units}:
        raise _sold_out(plan, short)
    total, before = order.total_minor, {line.pk: line.quantity for line in lines}
    new = revising.compose(
        order=order, lines=lines, removed=plan.removed, added=plan.added, changed=plan.changed,
        delivery_minor=plan.delivery_minor,
    )  # fmt: skip
    return Preview(
        difference=order.money(order.total_minor - total),
        delivery=order.money(order.shipping_minor),
        due=order.money(order.due_minor),
        paid=order.money(order.captured_minor - order.refunded_minor),
        balance=order.money(order.balance_minor),
        to_pay=order.money(max(0, order.due_minor - order.came_minor)),
        lines=tuple(_previewed(order, line, before.get(line.pk, 0)) for line in (*lines, *new)),
        is_estimated=plan.is_estimated,
    )


def _previewed(order: Order, line: OrderLine, before: int) -> PreviewLine:
    return PreviewLine(
        line_id=line.pk if before else None, sku=line.sku, name=line.name, quantity=line.quantity,
        change=line.quantity - before, total=order.money(line.total_minor),
        discount=order.money(line.discount_minor),
    )  # fmt: skip


def cancel_units(
    *,
    order_id: UUID,
    units: Mapping[UUID, int],
    reason: str,
    by: str,
    kind: str = "cancel",
    change_id: UUID | None = None,
    seen_revision: int | None = None,
    only_unpicked: bool = False,
    may_cancel: bool = True,
) -> OrderChange:
    """Take units (by line id) off a placed order; their money and stock go back. Raises as `edit` does.

    `seen_revision`: `Order.revision` as whoever asks for it saw it, None where that does not matter. `change_id` makes
    it one change however often it is asked for. `only_unpicked`: refused once the warehouse has begun with the order.
    """
    removed = {key: count for key, count in units.items() if count}
    if not removed:
        raise EditRefused(_("Nothing would change."), "nothing_changes")
    plan = Plan(kind, removed, only_unpicked=only_unpicked)
    change = writing.write(
        order_id=order_id, plan=plan, by=by, reason=reason, change_id=change_id or db.uuid7(),
        seen_revision=seen_revision, may_cancel=may_cancel,
    )  # fmt: skip
    return _or_cancelled(order_id, change)


def cancel_short(*, order_id: UUID, units: Mapping[UUID, int], short_id: UUID, by: str) -> None:
    """Units (by line id) that the warehouse could not find leave the order, once for `short_id`. Not if it is over.

    They are in no parcel since: units of which an edit has taken off as many meanwhile are not taken off again.
    """
    with transaction.atomic(using=db.DEFAULT):
        order = locking.order(order_id)
        packed = fulfilment.packed(order_id)
        unplaced = {line.pk: line.quantity - packed.get(line.pk, 0) for line in order_selectors.lines_of(order_id)}
        gone = {key: min(count, unplaced.get(key, 0)) for key, count in units.items()}
        if order.is_over or not any(gone.values()):
            return
        with override(order.language):
            reason = _("We are sorry: these units could not be found.")
        try:
            cancel_units(order_id=order_id, units=gone, reason=reason, by=by, kind="short", change_id=short_id)
        except OrderCancelled:
            log.info("nothing could be found of an order", order=str(order_id))


def _hold(plan: Plan, change_id: UUID, by: str) -> None:
    try:
        reservations.reserve(quantities=plan.units, reference=change_id, ttl=settings.RESERVATION_TTL, by=by)
    except reservations.OutOfStock as error:
        raise _sold_out(plan, error.shortages) from error


def _sold_out(plan: Plan, shortages: Mapping[UUID, int]) -> EditRefused:
    names = {line.variant_id: _named(line) for line in plan.added}
    told = [
        (_("Of “%(name)s” only %(left)s can be had.") if left > 0 else _("None of “%(name)s” is left."))
        % {"name": names[key], "left": left}
        for key, left in shortages.items()
    ]
    return EditRefused(" ".join(told), "out_of_stock", {str(key): [str(left)] for key, left in shortages.items()})


def _named(line: pricing.QuotedLine) -> str:
    """A product with the options that tell its variant."""
    options = ", ".join(str(value) for value in line.options.values())
    return f"{line.name} ({options})" if options else line.name


def _or_cancelled(order_id: UUID, change: OrderChange | None) -> OrderChange:
    if change is None:
        text = _("Nothing was left of the order, so it was cancelled as a whole.")
        raise OrderCancelled(order_selectors.by_id(order_id), text)
    return change
