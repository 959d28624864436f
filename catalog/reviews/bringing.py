"""Reviews that were written elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from catalog.reviews import services
from catalog.reviews.models import Review, ReviewVote
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

Given = Mapping[str, Any]


def bring_in(*, reviews: Mapping[UUID, Sequence[Given]], by: str) -> int:
    """Publish reviews written elsewhere: per product, dictionaries of author, rating, title, body and days_ago, and
    perhaps helpful (how many found it so) and reply.

    Products that have reviews are left alone. Returns how many were published. Raises `BadReview`.
    """
    now = db.clock(db.CATALOG)
    with transaction.atomic(using=db.CATALOG):
        have = set(Review.objects.filter(product_id__in=reviews).values_list("product_id", flat=True))
        new = sorted(reviews.keys() - have)
        made = [_review(product_id, one, now) for product_id in new for one in reviews[product_id]]
        Review.objects.bulk_create(made, batch_size=1000)
        ReviewVote.objects.bulk_create(
            (  # by people of elsewhere, of whom nothing is known
                ReviewVote(review=review, customer_id=db.uuid7_of(review.pk, number))
                for review in made
                for number in range(review.helpful_count)
            ),
            batch_size=1000,
        )
        services.rate(review.product_id for review in made)
        for product_id in sorted({review.product_id for review in made}):
            _tell(product_id, len(reviews[product_id]), by)
    return len(made)


def _review(product_id: UUID, given: Given, now: datetime) -> Review:
    words = services.checked(**{name: given[name] for name in ("author", "rating", "title", "body")})
    written, answer = now - timedelta(days=given["days_ago"]), given.get("reply", "")
    review = Review(product_id=product_id, status=Review.Status.PUBLISHED, created_at=written, **words)
    review.helpful_count, review.reply = given.get("helpful", 0), answer
    review.replied_at = min(now, written + timedelta(days=1)) if answer else None
    return review


def _tell(product_id: UUID, number: int, by: str) -> None:
    audit.record(
        action="review.bring_in", by=by, object_type="product", object_id=product_id, changes={"reviews": number},
        using=db.CATALOG,
    )  # fmt: skip
    bus.publish(types.ProductChanged(product_id=product_id), using=db.CATALOG)
