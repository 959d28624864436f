"""What a merchant lets products ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from catalog.customizations.models import CustomField
from shop.audit import services as audit
from shop.core import db

# what a field says, but for whose it is and where it stands
FACTS = ("code", "name", "kind", "help_text", "choices", "max_length", "is_required", "is_final_sale", "prices")


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


def set_fields(*, product_id: UUID, fields: Sequence[CustomField], by: str) -> None:
    """Make a product ask `fields` (rows that are not stored, whose product is set here), in this order, and nothing
    else of its own. Nothing happens if it does.
    """
    for place, field in enumerate(fields):
        field.product_id, field.position = product_id, place
    with transaction.atomic(using=db.CATALOG):
        known = {row.code: row for row in CustomField.objects.filter(product=product_id)}
        if [_facts(row) for row in sorted(known.values(), key=lambda row: row.position)] == [*map(_facts, fields)]:
            return
        CustomField.objects.filter(product=product_id).delete()
        CustomField.objects.bulk_create(fields)
        audit.record(
            action="product.custom_fields", by=by, object_type="product", object_id=product_id, using=db.CATALOG,
            changes={"saved": sorted(row.code for row in fields),
                     "deleted": sorted(known.keys() - {row.code for row in fields})},
        )  # fmt: skip


def _facts(row: CustomField) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in FACTS)
