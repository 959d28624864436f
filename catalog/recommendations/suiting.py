"""How well given products suit a customer (named in the setting SEARCH_SUITS)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from catalog.recommendations import behaviour, profiles, shelves, taste
from catalog.recommendations.models import Profile
from catalog.recommendations.profiles import Candidate, Features


def suits(customer_id: UUID, product_ids: Sequence[UUID]) -> dict[UUID, float]:
    """How well products suit a customer, as factors around 1, the less so the less is known of them; empty for one who
    has not agreed to that, or of whom nothing is known, and while shelves are shed. At most five queries.
    """
    if shelves.are_shed():
        return {}
    row = Profile.objects.filter(customer_id=customer_id).values_list("features", flat=True).first()
    if not row or not row.get("trust") or not behaviour.may_profile(customer_id):
        return {}
    liked = Features(**row)
    month = timezone.localtime().month
    facts = taste.facts_of(product_ids)
    scores = {key: profiles.score(Candidate(key, 1.0, one), liked, month) for key, one in facts.items()}
    mean = sum(scores.values()) / len(scores) if scores else 1.0
    return {key: 1 + liked.trust * (score / mean - 1) for key, score in scores.items()}
