"""Units follow changes: what was added becomes the order's, what was taken off goes back to the stock.

Runs after a change was written, once for each, in any order and any number of times: under the order's lock, so that
no two changes are settled at once, its units become what its lines say. What is in no parcel then goes back
(`fulfilment.open_shipments`).
"""

from __future__ import annotations

from uuid import UUID

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
    lines = OrderLine.objects.filter(order=order, pk__in=change.added, quantity__gt=0)
    units = dict(lines.values_list("pk", "quantity"))
    if not units:  # taken off since
        reservations.release(reference=change.pk, by=by)
        return
    try:
        reservations.commit(reference=change.pk, to=order.pk, by=by)
    except reservations.OutOfStock:
        with override(order.language):
            reason = _("Sold out before it could be added.")
        writing.write(
            order_id=order.pk, plan=Plan(OrderChange.Kind.SOLD_OUT, units), by=by, reason=reason, change_id=db.uuid7()
        )  # fmt: skip
