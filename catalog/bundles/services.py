"""What a merchant makes bundles of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connections, transaction

from catalog.bundles.models import BundlePart
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

_LOCK = 0x62756E64  # of all changes of parts: two at once could make a bundle of a bundle


class Nested(Exception):
    """A bundle would have a bundle in it."""


def save_parts(*, formset: Any, variant_id: UUID, product_id: UUID, by: str) -> None:
    """Write what a table of a bundle's parts says (a valid formset that was saved with `commit=False`); lists follow.

    Raises `Nested` if another bundle was made meanwhile of what is in this one.
    """
    changed = [*formset.new_objects, *(row for row, _names in formset.changed_objects)]
    if not changed and not formset.deleted_objects:
        return
    with transaction.atomic(using=db.CATALOG):
        with connections[db.CATALOG].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for row in formset.deleted_objects:
            row.delete()
        for row in changed:
            row.save()
        components = BundlePart.objects.filter(bundle=variant_id).values("component")
        if BundlePart.objects.filter(bundle__in=components).exists() or (
            components.exists() and BundlePart.objects.filter(component=variant_id).exists()
        ):
            raise Nested
        parts = BundlePart.objects.filter(bundle=variant_id).values_list("component__sku", "quantity")
        audit.record(
            action="variant.parts", by=by, object_type="product", object_id=product_id, using=db.CATALOG,
            changes={"variant": str(variant_id), "parts": dict(parts)},
        )  # fmt: skip
        bus.publish(types.ProductChanged(product_id=product_id), using=db.CATALOG)
