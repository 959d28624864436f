"""What must be true of all orders at any time. Each function returns a sentence per violation; none is good.

Numbers (I5, I6, I8) are those of the design's invariants; `manage.py verify_invariants` runs them all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.db import connections
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from checkout.orders import transitions
from checkout.orders.models import Order, OrderLine, OrderStep
from checkout.orders.services import UNPAID
from inventory.stock import selectors as stock
from shop.core import db, invariants
from shop.core.invariants import Check

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


_SHARES: tuple[Check, ...] = (
    (
        "I6 {0}: discount, delivery and tax are {1}, the shares of its lines {2}",
        """
        SELECT * FROM (
            SELECT "order".number,
                   ARRAY["order".discount_minor, "order".shipping_minor, "order".tax_minor] AS told,
                   ARRAY[SUM(line.discount_minor), SUM(line.shipping_minor), SUM(line.tax_minor)]::bigint[] AS shares
            FROM checkout_order "order" JOIN checkout_orderline line ON line.order_id = "order".id
            GROUP BY "order".id
        ) sums WHERE told <> shares
        """,
    ),
    (
        "I6 {0}, line {1}: {2} units at {3} do not make {4}",
        """
        SELECT "order".number, position, quantity, unit_price_minor, line.total_minor
        FROM checkout_orderline line JOIN checkout_order "order" ON "order".id = line.order_id
        WHERE line.total_minor <> unit_price_minor * quantity OR (quantity = 0 AND removed = 0)
        """,
    ),
    (
        "I6 {0}, line {1}: what is left of it, its returned units and what is kept of them aside, is less than nothing",
        """
        SELECT number, position FROM checkout_orderline line JOIN checkout_order "order" ON "order".id = line.order_id
        WHERE line.discount_minor < returned_discount_minor
           OR line.shipping_minor < returned_shipping_minor + kept_shipping_minor
           OR line.tax_minor < returned_tax_minor + kept_tax_minor
           OR line.included_tax_minor < returned_included_tax_minor + kept_included_tax_minor
           OR LEAST(kept_shipping_minor, kept_tax_minor, kept_included_tax_minor) < 0
        """,
    ),
    (
        "I6 {0}, line {1}: all of its units are back, and it still costs {2}, of which {3} is kept",
        """
        SELECT number, position, still.costs, still.kept
        FROM checkout_orderline line JOIN checkout_order "order" ON "order".id = line.order_id,
        LATERAL (
            SELECT ARRAY[line.discount_minor - returned_discount_minor, line.shipping_minor - returned_shipping_minor,
                         line.tax_minor - returned_tax_minor, line.included_tax_minor - returned_included_tax_minor
                   ]::bigint[] AS costs,
                   ARRAY[0, kept_shipping_minor, kept_tax_minor, kept_included_tax_minor]::bigint[] AS kept
        ) still
        WHERE quantity = returned AND costs <> kept
        """,
    ),
    (
        "I6 {0}: {1} of {2} need not be paid, and {3} came back",
        """
        SELECT number, allowed_minor, total_minor, back FROM (
            SELECT "order".number, allowed_minor, "order".total_minor,
                   SUM(unit_price_minor * returned - returned_discount_minor + returned_shipping_minor
                       + returned_tax_minor - returned_included_tax_minor) AS back
            FROM checkout_order "order" JOIN checkout_orderline line ON line.order_id = "order".id
            GROUP BY "order".id
        ) sums WHERE allowed_minor NOT BETWEEN back AND total_minor
        """,
    ),
)
_CHANGES: tuple[Check, ...] = (
    (
        "I8 {0}: its changes are {1} from {2} to {3}, its revision is {4}",
        """
        SELECT number, COUNT(change.id), MIN(change.revision), MAX(change.revision), "order".revision
        FROM checkout_order "order" LEFT JOIN checkout_orderchange change ON change.order_id = "order".id
        GROUP BY "order".id
        HAVING COUNT(change.id) <> "order".revision OR COALESCE(MAX(change.revision), 0) <> "order".revision
        """,
    ),
    (
        "I8 {0}: change {1} ends at {2}, the order goes on from {3}",
        """
        SELECT number, revision, told, following FROM (
            SELECT "order".number, change.revision, (after->>'total_minor')::bigint AS told,
                   COALESCE(LEAD((before->>'total_minor')::bigint) OVER turns, "order".total_minor) AS following
            FROM checkout_orderchange change JOIN checkout_order "order" ON "order".id = change.order_id
            WINDOW turns AS (PARTITION BY "order".id ORDER BY change.revision)
        ) chain WHERE told <> following
        """,
    ),
    (
        "I8 {0}, line {1}: {2} units were taken off, its changes say {3}",
        """
        SELECT number, position, removed, told FROM (
            SELECT "order".number, line.position, line.removed,
                   COALESCE((SELECT SUM((change.removed->>line.id::text)::int) FROM checkout_orderchange change
                             WHERE change.order_id = line.order_id), 0) AS told
            FROM checkout_orderline line JOIN checkout_order "order" ON "order".id = line.order_id
            WHERE "order".revision > 0
        ) lines WHERE removed <> told
        """,
    ),
)
_TOLD: tuple[Check, ...] = (
    (
        "I11 a caller was told of order {0}, which does not exist",
        """
        SELECT resource FROM shop_idempotentcall call
        WHERE resource LIKE 'ORD-%' AND status BETWEEN 200 AND 299
          AND NOT EXISTS (SELECT FROM checkout_order "order" WHERE "order".number = call.resource)
          AND NOT EXISTS (SELECT FROM checkout_archivedorder archived WHERE archived.number = call.resource)
        """,
    ),
)
# Orders whose units are settled. Those with events still to be heard are left out: I10 watches these.
_SETTLED = """
    SELECT id, number, status FROM checkout_order "order"
    WHERE status NOT IN ('pending', 'payment_pending', 'payment_review', 'returned')
      AND NOT EXISTS (SELECT FROM shop_delivery owed
                      WHERE owed.status <> 'done' AND owed.aggregate_id = "order".id::text)
    ORDER BY id
"""
_BATCH = 500
_NONE = stock.Sold(kept=0, open=0)


def shares_add_up() -> list[str]:
    """I6: discount, delivery and tax are spread over the lines exactly, and a line is price times quantity."""
    return invariants.sentences(db.DEFAULT, _SHARES)


def changes_are_known() -> list[str]:
    """I8: an order's changes are numbered without a gap, and lead from what it cost to what it costs."""
    return invariants.sentences(db.DEFAULT, _CHANGES)


def told_orders_exist() -> list[str]:
    """I11: every order that a caller of the API was told of is there."""
    return invariants.sentences(db.DEFAULT, _TOLD)


def units_are_sold() -> list[str]:
    """I2: the units of sold orders are allocated to them, and orders that are over hold none.

    Orders and units may live in two databases, so they are compared here, some hundred orders at a time.
    """
    found: list[str] = []
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(_SETTLED)
        while rows := cursor.fetchmany(_BATCH):
            found += _units(rows)
    return found


def unpaid_are_not_sold() -> list[str]:
    """I2: of an order that is not paid yet no unit is sold: it is held, and comes free when the hold runs out."""
    found: list[str] = []
    last = UUID(int=0)
    unpaid = Order.objects.filter(status__in=UNPAID).order_by("pk")
    while ids := list(unpaid.filter(pk__gt=last).values_list("pk", flat=True)[:_BATCH]):
        last = ids[-1]
        sold = {order_id for (order_id, _variant), units in stock.sold_to(ids).items() if units.kept}
        # Asked again after the units were read: it may have been paid in between, and no order becomes unpaid again.
        for number, status in unpaid.filter(pk__in=sold).values_list("number", "status"):
            found.append(f"I2 {number}: {status}, and units are allocated to it")
    return found


def _units(rows: Sequence[tuple[UUID, str, str]]) -> Iterator[str]:
    """I2 for these orders (id, number, status)."""
    ids = [order_id for order_id, _number, _status in rows]
    wanted: Counter[tuple[UUID, UUID]] = Counter()
    for order_id, variant_id, quantity in OrderLine.objects.filter(order_id__in=ids).values_list(
        "order_id", "variant_id", "quantity"
    ):
        wanted[order_id, variant_id] += quantity
    yield from units_differ(rows, wanted)


def units_differ(rows: Sequence[tuple[UUID, str, str]], wanted: Mapping[tuple[UUID, UUID], int]) -> Iterator[str]:
    """I2 for orders (id, number, status) of which `wanted` has the units, by order and variant."""
    sold = stock.sold_to([order_id for order_id, _number, _status in rows])
    numbers = {order_id: (number, status) for order_id, number, status in rows}
    for order_id, variant_id in sorted({*wanted, *sold}):
        number, status = numbers[order_id]
        units, due = sold.get((order_id, variant_id), _NONE), wanted.get((order_id, variant_id), 0)
        if status in NOTHING_LEFT and units.open:
            yield f"I2 {number}: {status}, and still holds {units.open} units of variant {variant_id}"
        if status not in NOTHING_LEFT and units.kept != due:
            yield f"I2 {number}: sold {due} units of variant {variant_id}, {units.kept} are allocated to it"


INVARIANTS = {
    "I5 orders": placed_once,
    "I6": prices_add_up,
    "I6 shares": shares_add_up,
    "I8": states_are_legal,
    "I8 changes": changes_are_known,
}
