"""What must be true of changed orders at any time. Each function returns a sentence per violation; none is good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet, Sum

from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import rules
from checkout.orders.lines import whole
from checkout.orders.models import Order, OrderLine
from shop.core import db, invariants
from shop.core.invariants import Check

_BATCH = 500
_PARTLY = ("processing", "ready_to_ship", "shipped", "delivered")
# Whoever has to pay more by a change was written to. Mails are not kept for ever.
_ASKED: tuple[Check, ...] = (
    (
        "I7 {0}: {1} more is to be paid since change {2}, and nobody was asked",
        """
        SELECT number, difference_minor, change.revision
        FROM checkout_order "order"
        JOIN checkout_orderchange change ON change.order_id = "order".id AND change.revision = "order".revision
        WHERE difference_minor > 0 AND "order".status IN ('payment_confirmed', 'processing', 'ready_to_ship')
          AND total_minor - allowed_minor - captured_minor + refunded_minor - held_minor > 0
          AND change.at < statement_timestamp() - interval '15 minutes'
          AND change.at > statement_timestamp() - interval '7 days'
          AND NOT EXISTS (SELECT FROM shop_notification mail
                          WHERE mail.key = 'order_changed:' || "order".id || ':' || change.id)
        """,
    ),
)


def asked_for() -> list[str]:
    """I7: nothing is owed by a change for more than fifteen minutes that the shopper was not asked for."""
    return invariants.sentences(db.DEFAULT, _ASKED)


def parts_are_paid() -> list[str]:
    """I7: what has left of an order, while the rest of it is still here, is paid for or held."""
    orders = Order.objects.filter(fulfilment_state="partly_shipped", status__in=_PARTLY).order_by("pk")
    return list(_unpaid_parts(orders))


def _unpaid_parts(orders: QuerySet[Order]) -> Iterator[str]:
    rows = orders.iterator(chunk_size=_BATCH)
    while batch := list(islice(rows, _BATCH)):
        worth = _left([order.pk for order in batch])
        for order in batch:
            needed = min(worth[order.pk] - order.allowed_minor, order.due_minor)
            if order.came_minor < needed:
                yield f"I7 {order.number}: {needed} worth of it has left, and only {order.came_minor} is taken or held"


def _left(order_ids: list[UUID]) -> dict[UUID, int]:
    """What the units are worth that have left, by order."""
    left = ShipmentLine.objects.filter(
        order_id__in=order_ids, shipment__status__in=[Shipment.Status.SHIPPED, Shipment.Status.DELIVERED]
    )
    gone = dict(left.values_list("order_line").annotate(Sum("quantity")))
    worth: dict[UUID, int] = defaultdict(int)
    for line in OrderLine.objects.filter(pk__in=gone):
        units = min(gone[line.pk], line.quantity)
        worth[line.order_id] += rules.part(whole(line), units=units, of=line.quantity).value
    return worth


INVARIANTS = {"I7 asked": asked_for, "I7 parts": parts_are_paid}
