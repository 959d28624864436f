"""Figures measured when Prometheus asks: outbox backlog, dead letters, reservations, payments by outcome."""

from __future__ import annotations

from django.db import connections
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from shop.core import db

_PER_DATABASE = {
    "shop_outbox_backlog": (
        "Deliveries not made yet",
        "SELECT count(*) FROM shop_delivery WHERE status = 'pending'",
    ),
    "shop_outbox_age_seconds": (
        "Age of the oldest delivery not made yet",
        "SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM shop_delivery WHERE status = 'pending'",
    ),
    "shop_dead_letters": (
        "Deliveries that failed for good",
        "SELECT count(*) FROM shop_delivery WHERE status = 'dead'",
    ),
}
_GROUPED = {
    "shop_reservations": (
        "Reservations open, and open though expired",
        "state",
        db.INVENTORY,
        "SELECT CASE WHEN expires_at > now() THEN 'open' ELSE 'expired' END, count(*) "
        "FROM inventory_reservation WHERE status = 'open' GROUP BY 1",
    ),
    "shop_search_changes": (
        "Changes that Elasticsearch is yet to hear of",
        "state",
        db.CATALOG,
        "SELECT 'waiting', count(*) FROM catalog_listingchange",
    ),
    "shop_checkout_line": (
        "Clicks on Pay in the waiting line of the checkout",
        "status",
        db.DEFAULT,
        "SELECT status, count(*) FROM checkout_queuedorder WHERE status IN ('waiting', 'working') GROUP BY 1",
    ),
    "shop_payments": (
        "Payments of the last day by outcome",
        "status",
        db.DEFAULT,
        "SELECT status, count(*) FROM checkout_payment WHERE created_at > now() - interval '1 day' GROUP BY 1",
    ),
}


def text() -> bytes:
    """All gauges in Prometheus' text format."""
    registry = CollectorRegistry()
    for name, (help_text, query) in _PER_DATABASE.items():
        gauge = Gauge(name, help_text, ["database"], registry=registry)
        for alias in db.databases():
            gauge.labels(alias).set(_rows(alias, query)[0][0])
    for name, (help_text, label, alias, query) in _GROUPED.items():
        gauge = Gauge(name, help_text, [label], registry=registry)
        for value, count in _rows(alias, query):
            gauge.labels(value).set(count)
    return generate_latest(registry)


def _rows(alias: str, query: str) -> list[tuple]:  # type: ignore[type-arg]
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
