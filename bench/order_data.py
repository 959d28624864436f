"""A million orders as a shop of three years has them, written by the database itself: rows of one table after another,
each derived from a plan that is the same every time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Model

from checkout.fulfilment.models import Shipment, ShipmentLine, TrackingEvent
from checkout.invoices.models import Document
from checkout.orders.models import Order, OrderLine, OrderStep
from checkout.payments.models import Payment, PaymentEvent, Refund
from checkout.returns.models import Return, ReturnLine, ReturnUnit

MONTHS = 36
PEAK_AGO, PEAK = 12, 0.088  # how many months ago most were placed, and which part of all

# One row an order: when, how it went, for how much. `luck` decides; the last month has orders in every state.
_PLAN = """
CREATE TABLE bench_plan AS
WITH months AS (
    SELECT ago, date_trunc('month', now()) - make_interval(months => ago) AS start,
           CASE WHEN ago = %(peak_ago)s THEN %(peak)s ELSE (1 - %(peak)s) / (%(months)s - 1) END * %(count)s AS share
    FROM generate_series(0, %(months)s - 1) ago
), raw AS (
    SELECT ago, start + (LEAST(start + interval '1 month', now()) - start) * (k / ceil(share)) AS placed_at,
           random() AS luck, random() AS pay, random() AS size, (random() * 200000)::int AS who
    FROM months, generate_series(0, ceil(share)::int - 1) k
), told AS (
    SELECT *, row_number() OVER (ORDER BY placed_at) AS n FROM raw ORDER BY placed_at LIMIT %(count)s
)
SELECT n, ago, placed_at, who, pay, 1 + (size * 3)::int AS lines,
       bench_key(placed_at, n) AS id, (3000 + (size * 20000)::int)::bigint AS total,
       CASE WHEN ago > 0 OR luck < 0.3 THEN
                CASE WHEN luck < 0.06 THEN 'cancelled' WHEN luck < 0.08 THEN 'refunded'
                     WHEN luck < 0.10 THEN 'returned' ELSE 'delivered' END
            WHEN luck < 0.31 THEN 'pending' WHEN luck < 0.35 THEN 'payment_pending'
            WHEN luck < 0.36 THEN 'payment_review' WHEN luck < 0.5 THEN 'payment_confirmed'
            WHEN luck < 0.65 THEN 'processing' WHEN luck < 0.75 THEN 'ready_to_ship' ELSE 'shipped' END AS status
FROM told
"""
_KEY = """
CREATE OR REPLACE FUNCTION bench_key(at timestamptz, n bigint, salt int DEFAULT 0) RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' ||
              substr(md5(n::text || ':' || salt::text), 1, 3) || '8' ||
              substr(md5(n::text || ':' || salt::text), 4, 15))::uuid $$
"""
_PAID = "status NOT IN ('pending', 'payment_pending', 'payment_review', 'cancelled')"
_SENT = "status IN ('shipped', 'delivered', 'returned')"
# A quarter of all orders goes to one surname, the others to tens of thousands, without digits as names are.
_ADDRESS = """'{"first_name": "Ada", "address1": "1 Analytical Way", "city": "Springfield",
               "state": "IL", "postal_code": "62701", "country": "US"}'::jsonb || jsonb_build_object('last_name',
               CASE who %% 4 WHEN 0 THEN 'Lovelace'
                    ELSE initcap(translate(who::text, '0123456789', 'aeioulnrst')) END)"""
_PROVIDER = "CASE WHEN pay < 0.8 THEN 'stripe' WHEN pay < 0.95 THEN 'paypal' ELSE 'bank_transfer' END"
_NUMBER = "'ORD-' || to_char(placed_at, 'YYYY') || lpad(n::text, 7, '0')"
_STEPS = {
    "place": ("", "pending", "true"),
    "initiate_payment": ("pending", "payment_pending", "status <> 'pending'"),
    "payment_success": ("payment_pending", "payment_confirmed", _PAID),
    "start_fulfillment": ("payment_confirmed", "processing", f"{_SENT} OR status IN ('processing', 'ready_to_ship')"),
    "items_picked": ("processing", "ready_to_ship", f"{_SENT} OR status = 'ready_to_ship'"),
    "package_dispatched": ("ready_to_ship", "shipped", _SENT),
    "delivery_confirmed": ("shipped", "delivered", "status IN ('delivered', 'returned')"),
    "return_received": ("delivered", "returned", "status = 'returned'"),
    "cancel": ("payment_pending", "cancelled", "status = 'cancelled'"),
    "refund": ("payment_confirmed", "refunded", "status = 'refunded'"),
}  # fmt: skip


_TAKEN = f"CASE WHEN {_PAID} THEN CASE WHEN pay > 0.999 THEN total - 100 ELSE total END ELSE 0 END"
_GIVEN_BACK = (
    "CASE WHEN status IN ('refunded', 'returned') AND pay <= 0.999 THEN total WHEN pay BETWEEN "
    f"0.98 AND 0.99 AND {_PAID} AND status NOT IN ('refunded', 'returned') THEN 500 "
    "WHEN status IN ('refunded', 'returned') THEN total - 100 ELSE 0 END"
)
_Table = tuple[type[Model], str, dict[str, str]]


def _tables() -> Iterator[_Table]:
    """Model, where its rows come from (with the plan's columns), and the SQL of the columns that matter."""
    yield from _orders()
    yield from _money()
    yield from _parcels()
    yield from _papers_and_returns()


def _orders() -> Iterator[_Table]:
    plan, lines = "bench_plan", "bench_plan CROSS JOIN LATERAL generate_series(1, lines) position"
    yield Order, plan, {
        "id": "id", "number": _NUMBER, "status": "status", "currency": "'USD'", "placed_at": "placed_at",
        "updated_at": "placed_at + interval '3 days'", "email": "'shopper' || who || '@example.com'",
        "customer_id": "CASE WHEN who %% 3 > 0 THEN bench_key('2020-01-01', who) END", "access_key": "md5(n::text)",
        "shipping_address": _ADDRESS, "billing_address": _ADDRESS, "delivery_name": "'Standard'",
        "delivery_option": "'standard'", "idempotency_key": "'bench-' || n", "subtotal_minor": "total - 500",
        "shipping_minor": "500", "total_minor": "total",
        "captured_minor": _TAKEN,
        "secured_minor": _TAKEN,
        "allowed_minor": "CASE WHEN status IN ('refunded', 'returned') THEN total WHEN pay BETWEEN 0.98 AND 0.99 "
                         f"AND {_PAID} THEN 500 ELSE 0 END",
        "refunded_minor": _GIVEN_BACK,
        "payment_state": "CASE WHEN status IN ('refunded', 'returned') THEN 'refunded' WHEN status = 'cancelled' THEN "
                         f"'voided' WHEN NOT ({_PAID}) THEN 'due' WHEN pay > 0.999 THEN 'partly_paid' "
                         "WHEN pay BETWEEN 0.98 AND 0.99 THEN 'partly_refunded' ELSE 'paid' END",
        "fulfilment_state": "CASE status WHEN 'delivered' THEN 'delivered' WHEN 'returned' THEN 'returned' "
                            "WHEN 'shipped' THEN 'shipped' WHEN 'ready_to_ship' THEN 'picked' ELSE 'unfulfilled' END",
    }  # fmt: skip
    yield OrderLine, lines, {
        "id": "bench_key(placed_at, n, position)", "order_id": "id", "position": "position",
        "product_id": "bench_key('2020-02-01', (n * 7 + position) %% 5000)", "name": "'Thing ' || (n %% 5000)",
        "variant_id": "bench_key('2020-03-01', (n * 7 + position) %% 5000)",
        "sku": "'SKU-' || (n * 7 + position) %% 5000",
        "options": """'{"Colour": "Blue"}'::jsonb""", "quantity": "1", "unit_price_minor": "(total - 500) / lines",
        "total_minor": "(total - 500) / lines", "shipping_minor": "CASE position WHEN 1 THEN 500 ELSE 0 END",
    }  # fmt: skip
    for place, (trigger, (source, target, when)) in enumerate(_STEPS.items(), start=1):
        yield OrderStep, f"(SELECT * FROM bench_plan WHERE {when}) plan", {
            "id": f"bench_key(placed_at, n, {place} + 20)", "order_id": "id", "position": str(place),
            "trigger": f"'{trigger}'", "from_status": f"'{source}'", "to_status": f"'{target}'", "actor": "'system'",
            "at": f"placed_at + interval '{place} hours'",
        }  # fmt: skip


def _money() -> Iterator[_Table]:
    yield Payment, "(SELECT * FROM bench_plan WHERE status <> 'pending') plan", {
        "id": "bench_key(placed_at, n, 40)", "order_id": "id", "provider": _PROVIDER, "amount_minor": "total",
        "currency": "'USD'", "reference": "'pi_' || md5(n::text)", "created_at": "placed_at",
        "status": "CASE WHEN status IN ('refunded', 'returned') THEN 'refunded' WHEN status = 'cancelled' THEN "
                  f"'cancelled' WHEN {_PAID} THEN 'paid' ELSE 'action_required' END",
        "authorised_minor": f"CASE WHEN {_PAID} THEN total ELSE 0 END",
        "captured_minor": _TAKEN,
        "refunded_minor": _GIVEN_BACK,
    }  # fmt: skip
    for place, kind in enumerate(("authorised", "captured"), start=41):
        yield PaymentEvent, f"(SELECT * FROM bench_plan WHERE {_PAID}) plan", {
            "id": f"bench_key(placed_at, n, {place})", "payment_id": "bench_key(placed_at, n, 40)", "order_id": "id",
            "kind": f"'{kind}'", "reference": "'ch_' || md5(n::text)", "amount_minor": "total", "currency": "'USD'",
            "source": "'charge'", "at": "placed_at",
        }  # fmt: skip
    yield Refund, "(SELECT * FROM bench_plan WHERE status IN ('refunded', 'returned')) plan", {
        "id": "bench_key(placed_at, n, 45)", "payment_id": "bench_key(placed_at, n, 40)", "order_id": "id",
        "amount_minor": "total - 100", "status": "'done'", "reference": "'re_' || md5(n::text)", "actor": "'staff:1'",
        "created_at": "placed_at + interval '5 days'",
    }  # fmt: skip


def _parcels() -> Iterator[_Table]:
    parcels = f"(SELECT * FROM bench_plan WHERE {_SENT} OR status IN ('processing', 'ready_to_ship')) plan"
    yield Shipment, parcels, {
        "id": "bench_key(placed_at, n, 50)", "order_id": "id", "number": f"{_NUMBER} || '-1'", "carrier": "'UPS'",
        "status": "CASE status WHEN 'shipped' THEN 'shipped' WHEN 'processing' THEN 'open' WHEN 'ready_to_ship' "
                  "THEN 'picked' ELSE 'delivered' END",
        "tracking_number": f"CASE WHEN {_SENT} THEN '1Z' || lpad(n::text, 16, '0') ELSE '' END",
        "created_at": "placed_at", "shipped_at": f"CASE WHEN {_SENT} THEN placed_at + interval '1 day' END",
    }  # fmt: skip
    yield ShipmentLine, f"{parcels} CROSS JOIN LATERAL generate_series(1, lines) position", {
        "id": "bench_key(placed_at, n, 60 + position)", "shipment_id": "bench_key(placed_at, n, 50)", "order_id": "id",
        "order_line_id": "bench_key(placed_at, n, position)", "quantity": "1",
    }  # fmt: skip
    yield TrackingEvent, "(SELECT * FROM bench_plan WHERE status IN ('delivered', 'returned')) plan", {
        "id": "bench_key(placed_at, n, 70)", "shipment_id": "bench_key(placed_at, n, 50)", "order_id": "id",
        "code": "'delivered'", "at": "placed_at + interval '3 days'", "source": "'ups'", "event_id": "'ev-' || n",
    }  # fmt: skip


def _papers_and_returns() -> Iterator[_Table]:
    yield Document, f"(SELECT * FROM bench_plan WHERE {_PAID}) plan", {
        "id": "bench_key(placed_at, n, 80)", "kind": "'invoice'", "series": "'INV'", "position": "n",
        "year": "extract(year FROM placed_at)", "number": "'INV-' || to_char(placed_at, 'YYYY') || '-' || n",
        "order_id": "id", "order_number": _NUMBER, "issued_at": "placed_at", "issued_on": "placed_at::date",
        "currency": "'USD'", "net_minor": "total", "tax_minor": "0", "gross_minor": "total", "content": "'{}'::jsonb",
    }  # fmt: skip
    returned = "(SELECT * FROM bench_plan WHERE status = 'returned') plan"
    yield Return, returned, {
        "id": "bench_key(placed_at, n, 90)", "number": "'RET-' || to_char(placed_at, 'YYYY') || n", "order_id": "id",
        "status": "'settled'", "key": "'bench-' || n", "actor": "'guest'", "created_at": "placed_at",
    }  # fmt: skip
    yield ReturnLine, returned, {
        "id": "bench_key(placed_at, n, 91)", "parent_id": "bench_key(placed_at, n, 90)", "order_id": "id",
        "order_line_id": "bench_key(placed_at, n, 1)", "position": "1", "quantity": "1", "reason": "'changed_mind'",
        "condition": "'unopened'",
    }  # fmt: skip
    yield ReturnUnit, returned, {
        "id": "bench_key(placed_at, n, 92)", "parent_id": "bench_key(placed_at, n, 90)", "order_id": "id",
        "order_line_id": "bench_key(placed_at, n, 1)", "line_id": "bench_key(placed_at, n, 91)", "number": "1",
        "position": "1", "reception": "'received'",
    }  # fmt: skip


def fill(count: int) -> None:
    """Write `count` orders with all that belongs to them, unless they are there; prints what and how fast."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_plan')")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT count(*) FROM bench_plan")
            if cursor.fetchone()[0] == count:
                return
            raise SystemExit("Another number of orders is here: drop the database first (make bench keeps it).")
        began = time.monotonic()
        cursor.execute("SET session_replication_role = replica")  # what is written is consistent by its making
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_KEY)
        cursor.execute(_PLAN, {"count": count, "months": MONTHS, "peak_ago": PEAK_AGO, "peak": PEAK})
        rows = sum(_write(cursor, *table) for table in _tables())
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    print(f"{count:,} orders, {rows:,} rows in {time.monotonic() - began:.0f} s.", flush=True)


def _write(cursor: Any, model: type[Model], source: str, columns: dict[str, str]) -> int:
    """Fill a table; columns that are not named get what the ORM would give them."""
    values = dict(columns)
    for field in model._meta.concrete_fields:
        if field.column not in values and not field.null and not field.has_db_default():
            values[field.column] = _plain(field.get_default())
    names = ", ".join(f'"{name}"' for name in values)
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(values.values())} FROM {source}'.replace(
            "%%", "%"
        )
    )
    return int(cursor.rowcount)


def _plain(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "'{}'::jsonb" if isinstance(value, dict) else "'[]'::jsonb"
    return str(value).lower() if isinstance(value, (bool, int)) else f"'{value or ''}'"
