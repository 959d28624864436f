"""Reads of the stock, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connections
from django.db.models import Case, F, Sum, Value, When
from django.db.models.functions import Now, Upper

from inventory.stock import allotments, rules
from inventory.stock.models import Location, StockItem, StockMovement
from shop.core import cache, db, invariants

# The one place where the stock knows of reservations and of those who wait, by their tables' names. What has expired is
# free again, although its counter falls only when somebody needs the units or the sweep comes by; what those who wait
# are owed is not for others.
_AVAILABLE = """
    SELECT item.variant_id,
           GREATEST(0, SUM(GREATEST(0, free.units + beyond.units)) - COALESCE(MAX(owed.units), 0)),
           GREATEST(0, SUM(GREATEST(0, free.units)) - COALESCE(MAX(owed.units), 0)),
           bool_and(item.is_preorder) FILTER (WHERE beyond.units > 0),
           MAX(item.expected_on) FILTER (WHERE beyond.units > 0)
    FROM inventory_stockitem item
    JOIN inventory_location location ON location.id = item.location_id AND location.is_active
    CROSS JOIN LATERAL (
        SELECT item.on_hand - item.reserved - item.allocated + COALESCE(SUM(quantity), 0) AS units
        FROM inventory_reservation
        WHERE stock_item_id = item.id AND status = 'open' AND expires_at <= statement_timestamp()
    ) free
    CROSS JOIN LATERAL (
        SELECT CASE WHEN item.orders_until IS NULL OR item.orders_until > statement_timestamp()
                    THEN item.backorder_limit ELSE 0 END AS units
    ) beyond
    LEFT JOIN LATERAL (
        SELECT SUM(units) AS units FROM inventory_waitingentry waiting
        WHERE waiting.variant_id = item.variant_id AND waiting.status = 'waiting' AND item.has_waiting
    ) owed ON true
    WHERE item.variant_id = ANY(%s::uuid[])
    GROUP BY item.variant_id
"""
# The same of one stock item, as it counts itself: expired reservations not let go yet are still taken.
AVAILABLE = (
    F("on_hand")
    + Case(When(orders_until__lte=Now(), then=Value(0)), default=F("backorder_limit"))
    - F("reserved")
    - F("allocated")
)
Availability = rules.Availability
NOTHING, COUNTED = rules.NOTHING, rules.COUNTED
Allotted, Sold, allocated, sold_to = allotments.Allotted, allotments.Sold, allotments.allocated, allotments.sold_to
shipped_with, is_moved, levels_at, free_at = (
    allotments.shipped_with, allotments.is_moved, allotments.levels_at, allotments.free_at,
)  # fmt: skip


def available(variant_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Units of each variant that can be promised now, over all active locations; 0 for variants without stock."""
    return {variant_id: have.units for variant_id, have in availability(variant_ids).items()}


def availability(variant_ids: Iterable[UUID]) -> dict[UUID, Availability]:
    """As `available`, with how many of the units are on hand and when the others are expected. One query."""
    wanted = list(dict.fromkeys(variant_ids))
    if not wanted:
        return {}
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_AVAILABLE, [wanted])
        have = {
            variant_id: Availability(int(units), int(on_hand), bool(is_preorder), expected_on)
            for variant_id, units, on_hand, is_preorder, expected_on in cursor.fetchall()
        }
    return {variant_id: have.get(variant_id, NOTHING) for variant_id in wanted}


_OWED = """
    SELECT variant_id, SUM(units) FROM inventory_waitingentry
    WHERE variant_id = ANY(%s::uuid[]) AND status = 'waiting' GROUP BY variant_id
"""


def owed(items: Iterable[StockItem]) -> dict[UUID, int]:
    """Units of the locked items' variants that belong to those who wait for them. No query where nobody waits."""
    variant_ids = list({item.variant_id for item in items if item.has_waiting})
    if not variant_ids:
        return {}
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_OWED, [variant_ids])
        return {variant_id: int(units) for variant_id, units in cursor.fetchall()}


def shown_available(variant_ids: Iterable[UUID]) -> dict[UUID, int]:
    """As `available`, up to 30 seconds old: for pages, never for a decision."""
    return {variant_id: have.units for variant_id, have in shown(variant_ids).items()}


def shown(variant_ids: Iterable[UUID]) -> dict[UUID, Availability]:
    """As `availability`, up to 30 seconds old: for pages, never for a decision."""
    wanted = list(dict.fromkeys(variant_ids))
    known = cache.AVAILABILITY.get_many(wanted)
    fresh = availability([variant_id for variant_id in wanted if variant_id not in known])
    if fresh:
        cache.AVAILABILITY.set_many(fresh)
    return {variant_id: known[variant_id] if variant_id in known else fresh[variant_id] for variant_id in wanted}


_EXPECTED = """
    SELECT held.variant_id, MAX(item.expected_on)
    FROM inventory_reservation held
    JOIN inventory_stockitem item ON item.id = held.stock_item_id
    WHERE held.reference = %s AND held.status = 'open' AND item.backorder_limit > 0
      AND item.on_hand - item.allocated < (
          SELECT SUM(quantity) FROM inventory_reservation earlier
          WHERE earlier.stock_item_id = item.id AND earlier.status = 'open' AND earlier.id <= held.id)
    GROUP BY held.variant_id HAVING MAX(item.expected_on) IS NOT NULL
"""


def expected(reference: UUID) -> dict[UUID, date]:
    """Of the variants held for a reference of which not every unit is there: when they are expected, where that is
    known. Who came first gets what is on hand."""
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_EXPECTED, [reference])
        return dict(cursor.fetchall())


_UNDER_WAY = """
    SELECT COALESCE(SUM(units), 0)
    FROM (
        SELECT line.quantity - line.received - line.written_off AS units
        FROM inventory_transferline line JOIN inventory_transfer transfer ON transfer.id = line.transfer_id
        WHERE line.variant_id = %(variant)s AND transfer.target_id = %(location)s AND transfer.status = 'sent'
        UNION ALL
        SELECT GREATEST(0, line.ordered - line.received)
        FROM inventory_purchaseorderline line JOIN inventory_purchaseorder purchase ON purchase.id = line.order_id
        WHERE line.variant_id = %(variant)s AND purchase.location_id = %(location)s
          AND purchase.status IN ('ordered', 'partly_received')
    ) coming
"""


def under_way(*, variant_id: UUID, location_id: UUID) -> int:
    """Units of a variant that left another location for this one, or were ordered for it, and have not come yet."""
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_UNDER_WAY, {"variant": variant_id, "location": location_id})
        return int(cursor.fetchone()[0])


def variant_at(*, sku: str, location_id: UUID) -> UUID | None:
    """The variant of which a location has a stock item with this SKU (its copy for people)."""
    rows = StockItem.objects.using(db.INVENTORY).filter(sku__iexact=sku, location_id=location_id)
    return rows.values_list("variant_id", flat=True).first()


def mark(variant_id: UUID) -> str:
    """Changes with every change of a variant's units on hand, but not with what is promised of them. Two queries."""
    items = StockItem.objects.using(db.INVENTORY).filter(variant_id=variant_id)
    units = dict(items.values_list("pk", "on_hand"))
    moved = StockMovement.objects.using(db.INVENTORY).filter(stock_item_id__in=list(units)).order_by("-id")
    last = moved.values_list("pk", flat=True).first()
    return f"{last}:{sum(units.values())}"  # ids of two servers may come in another order, the units tell then


def locations() -> list[tuple[str, str]]:
    """(code, name) of every location, the one asked first at the top."""
    return list(Location.objects.using(db.INVENTORY).values_list("code", "name"))


def location_names() -> dict[UUID, str]:
    """The name of every location by its id. One query."""
    return dict(Location.objects.using(db.INVENTORY).values_list("id", "name"))


_VIOLATIONS = (
    (
        "stock item {0}: on hand {1}, but its movements sum to {2}",
        """
        SELECT item.id, item.on_hand, COALESCE(moved.units, 0)
        FROM inventory_stockitem item
        LEFT JOIN (SELECT stock_item_id, SUM(quantity) AS units FROM inventory_stockmovement GROUP BY 1) moved
               ON moved.stock_item_id = item.id
        WHERE item.on_hand <> COALESCE(moved.units, 0)
        """,
    ),
    (
        "stock item {0}: allocated {1}, but its open allocations sum to {2}",
        """
        SELECT item.id, item.allocated, COALESCE(sold.units, 0)
        FROM inventory_stockitem item
        LEFT JOIN (SELECT stock_item_id, SUM(quantity - shipped - released) AS units
                   FROM inventory_allocation GROUP BY 1) sold ON sold.stock_item_id = item.id
        WHERE item.allocated <> COALESCE(sold.units, 0)
        """,
    ),
    (
        "stock item {0}: {1} units promised, but only {2} there",
        """
        SELECT id, reserved + allocated, on_hand + shortfall + backorder_limit
        FROM inventory_stockitem
        WHERE reserved + allocated > on_hand + shortfall + backorder_limit
           OR LEAST(on_hand, reserved, allocated, shortfall) < 0
        """,
    ),
    (
        "stock item {0}: a shortfall of {1}, but {2} units are missing",
        """
        SELECT id, shortfall, GREATEST(0, reserved + allocated - on_hand - backorder_limit)
        FROM inventory_stockitem
        WHERE shortfall <> GREATEST(0, reserved + allocated - on_hand - backorder_limit)
        """,
    ),
    (
        "movement {0} of stock item {1}, which does not exist",
        """
        SELECT movement.id, movement.stock_item_id FROM inventory_stockmovement movement
        WHERE NOT EXISTS (SELECT FROM inventory_stockitem item WHERE item.id = movement.stock_item_id)
        """,
    ),
)


def stock_violations() -> list[str]:
    """I1: per stock item, on hand is the sum of its ledger and no more is promised than is there. One sentence each."""
    return invariants.sentences(db.INVENTORY, _VIOLATIONS)


def returned_with(prefix: str) -> dict[str, int]:
    """Units that came back, by document, of the documents that begin so. One query."""
    rows = StockMovement.objects.using(db.INVENTORY).filter(document__startswith=prefix, kind=StockMovement.Kind.RETURN)
    return dict(rows.values_list("document").annotate(units=Sum("quantity")))


def on_hand(variant_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Units in the house, summed over all locations; variants without any stock item are absent. One query."""
    rows = (
        StockItem.objects.filter(variant_id__in=list(variant_ids)).values("variant_id").annotate(units=Sum("on_hand"))
    )
    return {row["variant_id"]: row["units"] for row in rows}


def came_since_missed(places: Iterable[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of (variant, location) where units came in, or were found, after some were missed for a parcel. Three
    queries."""
    items = levels_at(places)
    rows = StockMovement.objects.using(db.INVENTORY).filter(stock_item_id__in=[item.pk for item in items.values()])
    latest = rows.order_by("stock_item_id", "-id").distinct("stock_item_id").values_list("stock_item_id", "id")
    came = dict(latest.filter(quantity__gt=0))
    missed = dict(latest.filter(kind=StockMovement.Kind.ADJUST, document__startswith="shipment:"))
    return {
        place for place, item in items.items() if item.pk in came and came[item.pk] > missed.get(item.pk, UUID(int=0))
    }


def variants_of_skus(skus: Iterable[str]) -> dict[str, UUID]:
    """The variant of each SKU that has stock anywhere; SKUs that nobody has, or two variants share, are absent.

    Written exactly so, or else with capitals and small letters as they come. One query.
    """
    wanted = set(skus)
    rows = (
        StockItem.objects.using(db.INVENTORY)
        .annotate(capitals=Upper("sku"))  # as the index has it
        .filter(capitals__in=[Upper(Value(sku)) for sku in wanted])
        .values_list("sku", "variant_id")
        .distinct()
    )
    exact: dict[str, set[UUID]] = {}
    alike: dict[str, set[UUID]] = {}
    for sku, variant_id in rows:
        exact.setdefault(sku, set()).add(variant_id)
        alike.setdefault(sku.upper(), set()).add(variant_id)
    found = {sku: exact.get(sku) or alike.get(sku.upper(), set()) for sku in wanted}
    return {sku: next(iter(variants)) for sku, variants in found.items() if len(variants) == 1}


def skus_of(variant_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The SKU of each variant, as its stock items have it; variants without any are absent. One query."""
    rows = StockItem.objects.using(db.INVENTORY).filter(variant_id__in=list(variant_ids))
    return dict(rows.values_list("variant_id", "sku"))
