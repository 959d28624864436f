"""Take note of what was bought, and of what was not after all. Each opens its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from catalog.products.models import Variant
from catalog.recommendations import behaviour
from catalog.recommendations.models import PastOrder, Profile, View
from shop.core import db

FORGET_AFTER = timedelta(days=30)  # events come late by hours at most
KEEP_VIEWS = timedelta(days=30)


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
    rows = {one.id: _row(one) for one in orders if one.product_ids}
    with transaction.atomic(using=db.CATALOG):
        known = PastOrder.objects.filter(pk__in=rows).count()
        PastOrder.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return len(rows) - known


def note_order(*, order_id: UUID, at: datetime, customer_id: UUID | None, variant_ids: Iterable[UUID]) -> None:
    """Keep the products of these variants as bought in this order. Twice is once. A profile of the customer follows."""
    products = products_of(variant_ids)
    note_orders([Bought(order_id, at, customer_id, sorted(products.values()))])
    if customer_id is not None:
        Profile.objects.filter(pk=customer_id).update(is_stale=True)


def restore_orders(orders: Iterable[Bought]) -> None:
    """Make past orders what these are, which is the truth about them. `learning.rebuild` must follow: it mends how they
    were counted before."""
    rows = {one.id: _row(one) for one in orders}
    with transaction.atomic(using=db.CATALOG):
        PastOrder.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["bought_at", "customer_id", "product_ids", "is_withdrawn"],
        )


def _row(one: Bought) -> PastOrder:
    products = list(dict.fromkeys(one.product_ids))
    return PastOrder(id=one.id, bought_at=one.at, customer_id=one.customer_id, product_ids=products)


def withdraw_order(*, order_id: UUID, at: datetime) -> None:
    """The order was cancelled. Also before it is heard that it was paid: it then counts for nothing from the start."""
    empty = PastOrder(id=order_id, bought_at=at, product_ids=[], is_withdrawn=True)
    with transaction.atomic(using=db.CATALOG):
        PastOrder.objects.bulk_create([empty], ignore_conflicts=True)
        withdraw_orders(order_ids=[order_id])


def withdraw_orders(*, order_ids: Iterable[UUID]) -> None:
    """Those of these orders that are known were cancelled."""
    PastOrder.objects.filter(pk__in=list(order_ids), is_withdrawn=False).update(is_withdrawn=True)


def forget_withdrawn() -> None:
    """Take away what only says that an order was cancelled which nobody heard was paid: no word of it comes now."""
    empty = PastOrder.objects.filter(is_withdrawn=True, product_ids=[], bought_at__lt=Now() - FORGET_AFTER)
    empty.delete()


def forget_views() -> None:
    """Take away what customers looked at longer ago than that is kept."""
    View.objects.filter(seen_at__lt=Now() - KEEP_VIEWS).delete()


def forget_customer(*, customer_id: UUID) -> None:
    """Keep nothing that says who bought, looked at or likes what; the orders stay, as anybody's."""
    behaviour.forget(customer_id=customer_id)
    PastOrder.objects.filter(customer_id=customer_id).update(customer_id=None)


def products_of(variant_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The products of these variants, by variant; unknown ones are left out."""
    return dict(Variant.objects.filter(pk__in=list(variant_ids)).values_list("pk", "product_id"))
