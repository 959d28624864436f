"""What a merchant makes bundles of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models import Max, Q, QuerySet

from catalog.bundles.models import BundlePart
from inventory.stock import rules as counting
from inventory.stock import services as stock
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


def note_parts(product_ids: Iterable[UUID]) -> None:
    """See that one hears of the stock of what these products consist of, and of theirs as parts, before it is too
    little for a bundle, or for as many as shoppers are told the number of. May be repeated.
    """
    ids = list(product_ids)
    _note(BundlePart.objects.filter(Q(bundle__product_id__in=ids) | Q(component__product_id__in=ids)))


def note_all_parts() -> None:
    """As `note_parts`, for every bundle there is."""
    _note(BundlePart.objects.all())


def _note(parts: QuerySet[BundlePart]) -> None:
    needed = parts.order_by().values_list("component").annotate(Max("quantity"))
    stock.tell_below({component: units * counting.COUNTED for component, units in needed})


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
