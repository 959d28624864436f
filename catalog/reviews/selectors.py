"""Published reviews of a product, a page at a time, and what moderators and authors see of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Q, QuerySet
from django.utils.translation import gettext as _

from catalog.products.models import Product
from catalog.reviews import photos
from catalog.reviews.models import REPORTS, Review, ReviewPhoto, ReviewVote
from catalog.reviews.rules import SORTS, STARS, Wish
from catalog.translations import selectors as translations
from shop.core import db, prepared

PER_PAGE = 10
ALL = Wish()


@dataclass(frozen=True)
class Photo:
    """A photo as pages show it: addresses, and the size in pixels of the large one."""

    id: UUID
    url: str
    small_url: str
    width: int
    height: int


@dataclass(frozen=True)
class Shown:
    """A review as people read it. `has_voted` and `is_own` are about who reads."""

    id: UUID
    rating: int
    title: str
    text: str
    author: str
    written_at: datetime
    edited_at: datetime | None
    is_verified: bool
    helpful: int
    photos: Sequence[Photo]
    reply: str
    replied_at: datetime | None
    has_voted: bool
    is_own: bool


@dataclass(frozen=True)
class Own:
    """A customer's own review, whatever its state; `reason`: why it is not shown."""

    id: UUID
    status: str
    reason: str
    rating: int
    title: str
    body: str
    author: str
    photos: Sequence[Photo]


@dataclass(frozen=True)
class Bar:
    """How many of the reviews gave this many stars."""

    stars: int
    count: int
    percent: int


@dataclass(frozen=True)
class Summary:
    """The rating of a product, from its published reviews; `photographed` of them have photos."""

    average: float
    count: int
    bars: Sequence[Bar]
    photographed: int


@dataclass(frozen=True)
class Reviewable:
    """A product that can be reviewed now."""

    id: UUID
    name: str
    slug: str
    url: str


def reviews_of(
    product_id: UUID, page: int = 1, per_page: int = PER_PAGE, *, wish: Wish = ALL, viewer: UUID | None = None
) -> list[Shown]:
    """The `page`-th page of those published reviews that are wished for. Two queries, one more for a `viewer`."""
    start = (max(1, page) - 1) * per_page
    rows = list(_wished(product_id, wish).order_by(*SORTS[wish.sort])[start : start + per_page])
    return _shown(rows, viewer)


def shown(review_id: UUID, viewer: UUID | None = None) -> Shown | None:
    """A published review of a product that can be seen."""
    rows = Review.objects.filter(pk=review_id, status=Review.Status.PUBLISHED)
    found = _shown(list(rows.exclude(product__status=Product.Status.DRAFT)), viewer)
    return found[0] if found else None


def place_of(review_id: UUID) -> str | None:
    """The slug of the product that a published review is about."""
    rows = Review.objects.filter(pk=review_id, status=Review.Status.PUBLISHED)
    return rows.values_list("product__slug", flat=True).first()


def count(product_id: UUID, wish: Wish) -> int:
    """How many published reviews are wished for."""
    return _wished(product_id, wish).count()


def summary(product_id: UUID) -> Summary | None:
    """Average, number and distribution; None without a published review. Two queries, of indexes alone."""
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED)
    numbers = dict(rows.values_list("rating").annotate(number=Count("id")).order_by())
    total = sum(numbers.values())
    if not total:
        return None
    average = sum(stars * number for stars, number in numbers.items()) / total
    bars = [Bar(stars, numbers.get(stars, 0), round(100 * numbers.get(stars, 0) / total)) for stars in STARS]
    return Summary(round(average, 2), total, bars, rows.filter(photo_count__gt=0).count())


def quoted(product_id: UUID) -> list[dict[str, Any]]:
    """The most helpful reviews with words as schema.org describes them, for search engines. One query."""
    return [
        {
            "@type": "Review",
            "reviewRating": {"@type": "Rating", "ratingValue": rating, "bestRating": 5},
            "author": {"@type": "Person", "name": author or _("A customer")},
            "datePublished": created_at.date().isoformat(),
            **({"name": title} if title else {}),
            "reviewBody": body,
        }
        for author, rating, title, body, created_at in _quoted(product_id)
    ]


_QUOTED = 3


@prepared.query
def _quoted(product_id: UUID) -> QuerySet[Review, tuple[str, int, str, str, datetime]]:
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED).exclude(body="")
    rows = rows.order_by(*SORTS["helpful"])
    return rows.values_list("author", "rating", "title", "body", "created_at")[:_QUOTED]


def reviewable(slug: str = "", product_id: UUID | None = None) -> Reviewable | None:
    """The product at this slug, or with this id, if it is sold: drafts and archived ones are not reviewed."""
    meant = Q(slug=slug) if product_id is None else Q(pk=product_id)
    found = Product.objects.visible().filter(meant).only("name", "slug").first()
    if found is None:
        return None
    name = translations.product_names([found.pk]).get(found.pk, found.name)
    return Reviewable(found.pk, name, found.slug, found.get_absolute_url())


def own(*, customer_id: UUID, product_id: UUID | None = None, review_id: UUID | None = None) -> Own | None:
    """What this customer says of a product, or the review with this id if it is his. Two queries."""
    meant = Q(pk=review_id) if review_id else Q(product_id=product_id)
    row = Review.objects.filter(meant, customer_id=customer_id).first()
    if row is None:
        return None
    pictures = photos_of([row.pk]).get(row.pk, [])
    return Own(row.pk, row.status, row.reason, row.rating, row.title, row.body, row.author, pictures)


def photos_of(review_ids: Iterable[UUID]) -> dict[UUID, list[Photo]]:
    """The photos of these reviews, whatever their state. One query."""
    found: dict[UUID, list[Photo]] = {}
    for row in ReviewPhoto.objects.filter(review_id__in=list(review_ids)).order_by("position", "id"):
        addresses = photos.url(row.name), photos.url(photos.small(row.name))
        found.setdefault(row.review_id, []).append(Photo(row.pk, *addresses, row.width, row.height))
    return found


def waiting() -> QuerySet[Review]:
    """What a moderator is asked to look at: new words, changed ones, and shown ones that were reported often."""
    return Review.objects.filter(Q(status=Review.Status.PENDING) | Q(report_count__gte=REPORTS))


def key_of(of: UUID, product_id: UUID) -> UUID:
    """The key of the only review of a product that an order may have."""
    return db.uuid7_of(of, product_id)


def reviewed(*, of: UUID, product_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these products that were reviewed for this order."""
    keys = {key_of(of, one): one for one in product_ids}
    return {keys[key] for key in Review.objects.filter(pk__in=keys).values_list("pk", flat=True)}


def rated(product_id: UUID) -> tuple[Decimal, int]:
    """Average, to two places, and number of the published reviews of a product."""
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED)
    found = rows.aggregate(average=Avg("rating"), number=Count("id"))
    return Decimal(str(found["average"] or 0)).quantize(Decimal("0.01"), ROUND_HALF_UP), found["number"]


def votes_on(review_id: UUID) -> int:
    return ReviewVote.objects.filter(review_id=review_id).count()


def _wished(product_id: UUID, wish: Wish) -> QuerySet[Review]:
    rows = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED)
    if wish.stars is not None:
        rows = rows.filter(rating=wish.stars)
    return rows.filter(photo_count__gt=0) if wish.with_photos else rows


def _shown(rows: Sequence[Review], viewer: UUID | None) -> list[Shown]:
    ids = [row.pk for row in rows]
    pictures: Mapping[UUID, Sequence[Photo]] = photos_of(ids)
    voted: set[UUID] = set()
    if viewer is not None:
        mine = ReviewVote.objects.filter(customer_id=viewer, review_id__in=ids)
        voted = set(mine.values_list("review_id", flat=True))
    return [
        Shown(
            id=row.pk, rating=row.rating, title=row.title, text=row.body, author=row.author or _("A customer"),
            written_at=row.created_at, edited_at=row.edited_at, is_verified=row.is_verified, helpful=row.helpful_count,
            photos=pictures.get(row.pk, ()), reply=row.reply, replied_at=row.replied_at, has_voted=row.pk in voted,
            is_own=viewer is not None and row.customer_id == viewer,
        )
        for row in rows
    ]  # fmt: skip
