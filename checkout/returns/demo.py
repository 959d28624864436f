"""Rules of returns for the demo's catalogue: one of each kind, so that a merchant sees what rules can say."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from checkout.returns import policies
from checkout.returns.models import Condition, ReturnRule
from shop.core import db

BY = "system"
_UNOPENED = [Condition.UNOPENED, Condition.BROKEN]
_LIKE_NEW = [Condition.UNOPENED, Condition.LIKE_NEW, Condition.BROKEN]
_PERSON, _SHOPPER = ReturnRule.Approval.PERSON, ReturnRule.Payer.SHOPPER
_BY_PERSON: dict[str, Any] = {"approval": _PERSON, "label_paid_by": _SHOPPER, "refunds_delivery": False}

# From the top; the rule that every shop begins with, 30 days for everything, stays the last.
RULES: tuple[dict[str, Any], ...] = (
    {"name": "Cards and prints are a final sale", "category_path": "books-paper/cards-prints", "is_final_sale": True},
    {"name": "Headphones, unopened", "category_path": "audio/headphones", "window_days": 14, "conditions": _UNOPENED},
    {"name": "Computers, unopened", "category_path": "computers-laptops", "window_days": 14, "conditions": _UNOPENED,
     **_BY_PERSON},
    {"name": "Furniture, picked up by appointment", "category_path": "home-lighting/furniture", "window_days": 14,
     "conditions": _LIKE_NEW, **_BY_PERSON},
    {"name": "Clothing, time to try it on", "category_path": "clothing", "window_days": 60, "conditions": _LIKE_NEW},
)  # fmt: skip


def load() -> int:
    """Add the demo's rules to a shop that has none but the one it began with; how many were added."""
    with transaction.atomic(using=db.DEFAULT):
        if list(ReturnRule.objects.values_list("name", flat=True)) != ["Everything"]:
            return 0  # somebody has made their own, or it is the second time
        for place, fields in enumerate(RULES, start=1):
            rule = ReturnRule.objects.create(position=10 * place, **fields)
            policies.note_change(rule, what="add", by=BY)
    return len(RULES)
