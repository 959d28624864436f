"""Reads of bundles, and the stock of variants of which some may be bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef

from catalog.bundles.models import BundlePart
from inventory.stock import selectors as stock
from inventory.stock.rules import NOTHING, Availability

Parts = Mapping[UUID, int]  # units of each component in one bundle


def has_any(variant: str) -> Exists:
    """Whether a variant (the path to its id) is a bundle: for a query of variants."""
    return Exists(BundlePart.objects.filter(bundle=OuterRef(variant)))


def parts_of(variant_ids: Iterable[UUID]) -> Mapping[UUID, Parts]:
    """The parts of those of the variants that are bundles, in order. One query, none without variants."""
    ids = list(variant_ids)
    found: dict[UUID, dict[UUID, int]] = {}
    if ids:
        rows = BundlePart.objects.filter(bundle__in=ids).values_list("bundle_id", "component_id", "quantity")
        for bundle, component, quantity in rows:
            found.setdefault(bundle, {})[component] = quantity
    return found


def containing(variant_ids: Iterable[UUID]) -> list[UUID]:
    """The bundles that have any of these variants as a part."""
    rows = BundlePart.objects.filter(component__in=list(variant_ids))
    return list(rows.values_list("bundle_id", flat=True).distinct())


def composed(parts: Parts, have: Mapping[UUID, Availability]) -> Availability:
    """How many bundles the units of the parts make. Those that are not all there come when the last part does."""
    found = [(have.get(component, NOTHING), count) for component, count in parts.items()]
    units = min((one.units // count for one, count in found), default=0)
    on_hand = min((one.on_hand // count for one, count in found), default=0)
    late = [one for one, count in found if one.on_hand // count <= on_hand < one.units // count]
    dates = [one.expected_on for one in late if one.expected_on]
    return Availability(
        units, on_hand, any(one.is_preorder for one in late), max(dates) if late and len(dates) == len(late) else None
    )


def availability(variant_ids: Iterable[UUID], *, parts: Mapping[UUID, Parts] | None = None) -> dict[UUID, Availability]:
    """As `stock.availability`, also for bundles. `parts`: those of them, where they are known; else a query more."""
    return _with_bundles(variant_ids, parts, stock.availability)


def shown(variant_ids: Iterable[UUID], *, parts: Mapping[UUID, Parts] | None = None) -> dict[UUID, Availability]:
    """As `stock.shown`, also for bundles: for pages, never for a decision."""
    return _with_bundles(variant_ids, parts, stock.shown)


def available(variant_ids: Iterable[UUID], *, parts: Mapping[UUID, Parts] | None = None) -> dict[UUID, int]:
    """As `stock.available`, also for bundles."""
    return {key: have.units for key, have in availability(variant_ids, parts=parts).items()}


def _with_bundles(
    variant_ids: Iterable[UUID],
    parts: Mapping[UUID, Parts] | None,
    ask: Callable[[Iterable[UUID]], dict[UUID, Availability]],
) -> dict[UUID, Availability]:
    ids = list(dict.fromkeys(variant_ids))
    known = parts_of(ids) if parts is None else parts
    have = ask([component for key in ids for component in known.get(key, {key: 1})])
    return {key: composed(known[key], have) if key in known else have[key] for key in ids}
