"""What a merchant lets products ask."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from shop.audit import services as audit
from shop.core import db


def save_fields(*, formset: Any, product_id: UUID, by: str) -> None:
    """Write what a table of a product's fields says (a valid formset that was saved with `commit=False`)."""
    changed = [*formset.new_objects, *(row for row, _names in formset.changed_objects)]
    if not changed and not formset.deleted_objects:
        return
    with transaction.atomic(using=db.CATALOG):
        for row in formset.deleted_objects:
            row.delete()
        for row in changed:
            row.save()
        audit.record(
            action="product.custom_fields", by=by, object_type="product", object_id=product_id, using=db.CATALOG,
            changes={"saved": sorted(row.code for row in changed),
                     "deleted": sorted(row.code for row in formset.deleted_objects)},
        )  # fmt: skip
