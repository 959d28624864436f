"""How often promotions were used and what they took off, as their redemptions say: limited or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Sum

from cart.promotions.models import Redemption
from shop.core import cache, formats
from shop.core.money import Money


@dataclass(frozen=True, slots=True)
class Use:
    """By orders that stand, gifts at their price; one amount of each currency."""

    count: int = 0
    amounts: tuple[Money, ...] = field(default=())

    def __str__(self) -> str:
        return ", ".join(formats.money(one) for one in self.amounts)


NONE = Use()


def uses(promotion_ids: Collection[UUID]) -> dict[UUID, Use]:
    """Of those that were used at all. One query."""
    rows = Redemption.objects.filter(promotion__in=promotion_ids, returned_at__isnull=True)
    found: dict[UUID, Use] = {}
    sums = rows.order_by().values_list("promotion_id", "currency").annotate(Count("id"), Sum("amount_minor"))
    for key, currency, count, minor in sorted(sums, key=lambda one: one[1]):
        known = found.get(key, NONE)
        amounts = (Money(int(minor), currency),) if currency and minor else ()
        found[key] = Use(known.count + count, known.amounts + amounts)
    return found


def recent_uses(promotion_ids: Collection[UUID]) -> dict[UUID, Use]:
    """`uses` as they were at most a minute ago, for lists: a promotion may have been used a million times."""
    known: dict[UUID, Use] = {UUID(str(key)): use for key, use in cache.PROMOTION_USES.get_many(promotion_ids).items()}
    missing = [key for key in promotion_ids if key not in known]
    if missing:
        read = uses(missing)
        fresh = {key: read.get(key, NONE) for key in missing}
        cache.PROMOTION_USES.set_many(fresh)
        known |= fresh
    return known
