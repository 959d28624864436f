"""The merchant's rules, read and changed. What every product's page says of them each process keeps."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from catalog.products import selectors as products
from checkout.returns import rules
from checkout.returns.models import ReturnRule
from shop.audit import services as audit
from shop.core import cache, db


def policies() -> list[rules.Policy]:
    """The active rules, the one that is asked first at the top. One query."""
    return [policy_of(row) for row in ReturnRule.objects.filter(is_active=True)]


@cache.held(cache.RETURN_RULES)
def kept() -> list[rules.Policy]:
    """The same as they were when one was last changed: for what is told, not for what is decided. One query when this
    process has not seen them, else none."""
    return policies()


def forget() -> None:
    """Read them anew from now on, and make every page anew that tells of them."""
    cache.RETURN_RULES.delete()


def policy_of(row: ReturnRule) -> rules.Policy:
    """A row as the pure rules know it."""
    return rules.Policy(
        name=row.name,
        window_days=row.window_days,
        category=row.category_path,
        product_id=str(row.product_id or ""),
        product_type=row.product_type,
        is_final_sale=row.is_final_sale,
        conditions=tuple(row.conditions),
        is_automatic=row.approval == ReturnRule.Approval.AUTOMATIC,
        is_label_paid=row.label_paid_by == ReturnRule.Payer.SHOP,
        refunds_delivery=row.refunds_delivery,
    )


def items(product_ids: Iterable[UUID]) -> dict[UUID, rules.Item]:
    """What the rules look at of products; one that is not in the catalogue any more has neither type nor category."""
    wanted = list(product_ids)
    known = products.places(wanted)
    return {
        key: rules.Item(
            str(key), known[key].product_type if key in known else "", known[key].category if key in known else ""
        )
        for key in wanted
    }


def note_change(rule: ReturnRule, *, what: str, by: str) -> None:
    """Keep in the audit log that a rule was added, changed or deleted ("add", "change", "delete"); pages tell of it
    from the commit on."""
    transaction.on_commit(forget, using=db.DEFAULT)
    audit.record(
        action=f"return_rule.{what}", by=by, object_type="return_rule", object_id=rule.pk,
        changes={"name": rule.name, "position": rule.position, "window_days": rule.window_days,
                 "is_active": rule.is_active, "is_final_sale": rule.is_final_sale},
        using=db.DEFAULT,
    )  # fmt: skip
