"""The commands for what of a stock item may be promised beyond the units on hand, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from inventory.stock import ledger, locking, rules
from inventory.stock.models import StockItem, StockPolicy
from shop.audit import services as audit
from shop.core import db

_SMALL = 32_767  # fits the column


class Promised(Exception):
    """A backorder limit is to fall below what has been promised on it."""


def set_limits(
    *,
    stock_item_id: UUID,
    low_stock_threshold: int,
    backorder_limit: int,
    is_preorder: bool = False,
    expected_on: date | None = None,
    orders_until: datetime | None = None,
    by: str,
) -> None:
    """When the item counts as low, and how many units beyond those on hand may be sold (both ≥ 0).

    Such units are backorders or pre-orders, leave the house on `expected_on` (None: nobody knows) and are sold until
    `orders_until` (aware; None: without end). Raises `BadQuantity`, `UnknownStockItem`, `Promised` (more than
    `backorder_limit` are sold already).
    """
    rules.check(low_stock_threshold)
    rules.check(backorder_limit)
    limits = {
        "low_stock_threshold": low_stock_threshold,
        "backorder_limit": backorder_limit,
        "is_preorder": is_preorder,
        "expected_on": expected_on,
        "orders_until": orders_until,
    }
    with transaction.atomic(using=db.INVENTORY):
        items, item = locking.item(stock_item_id)
        if backorder_limit < item.backorder_limit and item.reserved + item.allocated > item.on_hand + backorder_limit:
            raise Promised(item.sku)
        is_over = orders_until is not None and orders_until <= item.moment
        ledger.set_limits(items, item, {**limits, "has_closed": is_over})
        audit.record(
            action="stock.set_limits",
            by=by,
            object_type="stock_item",
            object_id=item.id,
            changes=_plain(limits),
            using=db.INVENTORY,
        )


def tell_below(units: Mapping[UUID, int]) -> None:
    """See that of these variants every change of what is left below so many units is told of; never fewer than were
    asked for before. A variant without stock has nothing to tell of.
    """
    wanted = {key: min(count, _SMALL) for key, count in units.items() if count > rules.COUNTED}
    known = StockItem.objects.using(db.INVENTORY).filter(variant_id__in=wanted).values_list("variant_id", "told_below")
    short = {key for key, told_below in known if told_below < wanted[key]}
    if not short:
        return
    with transaction.atomic(using=db.INVENTORY):
        for item in locking.items_of(short):
            if item.told_below < wanted[item.variant_id]:
                item.told_below = wanted[item.variant_id]
                item.save(using=db.INVENTORY, update_fields=["told_below"])


def close_orders(limit: int = 500) -> int:
    """Tell of up to `limit` items that nothing beyond the units on hand is sold any more; returns how many.

    Nothing depends on when this runs: the moment itself decides what may be promised. Pages and lists follow it.
    """
    due = StockItem.objects.using(db.INVENTORY).filter(orders_until__lte=Now(), has_closed=False)
    closed = 0
    for key in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic(using=db.INVENTORY):
            items, item = locking.item(key)
            if item.has_closed or item.orders_until is None or item.orders_until > item.moment:
                continue
            ledger.close_orders(items, item)
            closed += 1
    return closed


def choose_strategy(*, strategy: str, by: str) -> None:
    """Take units for orders by this `StockPolicy.Strategy` from now on. Raises `ValueError` for any other word."""
    chosen = StockPolicy.Strategy(strategy)
    with transaction.atomic(using=db.INVENTORY):
        StockPolicy.objects.using(db.INVENTORY).update_or_create(pk=1, defaults={"strategy": chosen})
        audit.record(
            action="stock.choose_strategy",
            by=by,
            object_type="stock_policy",
            object_id="1",
            changes={"strategy": chosen.value},
            using=db.INVENTORY,
        )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dates and moments as text, for the audit."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
