"""What the merchant wants to be shown first on a product's page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from catalog.products.models import Product
from catalog.recommendations.models import HandPicked
from shop.audit import services as audit
from shop.core import db

MOST = 20


class BadPicks(ValueError):
    """These products cannot stand on that one's page; the text says why."""


def pick(*, product_id: UUID, others: Sequence[UUID], by: str) -> None:
    """Show `others`, in this order, on the product's page, and nothing else that was picked before.

    Raises `BadPicks` for too many, for the product itself and for one that is none.
    """
    wanted = list(dict.fromkeys(others))
    with transaction.atomic(using=db.CATALOG):
        known = set(Product.objects.filter(pk__in=[product_id, *wanted]).values_list("pk", flat=True))
        if product_id in wanted or len(wanted) > MOST or not {product_id, *wanted} <= known:
            raise BadPicks(f"at most {MOST} other products")
        mine = HandPicked.objects.filter(product=product_id)
        if list(mine.values_list("other_id", flat=True)) == wanted:
            return
        mine.delete()
        HandPicked.objects.bulk_create(
            HandPicked(product_id=product_id, other_id=other, position=place) for place, other in enumerate(wanted, 1)
        )
        audit.record(
            action="product.pick",
            by=by,
            object_type="product",
            object_id=product_id,
            changes={"others": [str(other) for other in wanted]},
            using=db.CATALOG,
        )
