"""Published reviews of a product, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from catalog.reviews.models import Review
from shop.core import db

PER_PAGE = 10


@dataclass(frozen=True)
class Shown:
    """A review as people read it."""

    id: UUID
    rating: int
    title: str
    text: str
    author: str
    written_at: datetime
    is_verified: bool


@dataclass(frozen=True)
class Bar:
    """How many of the reviews gave this many stars."""

    stars: int
    count: int
    percent: int


@dataclass(frozen=True)
class Summary:
    """The rating of a product, from its published reviews."""

    average: float
    count: int
    bars: Sequence[Bar]


def reviews_of(product_id: UUID, page: int = 1, per_page: int = PER_PAGE) -> list[Shown]:
    """The `page`-th page of published reviews, newest first."""
    start = (max(1, page) - 1) * per_page
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED).order_by("-created_at", "-id")
    return [
        Shown(row.pk, row.rating, row.title, row.body, row.author or _("A customer"), row.created_at, row.is_verified)
        for row in rows[start : start + per_page]
    ]


def key_of(of: UUID, product_id: UUID) -> UUID:
    """The key of the only review of a product that an order may have."""
    return db.uuid7_of(of, product_id)


def reviewed(*, of: UUID, product_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these products that were reviewed for this order."""
    keys = {key_of(of, one): one for one in product_ids}
    return {keys[key] for key in Review.objects.filter(pk__in=keys).values_list("pk", flat=True)}


def summary(product_id: UUID) -> Summary | None:
    """Average, number and distribution; None without a published review."""
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED)
    numbers = dict(rows.values_list("rating").annotate(number=Count("id")).order_by())
    total = sum(numbers.values())
    if not total:
        return None
    average = sum(stars * number for stars, number in numbers.items()) / total
    bars = [Bar(stars, numbers.get(stars, 0), round(100 * numbers.get(stars, 0) / total)) for stars in range(5, 0, -1)]
    return Summary(round(average, 2), total, bars)
