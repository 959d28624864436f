"""What customers who agreed to it look at, and what is for them. Without consent nothing is kept, and nothing made.

Opens its own transactions.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from catalog.recommendations import selectors, taste
from catalog.recommendations.models import Profile, View
from shop.accounts import selectors as accounts
from shop.core import db

AGAIN = timedelta(minutes=30)  # the same product looked at once more says nothing new
BATCH = 200


def look(*, customer_id: UUID, product_id: UUID, device: str) -> bool:
    """A customer looks at a product. Whether that is kept: they agreed, and did not look at it just now."""
    if not may_profile(customer_id):
        return False
    mine = View.objects.filter(customer_id=customer_id)
    with transaction.atomic(using=db.CATALOG):
        if mine.filter(product_id=product_id, seen_at__gt=Now() - AGAIN).exists():
            return False
        View.objects.create(customer_id=customer_id, product_id=product_id, device=device)
        Profile.objects.bulk_create(
            [Profile(customer_id=customer_id)],
            update_conflicts=True,
            unique_fields=["customer_id"],
            update_fields=["is_stale"],
        )
    return True


def may_profile(customer_id: UUID) -> bool:
    """Whether a customer agrees, now, to suggestions from what they look at and buy."""
    return accounts.preferences_of(customer_id).has_profiling_consent


def follow_consent(*, customer_id: UUID) -> None:
    """Make a profile of a customer who agrees, and keep nothing of one who does not."""
    if may_profile(customer_id):
        Profile.objects.bulk_create([Profile(customer_id=customer_id)], ignore_conflicts=True)
        refresh(customer_id=customer_id)
    else:
        forget(customer_id=customer_id)


def forget(*, customer_id: UUID) -> None:
    """Keep nothing of what a customer looked at or likes."""
    with transaction.atomic(using=db.CATALOG):
        View.objects.filter(customer_id=customer_id).delete()
        Profile.objects.filter(customer_id=customer_id).delete()


def refresh_stale() -> int:
    """Make the profiles anew of those who have done something since. How many."""
    stale = list(Profile.objects.filter(is_stale=True).order_by("customer_id").values_list("pk", flat=True)[:BATCH])
    for customer_id in stale:
        refresh(customer_id=customer_id)
    return len(stale)


def refresh(*, customer_id: UUID) -> None:
    """Make a customer's profile anew, and what is for them; without consent both go."""
    if not may_profile(customer_id):
        return forget(customer_id=customer_id)
    row = Profile.objects.filter(pk=customer_id)
    row.update(is_stale=False)  # first: what is done from now on makes it stale again
    liked, ranked = taste.of(customer_id, without=selectors.owned(customer_id))
    row.update(
        features=liked.as_json(),
        product_ids=[key for key, _score in ranked],
        scores=[value for _key, value in ranked],
        made_at=Now(),
    )
    return None
