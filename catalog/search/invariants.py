"""Whether the projection that lists and searches read agrees with its sources: I12."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.db import connections

from catalog.bundles import selectors as bundles
from catalog.search import indexing, sync
from catalog.search.engine import EngineDown
from inventory.reservations import selectors as reservations
from shop.core import db, invariants
from shop.core.invariants import Check, Skipped
from shop.events.models import Delivery

BATCH = 500
_SUBSCRIBERS = "catalog.search.receivers."

_PRICES: tuple[Check, ...] = (
    (
        "product {0}: listed at {1} in {2}, its listing price is {3}",
        """
        SELECT listing.product_id, listing.price_minor, listing.currency, price.amount_minor
        FROM catalog_listing listing
        LEFT JOIN catalog_listingprice price ON price.product_id = listing.product_id
              AND price.currency = listing.currency AND price.price_list = listing.price_list
        WHERE listing.is_sellable AND listing.price_minor IS DISTINCT FROM price.amount_minor
           OR NOT listing.is_sellable AND price.id IS NOT NULL
              AND EXISTS (SELECT FROM catalog_variant variant
                          WHERE variant.product_id = listing.product_id AND variant.is_active)
        """,
    ),
)
_STOCK = """
    SELECT listing.product_id, listing.is_in_stock, array_agg(variant.id)
    FROM catalog_listing listing JOIN catalog_variant variant USING (product_id)
    WHERE variant.is_active GROUP BY listing.id
"""


def listed() -> list[str]:
    """I12: every active product is listed with its price and whether it is in stock, and no other is.

    While events for the index wait, a difference may be theirs. Raises `Skipped` then: I10 watches those.
    """
    found = [*_set(), *invariants.sentences(db.CATALOG, _PRICES), *_in_stock()]
    waiting = sum(
        Delivery.objects.using(alias).filter(subscriber__startswith=_SUBSCRIBERS, status="pending").count()
        for alias in db.databases()
    )
    if found and waiting:
        raise Skipped(f"{waiting} events for the index are not heard yet")
    return found


def elasticsearch() -> list[str]:
    """I12: Elasticsearch holds what the shop lists, in its present version. Raises `Skipped` while changes wait."""
    if not settings.ELASTICSEARCH_URL:
        raise Skipped("this shop has no Elasticsearch: it searches in PostgreSQL")
    try:
        found = [_said(one) for one in sync.differences()]
    except EngineDown as down:
        raise Skipped(f"Elasticsearch does not answer: {down}") from down
    if found and (waiting := sync.waiting()):
        raise Skipped(f"{waiting} changes are not sent to Elasticsearch yet")
    return found


def _said(one: sync.Difference) -> str:
    if one.copied is None:
        return f"listing {one.key} is not in Elasticsearch"
    if one.listed is None:
        return f"listing {one.key} is in Elasticsearch, but not listed"
    return f"listing {one.key} has version {one.listed}, in Elasticsearch {one.copied}"


def _set() -> Iterator[str]:
    missing, stale = indexing.drift()
    for product_id in sorted(missing):
        yield f"product {product_id} is active, but not listed in all of its currencies"
    for product_id in sorted(stale):
        yield f"product {product_id} is listed, but not active, or without a price in a currency"


def _in_stock() -> Iterator[str]:
    unswept = reservations.counts()["expired"] > 0  # their units are free already, which lists hear with the sweep
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_STOCK)
        while rows := cursor.fetchmany(BATCH):
            yield from _differences(rows, unswept)


def _differences(rows: Sequence[tuple[UUID, bool, list[UUID]]], unswept: bool) -> Iterator[str]:
    units = bundles.available([variant for _product, _listed, variants in rows for variant in variants])
    for product_id, is_listed, variants in rows:
        available = sum(units[variant] for variant in variants)
        if is_listed != (available > 0) and not (unswept and available):
            said = "in stock" if is_listed else "sold out"
            yield f"product {product_id} is listed as {said}, {available} units are available"
