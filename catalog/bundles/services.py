"""What a merchant makes bundles of."""

from __future__ import annotations

from collections.abc import Mapping
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
        _alone()
        for row in formset.deleted_objects:
            row.delete()
        for row in changed:
            row.save()
        _finish(variant_id, product_id, by)


def set_parts(*, variant_id: UUID, product_id: UUID, parts: Mapping[UUID, int], by: str) -> None:
    """Make a variant consist of so many units of these variants, in this order, and of nothing else (none: it is no
    bundle). Nothing happens if it does. Raises `Nested`.
    """
    with transaction.atomic(using=db.CATALOG):
        _alone()
        known = list(BundlePart.objects.filter(bundle=variant_id).values_list("component", "quantity"))
        if known == list(parts.items()):
            return
        BundlePart.objects.filter(bundle=variant_id).delete()
        BundlePart.objects.bulk_create(
            BundlePart(bundle_id=variant_id, component_id=component, quantity=units, position=place)
            for place, (component, units) in enumerate(parts.items())
        )
        _finish(variant_id, product_id, by)


def _alone() -> None:
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _finish(variant_id: UUID, product_id: UUID, by: str) -> None:
    """See that no bundle is in another, and tell of the parts."""
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
