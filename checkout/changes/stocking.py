"""Units follow changes: what was added becomes the order's, what was taken off goes back to the stock.

Runs after a change was written, once for each, in any order and any number of times: under the order's lock, so that
no two changes are settled at once, its units become what its lines say. What is in no parcel then goes back
(`fulfilment.open_shipments`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from checkout.changes import selectors, writing
from checkout.changes.planning import Plan
from checkout.fulfilment import services as fulfilment
from checkout.orders import locking
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderChange, OrderLine
from inventory.reservations import services as reservations
from shop.core import db


def settle_units(*, order_id: UUID, by: str) -> None:
    """Bring the units that an order has into line with its lines. Idempotent.

    Units that were added and are gone by now (their hold ran out before this ran) are taken off again.
    """
    is_wanted = orders.commit_stock(order_id=order_id, by=by)  # what it was placed with, if that event comes late
    with transaction.atomic(using=db.DEFAULT):
        order = locking.order(order_id)
        if order.is_over:
            for change in selectors.changes_of(order):
                reservations.release(reference=change.pk, by=by)
            orders.give_back_stock(order_id=order_id, by=by)
        if order.is_over or not is_wanted:
            return
        for change in selectors.changes_of(order):
            if change.added:
                _settle_added(order, change, by)
        fulfilment.open_shipments(order_id=order_id, by=by)


def _settle_added(order: Order, change: OrderChange, by: str) -> None:
    """The units that a change added are the order's, or are taken off again. The order is locked."""
    lines = list(OrderLine.objects.filter(order=order, pk__in=change.added, quantity__gt=0))
    units = {line.pk: line.quantity for line in lines}
    if not units:  # taken off since
        reservations.release(reference=change.pk, by=by)
        return
    try:
        _sell(order, change, lines, by)
    except reservations.OutOfStock:
        with override(order.language):
            reason = _("Sold out before it could be added.")
        writing.write(
            order_id=order.pk, plan=Plan(OrderChange.Kind.SOLD_OUT, units), by=by, reason=reason, change_id=db.uuid7()
        )  # fmt: skip


def _sell(order: Order, change: OrderChange, lines: Sequence[OrderLine], by: str) -> None:
    """What the change holds becomes the order's. Raises `OutOfStock`.

    Its hold may have been let go although it was written: whoever made it could not know. Then what is left of it is
    held anew.
    """
    if reservations.commit(reference=change.pk, to=order.pk, by=by):
        return
    wanted: dict[UUID, int] = {}
    for line in lines:
        wanted[line.variant_id] = wanted.get(line.variant_id, 0) + line.quantity
    with transaction.atomic(using=db.INVENTORY):
        reservations.exchange(
            holders=(), quantities=wanted, reference=change.pk, ttl=settings.RESERVATION_TTL, by=by
        )  # fmt: skip
        if not reservations.commit(reference=change.pk, to=order.pk, by=by):
            raise reservations.OutOfStock(dict.fromkeys(wanted, 0))
