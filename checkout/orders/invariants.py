"""What must be true of all orders at any time. Each function returns a sentence per violation; none is good.

Numbers (I5, I6, I8) are those of the design's invariants; `manage.py verify_invariants` runs them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from checkout.orders import transitions
from checkout.orders.models import Order, OrderStep

HANDED_OVER = ("partly_shipped", "shipped", "delivered", "partly_returned", "returned")
NOTHING_LEFT = ("cancelled", "refunded")


def placed_once() -> list[str]:
    """I5: a checkout becomes at most one living order, and a key at most one order."""
    living = Order.objects.exclude(status="cancelled").exclude(cart_id=None)
    carts = living.values("cart_id").annotate(count=Count("id")).filter(count__gt=1)
    keys = Order.objects.values("idempotency_key").annotate(count=Count("id")).filter(count__gt=1)
    return [f"I5 cart {row['cart_id']} became {row['count']} orders" for row in carts] + [
        f"I5 one idempotency key placed {row['count']} orders" for row in keys
    ]


def prices_add_up() -> list[str]:
    """I6: total = Σ lines − discount + delivery + tax − included tax, and shares of lines sum to the order's."""
    rows = Order.objects.annotate(
        goods=Coalesce(Sum("lines__total_minor"), 0),
        discounts=Coalesce(Sum("lines__discount_minor"), 0),
        taxes=Coalesce(Sum("lines__tax_minor"), 0),
        due=F("subtotal_minor") - F("discount_minor") + F("shipping_minor") + F("tax_minor") - F("included_tax_minor"),
    )
    wrong = rows.exclude(goods=F("subtotal_minor"), due=F("total_minor"))
    return [
        f"I6 {order.number}: lines {order.goods}, subtotal {order.subtotal_minor}, total {order.total_minor}"
        for order in wrong
    ]


def states_are_legal() -> list[str]:
    """I8: only edges of the table, gap-free history that ends in the status, nothing cancelled and on its way."""
    return [*_histories(), *_contradictions()]


def _histories() -> Iterator[str]:
    gaps = (
        OrderStep.objects.values("order_id", "order__number", "order__status", "order__version")
        .annotate(first=Min("position"), last=Max("position"), count=Count("id"))
        .order_by()
    )
    for row in gaps.filter(~Q(first=1) | ~Q(last=F("count"))):
        yield f"I8 {row['order__number']}: its history has gaps"
    for order_id, steps in _steps_of_all().items():
        yield from _illegal(order_id, steps)
    for number in Order.objects.filter(steps=None).values_list("number", flat=True):
        yield f"I8 {number}: it has no history"


def _steps_of_all() -> dict[UUID, list[tuple[str, str, str]]]:
    found: dict[UUID, list[tuple[str, str, str]]] = defaultdict(list)
    rows = OrderStep.objects.order_by("order_id", "position")
    for order_id, trigger, source, target in rows.values_list(
        "order_id", "trigger", "from_status", "to_status"
    ).iterator():  # fmt: skip
        found[order_id].append((trigger, source, target))
    return found


def _illegal(order_id: UUID, steps: list[tuple[str, str, str]]) -> Iterator[str]:
    status = ""
    for trigger, source, target in steps:
        row = transitions.find(trigger, source)
        is_legal = (trigger == "place" and source == "") or (row is not None and row.target == target)
        if not is_legal or source != status:
            yield f"I8 order {order_id}: {source} → {target} by {trigger} is no way to go"
        status = target
    if not Order.objects.filter(pk=order_id, status=status).exists():
        yield f"I8 order {order_id}: its history ends in {status}, its status is another"


def _contradictions() -> Iterator[str]:
    moving = Order.objects.filter(status="cancelled", fulfilment_state__in=HANDED_OVER)
    for number in moving.values_list("number", flat=True):
        yield f"I8 {number}: cancelled, and handed over"
    held = Order.objects.filter(status__in=NOTHING_LEFT, authorised_minor__gt=0, captured_minor=0)
    for number in held.values_list("number", flat=True):
        yield f"I8 {number}: over, and money is still held"


INVARIANTS = {"I5 orders": placed_once, "I6": prices_add_up, "I8": states_are_legal}
