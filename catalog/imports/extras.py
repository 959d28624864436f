"""What is written of rows beside the products themselves: what these ask of who buys them, what bundles consist of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from catalog.bundles import services as bundles
from catalog.customizations import services as customizing
from catalog.customizations.models import CustomField
from catalog.imports import selectors
from catalog.imports.build import combination
from catalog.imports.models import ImportedRow, ImportJob
from catalog.imports.rows import ProductRow
from catalog.products.models import Variant

Problem = tuple[int, str, str]  # row number, "error" or "warning", sentence
BATCH = 500


def set_fields(product_id: UUID, row: ProductRow, *, by: str, is_restored: bool = False) -> None:
    """Make the product ask what its row says, if it says anything; `is_restored`: also where that is nothing."""
    if row.customizations is not None or is_restored:
        fields = [CustomField(**{**asdict(one), "choices": list(one.choices)}) for one in row.customizations or ()]
        customizing.set_fields(product_id=product_id, fields=fields, by=by)


def set_parts(product_id: UUID, row: ProductRow, *, by: str, is_restored: bool = False) -> list[str]:
    """Make each variant consist of what its row says; sentences for what cannot be. The parts must be there."""
    variants = {combination(one.options): one for one in Variant.objects.filter(product=product_id)}
    wanted = {sku for one in row.variants for sku, _units in one.parts or ()}
    known = dict(Variant.objects.filter(sku__in=wanted).values_list("sku", "pk")) if wanted else {}
    problems = []
    for one in row.variants:
        if one.parts is None and not is_restored:
            continue
        if missing := [sku for sku, _units in one.parts or () if sku not in known]:
            problems.append(f"there is no variant with the SKU {missing[0]!r}: the bundle has no parts")
            continue
        variant = variants[combination(one.options)]
        parts = {known[sku]: units for sku, units in one.parts or ()}
        try:
            if variant.pk in parts:
                raise bundles.Nested
            bundles.set_parts(variant_id=variant.pk, product_id=product_id, parts=parts, by=by)
        except bundles.Nested:
            problems.append(f"{variant.sku!r}: a bundle has no bundle in it, and is none of its own parts")
    return problems


def assemble(job: ImportJob, rows: Iterable[tuple[int, ProductRow]], *, source: str, by: str) -> list[Problem]:
    """Once all rows are in: the parts of those bundles that this job wrote. May be done again."""
    problems: list[Problem] = []
    some: list[tuple[int, ProductRow]] = []
    for numbered in rows:
        if numbered[1].has_parts:
            some.append(numbered)
        if len(some) == BATCH:
            problems += _assemble(job, some, source, by)
            some = []
    return problems + _assemble(job, some, source, by)


def _assemble(job: ImportJob, rows: list[tuple[int, ProductRow]], source: str, by: str) -> list[Problem]:
    known = selectors.known([selectors.key_of(row, source) for _number, row in rows]) if rows else {}
    ids = [product_id for product_id, _digest in known.values()]
    mine = set(ImportedRow.objects.filter(job=job, product_id__in=ids).values_list("product_id", flat=True))
    problems: list[Problem] = []
    for number, row in rows:
        product_id, _digest = known.get(selectors.key_of(row, source), (None, ""))
        if product_id in mine:
            problems += [(number, "error", told) for told in set_parts(product_id, row, by=by)]
    return problems
