"""Post, publish and reject reviews. Each opens its own transaction of the catalogue's database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Avg, Count

from catalog.products import locking
from catalog.products.models import Product, Variant
from catalog.reviews import selectors
from catalog.reviews.models import Purchase, Review
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

MAX_TITLE, MAX_BODY, MAX_AUTHOR = 150, 5000, 80


class BadReview(ValueError):
    """The review cannot be kept like this. `fields` says what is wrong, by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = dict(fields)


class AlreadyReviewed(Exception):
    """This customer has reviewed this product before, or somebody did for this order."""


def post(
    *,
    product_id: UUID,
    customer_id: UUID | None,
    author: str,
    rating: int,
    by: str,
    title: str = "",
    body: str = "",
    of: UUID | None = None,
) -> Review:
    """A customer's review (1 to 5 stars): published at once if he bought the product, else pending.

    `of`: what is spoken of, an order; of each there is one review of a product, whoever writes it.

    Raises `BadReview`, `AlreadyReviewed`, `Product.DoesNotExist` (also for what is not active).
    """
    _check(author, rating, title, body)
    with transaction.atomic(using=db.CATALOG):
        Product.objects.visible().only("pk").get(pk=product_id)
        bought = (
            customer_id is not None and Purchase.objects.filter(customer_id=customer_id, product_id=product_id).exists()
        )
        review = Review(
            id=selectors.key_of(of, product_id) if of else db.uuid7(),
            product_id=product_id,
            customer_id=customer_id,
            author=author.strip(),
            rating=rating,
            title=title.strip(),
            body=body.strip(),
            is_verified=bought,
        )
        try:
            with transaction.atomic(using=db.CATALOG):
                review.save(force_insert=True)
        except IntegrityError as error:
            raise AlreadyReviewed from error
        if bought:
            review = _set_status(review, Review.Status.PUBLISHED, by)
    return review


def publish(*, review_id: UUID, by: str) -> Review:
    """Show a review and count it."""
    return _moderate(review_id, Review.Status.PUBLISHED, by)


def reject(*, review_id: UUID, by: str) -> Review:
    """Do not show a review (any more)."""
    return _moderate(review_id, Review.Status.REJECTED, by)


def note_purchases(*, customer_id: UUID, variant_ids: Iterable[UUID]) -> None:
    """Remember that a customer bought the products of these variants; his reviews of them are verified from now on."""
    product_ids = Variant.objects.filter(pk__in=list(variant_ids)).values_list("product_id", flat=True).distinct()
    rows = [Purchase(customer_id=customer_id, product_id=product_id) for product_id in product_ids]
    Purchase.objects.bulk_create(rows, ignore_conflicts=True)


def rate(product_ids: Iterable[UUID]) -> None:
    """Compute the ratings of these products from their published reviews. Needs a transaction of the catalogue's
    database.
    """
    for product_id in sorted(set(product_ids)):
        locking.product(product_id)
        found = Review.objects.filter(product_id=product_id, status=Review.Status.PUBLISHED).aggregate(
            average=Avg("rating"), number=Count("id")
        )
        average = Decimal(str(found["average"] or 0)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        changed = Product.objects.filter(pk=product_id).exclude(rating_average=average, rating_count=found["number"])
        changed.update(rating_average=average, rating_count=found["number"])


def bring_in(*, reviews: Mapping[UUID, Sequence[Mapping[str, Any]]], by: str) -> int:
    """Publish reviews written elsewhere: per product, dictionaries of author, rating, title, body and days_ago.

    Products that have reviews are left alone. Returns how many were published. Raises `BadReview`.
    """
    now = db.clock(db.CATALOG)
    with transaction.atomic(using=db.CATALOG):
        have = set(Review.objects.filter(product_id__in=reviews).values_list("product_id", flat=True))
        made = []
        for product_id in sorted(reviews.keys() - have):
            for one in reviews[product_id]:
                texts = {name: one[name] for name in ("author", "rating", "title", "body")}
                _check(**texts)
                moment = now - timedelta(days=one["days_ago"])
                made.append(Review(product_id=product_id, status=Review.Status.PUBLISHED, created_at=moment, **texts))
        Review.objects.bulk_create(made, batch_size=1000)
        rate(review.product_id for review in made)
        for product_id in sorted({review.product_id for review in made}):
            changes = {"reviews": len(reviews[product_id])}
            audit.record(
                action="review.bring_in",
                by=by,
                object_type="product",
                object_id=product_id,
                changes=changes,
                using=db.CATALOG,
            )
            bus.publish(types.ProductChanged(product_id=product_id), using=db.CATALOG)
    return len(made)


def _moderate(review_id: UUID, status: str, by: str) -> Review:
    with transaction.atomic(using=db.CATALOG):
        product_id = Review.objects.values_list("product_id", flat=True).get(pk=review_id)
        locking.product(product_id)
        review = Review.objects.get(pk=review_id)
        if review.status != status:
            review = _set_status(review, status, by)
    return review


def _set_status(review: Review, status: str, by: str) -> Review:
    was_shown = review.status == Review.Status.PUBLISHED
    review.status = status
    review.save(update_fields=["status"])
    if was_shown or status == Review.Status.PUBLISHED:
        rate([review.product_id])
    changes = {"status": status, "product": str(review.product_id)}
    audit.record(
        action="review.moderate", by=by, object_type="review", object_id=review.pk, changes=changes, using=db.CATALOG
    )
    if status == Review.Status.PUBLISHED:
        bus.publish(types.ReviewPosted(product_id=review.product_id, review_id=review.pk), using=db.CATALOG)
    elif was_shown:
        bus.publish(types.ProductChanged(product_id=review.product_id), using=db.CATALOG)
    return review


def _check(author: str, rating: int, title: str, body: str) -> None:
    problems: dict[str, str] = {}
    if isinstance(rating, bool) or not isinstance(rating, int) or not 1 <= rating <= 5:
        problems["rating"] = "a whole number from 1 to 5"
    for name, text, longest in (("author", author, MAX_AUTHOR), ("title", title, MAX_TITLE), ("body", body, MAX_BODY)):
        if len(text) > longest or "\x00" in text:
            problems[name] = f"at most {longest} characters"
    if problems:
        raise BadReview(problems)
