"""What must be true of archived orders: each is in one place, and what stays elsewhere fits what it consists of."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from checkout.archive.models import ArchivedOrder
from checkout.orders import invariants as orders
from shop.core import db, invariants
from shop.core.invariants import Check

_BATCH = 500
_ONCE: tuple[Check, ...] = (
    (
        "I5 order {0} is in the archive, and there is a live one with its id or number",
        """
        SELECT archived.number FROM checkout_archivedorder archived JOIN checkout_order live ON live.id = archived.id
        UNION SELECT number FROM checkout_archivedorder JOIN checkout_order live USING (number)
        """,
    ),
    (
        "I5 {1} archived orders have the number {0}",
        "SELECT number, count(*) FROM checkout_archivedorder GROUP BY 1 HAVING count(*) > 1",
    ),
    (
        "I5 cart {0} became {1} orders, archived ones among them",
        """
        SELECT archived.cart_id, count(*) + 1 FROM checkout_archivedorder archived
        JOIN (SELECT id, cart_id FROM checkout_order WHERE status <> 'cancelled'
              UNION ALL SELECT id, cart_id FROM checkout_archivedorder WHERE status <> 'cancelled') other
            ON other.cart_id = archived.cart_id AND other.id <> archived.id
        WHERE archived.status <> 'cancelled' GROUP BY 1
        """,
    ),
)
_LEDGER: tuple[Check, ...] = (
    (
        "I7 ledger entry {0} cites event {1}, which its archived order does not have",
        """
        SELECT entry.id, entry.event_id
        FROM checkout_ledgerentry entry JOIN checkout_archivedorder archived ON archived.id = entry.order_id
        WHERE NOT EXISTS (
            SELECT FROM jsonb_to_recordset(archived.content->'checkout_paymentevent')
                AS event(id uuid, payment_id uuid, currency text)
            WHERE event.id = entry.event_id AND event.payment_id = entry.payment_id AND event.currency = entry.currency)
        """,
    ),
    (
        "I7 archived order {0}: {1} was taken by its own words, {2} by its payments’",
        """
        SELECT archived.number, "order".captured_minor, taken.minor
        FROM checkout_archivedorder archived
        CROSS JOIN LATERAL jsonb_to_recordset(archived.content->'checkout_order') AS "order"(captured_minor bigint)
        CROSS JOIN LATERAL (SELECT COALESCE(SUM(captured_minor), 0) AS minor
            FROM jsonb_to_recordset(COALESCE(NULLIF(archived.content->'checkout_payment', 'null'), '[]'))
                AS payment(captured_minor bigint)) taken
        WHERE "order".captured_minor <> taken.minor
        """,
    ),
)


def kept_once() -> list[str]:
    """I5: an order is live or archived, never both; no cart became two."""
    return invariants.sentences(db.DEFAULT, _ONCE)


def ledger_is_archived() -> list[str]:
    """I7: what the books, which stay, say of archived orders is what their payments say."""
    return invariants.sentences(db.DEFAULT, _LEDGER)


def units_are_sold() -> list[str]:
    """I2: the units of archived orders are those that were allocated to them. Those that came back are left out, as
    live ones are."""
    found: list[str] = []
    rows = ArchivedOrder.objects.exclude(status="returned").order_by("pk")
    told, last = rows.values_list("pk", "number", "status", "content__checkout_orderline"), UUID(int=0)
    while batch := list(told.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1][0]
        wanted: Counter[tuple[UUID, UUID]] = Counter()
        for order_id, _number, _status, lines in batch:
            for line in lines or ():
                wanted[order_id, UUID(line["variant_id"])] += line["quantity"]
        found += orders.units_differ([row[:3] for row in batch], wanted)
    return found
