"""Take note of what was bought, and of what was not after all. Each opens its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from catalog.products.models import Variant
from catalog.recommendations.models import PastOrder
from shop.core import db


@dataclass(frozen=True)
class Bought:
    """One paid order: its key, when, by whom (None: unknown), and the products."""

    id: UUID
    at: datetime
    customer_id: UUID | None
    product_ids: Sequence[UUID]


def note_orders(orders: Iterable[Bought]) -> int:
    """Keep past orders; those without a product, and those whose key is known, are left alone. How many are new.

    They are counted soon (`learning.count_new`).
    """
    rows = {
        one.id: PastOrder(
            id=one.id, bought_at=one.at, customer_id=one.customer_id, product_ids=list(dict.fromkeys(one.product_ids))
        )
        for one in orders
        if one.product_ids
    }
    with transaction.atomic(using=db.CATALOG):
        known = PastOrder.objects.filter(pk__in=rows).count()
        PastOrder.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return len(rows) - known


def note_order(*, order_id: UUID, at: datetime, customer_id: UUID | None, variant_ids: Iterable[UUID]) -> None:
    """Keep the products of these variants as bought in this order. Twice is once."""
    owners = Variant.objects.filter(pk__in=list(variant_ids)).order_by("product_id")
    products = list(owners.values_list("product_id", flat=True).distinct())
    note_orders([Bought(order_id, at, customer_id, products)])


def withdraw_order(*, order_id: UUID, at: datetime) -> None:
    """The order was cancelled. Also before it is heard that it was paid: it then counts for nothing from the start."""
    empty = PastOrder(id=order_id, bought_at=at, product_ids=[], is_withdrawn=True)
    with transaction.atomic(using=db.CATALOG):
        PastOrder.objects.bulk_create([empty], ignore_conflicts=True)
        PastOrder.objects.filter(pk=order_id, is_withdrawn=False).update(is_withdrawn=True)
