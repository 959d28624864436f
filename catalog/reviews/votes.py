"""What other customers say of a review: that it helps, or that it should not be there. Each once, and not the author.

Each opens its own transaction of the catalogue's database and locks the review, so that its counts stay exact.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F

from catalog.products import showing
from catalog.reviews import locking, selectors
from catalog.reviews.models import Review, ReviewReport, ReviewVote
from shop.audit import services as audit
from shop.core import db


class OwnReview(Exception):
    """Authors do not judge their own reviews."""


def vote(*, review_id: UUID, customer_id: UUID) -> int:
    """Find a review helpful; twice is once. Returns how many do. Raises `OwnReview`, `Review.DoesNotExist` (also for
    what is not shown)."""
    with transaction.atomic(using=db.CATALOG):
        review = _judged(review_id, customer_id)
        ReviewVote.objects.get_or_create(review_id=review_id, customer_id=customer_id)
        return _counted(review)


def unvote(*, review_id: UUID, customer_id: UUID) -> int:
    """Take it back; it does not matter if there was none. Returns how many find it helpful. Raises as `vote`."""
    with transaction.atomic(using=db.CATALOG):
        review = _judged(review_id, customer_id)
        ReviewVote.objects.filter(review_id=review_id, customer_id=customer_id).delete()
        return _counted(review)


def report(*, review_id: UUID, customer_id: UUID, by: str) -> bool:
    """Say that a review should not be there; False if this customer has said so before.

    It stays shown: a moderator is asked once `REPORTS` people have said so, so that nobody can silence another. Raises
    as `vote`.
    """
    with transaction.atomic(using=db.CATALOG):
        _judged(review_id, customer_id)
        _row, is_new = ReviewReport.objects.get_or_create(review_id=review_id, customer_id=customer_id)
        if is_new:
            Review.objects.filter(pk=review_id).update(report_count=F("report_count") + 1)
            audit.record(
                action="review.report", by=by, object_type="review", object_id=review_id, using=db.CATALOG
            )  # fmt: skip
        return is_new


def _judged(review_id: UUID, customer_id: UUID) -> Review:
    review = locking.review(review_id)
    if review.status != Review.Status.PUBLISHED:
        raise Review.DoesNotExist
    if review.customer_id == customer_id:
        raise OwnReview
    return review


def _counted(review: Review) -> int:
    """Pages that show it are told at once, and only they: of a vote nothing is searched for."""
    number = selectors.votes_on(review.pk)
    Review.objects.filter(pk=review.pk).update(helpful_count=number)
    transaction.on_commit(partial(showing.renew, [review.product_id]), using=db.CATALOG, robust=True)
    return number
