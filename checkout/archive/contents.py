"""What an order consists of, table by table, and the SQL that gathers, takes away and puts back its rows.

A table that belongs to orders stands in `PARTS` or, with the reason, in `KEPT`; a test holds them against the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from checkout.disputes.models import Dispute
from checkout.fulfilment.models import ForgottenLabel, Shipment, ShipmentLine, TrackingEvent
from checkout.holds.models import HoldStep
from checkout.notes.models import OrderNote
from checkout.orders.models import Order, OrderChange, OrderLine, OrderStep
from checkout.payments.models import Capture, Payment, PaymentEvent, Refund
from checkout.receivables.models import Receivable, ReceivableEntry
from checkout.returns.models import (
    ReimbursedLine,
    Reimbursement,
    Return,
    ReturnLine,
    ReturnPhoto,
    ReturnStep,
    ReturnUnit,
)
from checkout.warehouse.models import PickScan, WaveParcel


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of `model` whose `column` names a row of `parent`: the order itself, or a part that stands before."""

    model: type[Model]
    column: str = "order_id"
    parent: type[Model] = Order

    @property
    def table(self) -> str:
        return self.model._meta.db_table


# Parents before children. Each is found by an indexed column.
PARTS: tuple[Part, ...] = (
    Part(OrderLine),
    Part(OrderStep),
    Part(OrderChange),
    Part(OrderNote),
    Part(HoldStep),
    Part(Payment),
    Part(PaymentEvent, "payment_id", Payment),
    Part(Refund, "payment_id", Payment),
    Part(Capture, "payment_id", Payment),
    Part(Receivable, "payment_id", Payment),
    Part(ReceivableEntry, "receivable_id", Receivable),
    Part(Dispute),
    Part(Shipment),
    Part(ShipmentLine, "shipment_id", Shipment),
    Part(TrackingEvent, "shipment_id", Shipment),
    Part(ForgottenLabel, "shipment_id", Shipment),
    Part(WaveParcel, "shipment_id", Shipment),
    Part(PickScan, "line_id", ShipmentLine),
    Part(Return),
    Part(ReturnLine, "parent_id", Return),
    Part(ReturnPhoto, "parent_id", Return),
    Part(ReturnStep, "parent_id", Return),
    Part(Reimbursement, "parent_id", Return),
    Part(ReimbursedLine, "reimbursement_id", Reimbursement),
    Part(ReturnUnit, "parent_id", Return),
)

# Tables that name orders and stay where they are, by "app.model", with the reason.
KEPT: Mapping[str, str] = {
    "checkout.ledgerentry": "the books: append-only, read by payment and by account",
    "checkout.difference": "what a reconciliation found, of its own day",
    "checkout.checkoutdetails": "the shopper's form before there was an order; forgotten by itself",
    "checkout.queuedorder": "a place in the line before there was an order; forgotten by itself",
    "checkout.archivedorder": "the archive",
    "checkout.document": "invoices and credit notes, which the law keeps",
    "checkout.draft": "what staff put together before there was an order",
    "checkout.giftcard": "money of its own: it pays for other orders than the one that bought it",
    "cart.redemption": "counts how often a coupon was used",
}
ORDER_TABLE = Order._meta.db_table
_BY_MODEL = {part.model: part for part in PARTS}


def _where(part: Part, orders: str) -> str:
    """The condition that finds a part's rows; `orders` is the SQL that a column with an order's id is held against."""
    if part.parent is Order:
        return f'"{part.column}" {orders}'
    above = _BY_MODEL[part.parent]
    return f'"{part.column}" IN (SELECT id FROM "{above.table}" WHERE {_where(above, orders)})'  # noqa: S608


def _gathered(part: Part) -> str:
    where = _where(part, '= "order".id')
    return (
        f"'{part.table}', (SELECT json_agg(part ORDER BY part.id) FROM "  # noqa: S608
        f'(SELECT * FROM "{part.table}" WHERE {where}) part)'
    )


# The numbers by which carriers speak of an order's parcels, as `parcel_handle` writes them.
_PARCELS = """
    ARRAY(SELECT 'parcel:' || carrier_code || ':' || tracking_number FROM checkout_shipment
          WHERE order_id = "order".id AND carrier_code <> '' AND tracking_number <> ''
          UNION SELECT 'parcel:' || carrier_code || ':' || tracking_number FROM checkout_forgottenlabel
          WHERE order_id = "order".id)
"""


def parcel_handle(carrier: str, number: str) -> str:
    """What an archived order is found by in whose parcels `carrier` (its code) had this tracking number."""
    return f"parcel:{carrier}:{number}"


def copy_sql() -> str:
    """Copies the orders `%(ids)s` (uuid[]) with all their rows into the archive; answers with each table's name and
    how many rows were copied of it."""
    return f"""
        WITH copied AS (
            INSERT INTO checkout_archivedorder (id, number, status, customer_id, email, cart_id, currency, total_minor,
                                                placed_at, payment_references, handles, content)
            SELECT id, number, status, customer_id, email, cart_id, currency, total_minor, placed_at,
                   ARRAY(SELECT reference FROM checkout_payment WHERE order_id = "order".id AND reference <> ''),
                   ARRAY(SELECT unnest(ARRAY[number, id::text]) FROM checkout_return WHERE order_id = "order".id)
                       || idempotency_key::text || {_PARCELS},
                   json_build_object('{ORDER_TABLE}', json_build_array("order".*),
                                     {", ".join(map(_gathered, PARTS))})::jsonb
            FROM "{ORDER_TABLE}" "order" WHERE id = ANY(%(ids)s)
            RETURNING content
        )
        SELECT entry.key, SUM(jsonb_array_length(entry.value)) FROM copied, jsonb_each(copied.content) entry
        WHERE jsonb_typeof(entry.value) = 'array' GROUP BY 1
    """  # noqa: S608


def delete_sql(part: Part) -> str:
    """Takes away a part's rows of the orders `%(ids)s`."""
    return f'DELETE FROM "{part.table}" WHERE {_where(part, "= ANY(%(ids)s)")}'  # noqa: S608


# A guest's orders become a customer's, here and in what comes back.
CLAIM_SQL = """
    UPDATE checkout_archivedorder SET customer_id = %(customer_id)s,
           content = jsonb_set(content, '{checkout_order,0,customer_id}', to_jsonb(%(customer_id)s::uuid))
    WHERE email = ANY(%(emails)s) AND customer_id IS NULL
"""


def put_back_sql(content: Mapping[str, Any]) -> str:
    """Puts the rows of the archived order `%(id)s`, whose `content` is given, into their tables.

    Columns that came later get their defaults; those that are gone since are left out.
    """
    inserts: list[str] = []
    models: tuple[type[Model], ...] = (Order, *(part.model for part in PARTS))
    for model in models:
        table = model._meta.db_table
        rows = content.get(table)
        if not rows:
            continue
        known = {field.column for field in model._meta.concrete_fields}
        columns = ", ".join(f'"{column}"' for column in rows[0] if column in known)
        inserts.append(
            f'put_{len(inserts)} AS (INSERT INTO "{table}" ({columns}) SELECT {columns} FROM kept, '  # noqa: S608
            f"jsonb_populate_recordset(NULL::\"{table}\", kept.content->'{table}'))"
        )
    kept = "kept AS (SELECT content FROM checkout_archivedorder WHERE id = %(id)s)"
    return f"WITH {', '.join([kept, *inserts])} SELECT 1"
