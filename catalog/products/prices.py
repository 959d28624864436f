"""What variants cost, and the ready-made lowest price per product that lists show (`ListingPrice`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from catalog.products import rules
from catalog.products.models import ListingPrice, Price, Variant
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

_COLUMNS = ["amount_minor", "regular_minor", "has_range", "changes_at"]


class BadPrice(ValueError):
    """A price cannot be kept like this; the text says why."""


def set_price(
    *,
    variant_id: UUID,
    amount: Money,
    by: str,
    sale: Money | None = None,
    sale_starts_at: datetime | None = None,
    sale_ends_at: datetime | None = None,
    price_list: str = "default",
    min_quantity: int = 1,
) -> Price:
    """What one unit costs in `amount`'s currency, and its sale price between two moments (aware; None is open).

    Own transaction; publishes `PriceChanged`. Raises `BadPrice`, `Variant.DoesNotExist`.
    """
    check(amount, sale, sale_starts_at, sale_ends_at, min_quantity)
    with transaction.atomic(using=db.CATALOG):
        product_id = Variant.objects.values_list("product_id", flat=True).get(pk=variant_id)
        values = {
            "amount_minor": amount.minor,
            "sale_minor": sale.minor if sale else None,
            "sale_starts_at": sale_starts_at if sale else None,
            "sale_ends_at": sale_ends_at if sale else None,
        }
        price, _created = Price.objects.update_or_create(
            variant_id=variant_id,
            currency=amount.currency,
            price_list=price_list,
            min_quantity=min_quantity,
            defaults=values,
        )
        reprice([product_id])
        audit.record(
            action="price.set",
            by=by,
            object_type="variant",
            object_id=variant_id,
            changes={"amount": str(amount), "sale": str(sale) if sale else None, "price_list": price_list},
            using=db.CATALOG,
        )
        bus.publish(types.PriceChanged(product_id=product_id), using=db.CATALOG)
    return price


def remove_price(*, price_id: UUID, by: str) -> None:
    """The variant is no longer sold at this price row. Own transaction; publishes `PriceChanged`."""
    with transaction.atomic(using=db.CATALOG):
        price = Price.objects.select_related("variant").get(pk=price_id)
        product_id = price.variant.product_id
        price.delete()
        reprice([product_id])
        audit.record(
            action="price.remove",
            by=by,
            object_type="variant",
            object_id=price.variant_id,
            changes={"amount": str(Money(price.amount_minor, price.currency)), "price_list": price.price_list},
            using=db.CATALOG,
        )
        bus.publish(types.PriceChanged(product_id=product_id), using=db.CATALOG)


def reprice(product_ids: Iterable[UUID]) -> None:
    """Make the listing prices of these products agree with their variants' prices now, by the database's clock.

    Four statements whatever the number (a thousand at a time is fine). Publishes nothing: callers know why.
    """
    ids = list(dict.fromkeys(product_ids))
    if not ids:
        return
    with transaction.atomic(using=db.CATALOG):
        wanted = _listing_prices(ids, db.clock(db.CATALOG))
        kept = set(
            ListingPrice.objects.filter(product_id__in=ids).values_list("product_id", "currency", "price_list", "id")
        )
        stale = [row[3] for row in kept if row[:3] not in wanted]
        if stale:
            ListingPrice.objects.filter(pk__in=stale).delete()
        ListingPrice.objects.bulk_create(
            [
                ListingPrice(
                    product_id=product_id,
                    currency=currency,
                    price_list=price_list,
                    amount_minor=low.amount,
                    regular_minor=low.regular,
                    has_range=low.has_range,
                    changes_at=low.changes_at,
                )
                for (product_id, currency, price_list), low in wanted.items()
            ],
            update_conflicts=True,
            unique_fields=["product", "currency", "price_list"],
            update_fields=_COLUMNS,
        )


def refresh(limit: int = 500) -> int:
    """Reprice up to `limit` products whose sale has started or ended since; publishes `PriceChanged`. Returns how
    many.
    """
    with transaction.atomic(using=db.CATALOG):
        due = (
            ListingPrice.objects.filter(changes_at__lte=Now())
            .order_by("changes_at")
            .values_list("product_id", flat=True)
        )
        ids = list(dict.fromkeys(due[:limit]))
        reprice(ids)
        for product_id in ids:
            bus.publish(types.PriceChanged(product_id=product_id), using=db.CATALOG)
    return len(ids)


def _listing_prices(ids: Collection[UUID], moment: datetime) -> dict[tuple[UUID, str, str], rules.Lowest]:
    rows = Price.objects.filter(variant__product_id__in=ids, variant__is_active=True, min_quantity=1).values_list(
        "variant__product_id", "currency", "price_list", "amount_minor", "sale_minor", "sale_starts_at", "sale_ends_at"
    )
    grouped: dict[tuple[UUID, str, str], list[rules.Terms]] = defaultdict(list)
    for product_id, currency, price_list, amount, sale, starts, ends in rows:
        grouped[product_id, currency, price_list].append(rules.Terms(amount, sale, starts, ends))
    found = {key: rules.lowest(terms, moment) for key, terms in grouped.items()}
    return {key: low for key, low in found.items() if low is not None}


def terms_of(row: Any) -> rules.Terms:
    """A price row (or anything with its columns) as the pure rules take it."""
    return rules.Terms(row.amount_minor, row.sale_minor, row.sale_starts_at, row.sale_ends_at)


def check(
    amount: Money,
    sale: Money | None,
    starts: datetime | None = None,
    ends: datetime | None = None,
    min_quantity: int = 1,
) -> None:
    """Raises `BadPrice` for what cannot be a price."""
    if amount.minor < 0 or (sale is not None and sale.minor < 0):
        raise BadPrice("a price is not negative")
    if sale is not None and (sale.currency != amount.currency or sale.minor >= amount.minor):
        raise BadPrice("a sale price is in the same currency and below the price")
    if starts is not None and ends is not None and ends <= starts:
        raise BadPrice("a sale ends after it starts")
    if min_quantity < 1:
        raise BadPrice("a price counts from 1 unit or more")
