"""Past orders in from a file, and recommendations out to one: what `import_orders` and `recommend_run` do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar
from uuid import UUID

from catalog.products.models import Product, Variant
from catalog.recommendations import files, selectors, services
from catalog.recommendations.files import Context, PastCart, Problem

BATCH = 1000
SPARE = 10  # candidates more than asked for: some may be off sale
Row = TypeVar("Row")


@dataclass
class Report:
    """What became of a file's lines. `problems`: (line number, reason)."""

    lines: int = 0
    done: int = 0
    without: int = 0  # lines none of whose SKUs is in the catalogue
    unknown: set[str] = field(default_factory=set)  # SKUs
    problems: list[tuple[int, str]] = field(default_factory=list)


def import_orders(path: Path, *, progress: Callable[[int], None] = lambda lines: None) -> Report:
    """Keep the file's orders as bought; those that are known already are left alone, so `done` counts the new ones.

    `progress` hears how many lines are read. Raises `files.UnreadableFile`, with what came before kept.
    """
    report = Report()
    for orders in _batches(_good(files.orders(path), report)):
        products = _products((sku for one in orders for sku in one.skus), report)
        rows = [_bought(one, products) for one in orders]
        report.without += sum(not row.product_ids for row in rows)
        report.done += services.note_orders(rows)
        progress(report.lines)
    return report


def recommend(path: Path, out: IO[str], *, top: int) -> Report:
    """A line of `{"id", "items": [sku…]}` for each cart of the file, in order. Raises `files.UnreadableFile`."""
    report = Report()
    for contexts in _batches(_good(files.contexts(path), report)):
        products = _products((sku for one in contexts for sku in one.skus), report)
        found = [_together(one, products, top) for one in contexts]
        skus = _skus({product_id for ids in found for product_id in ids})
        for context, ids in zip(contexts, found, strict=True):
            items = [skus[one] for one in ids if one in skus][:top]
            out.write(json.dumps({"id": context.id, "items": items}, ensure_ascii=False) + "\n")
            report.done += 1
            report.without += not any(sku in products for sku in context.skus)
    return report


def _together(context: Context, products: dict[str, UUID], top: int) -> list[UUID]:
    return selectors.together((products[sku] for sku in context.skus if sku in products), top=top + SPARE)


def _bought(order: PastCart, products: dict[str, UUID]) -> services.Bought:
    ids = [products[sku] for sku in order.skus if sku in products]
    return services.Bought(order.id, order.at, order.customer_id, ids)


def _good(rows: Iterable[tuple[int, Row | Problem]], report: Report) -> Iterator[Row]:
    for number, row in rows:
        report.lines += 1
        if isinstance(row, Problem):
            report.problems.append((number, row.reason))
        else:
            yield row


def _products(skus: Iterable[str], report: Report) -> dict[str, UUID]:
    asked = set(skus)
    found = dict(Variant.objects.filter(sku__in=asked).values_list("sku", "product_id"))
    report.unknown |= asked - found.keys()
    return found


def _skus(product_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The SKU of the first variant of each of these products that is in the shop."""
    found: dict[UUID, str] = {}
    rows = Variant.objects.filter(
        product_id__in=list(product_ids), is_active=True, product__status=Product.Status.ACTIVE
    )
    for product_id, sku in rows.values_list("product_id", "sku"):
        found.setdefault(product_id, sku)
    return found


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
