"""Every row lock of the reviews. Who locks a product and its review locks the product first."""

from __future__ import annotations

from uuid import UUID

from catalog.reviews.models import Review


def review(review_id: UUID) -> Review:
    """The review, locked until the transaction ends; votes on it may be written meanwhile, not counted. Raises
    `Review.DoesNotExist`."""
    return Review.objects.select_for_update(no_key=True).get(pk=review_id)
