"""The catalogue as a file: the same rows out that imports take in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from typing import IO

from django.conf import settings

from catalog.imports import selectors
from catalog.imports.formats import jsonl, shopify
from catalog.imports.rows import ProductRow


def _jsonl(rows: Iterable[ProductRow], file: IO[str]) -> int:
    count = 0
    for row in rows:
        file.write(jsonl.write(row) + "\n")
        count += 1
    return count


def _shopify(rows: Iterable[ProductRow], file: IO[str]) -> int:
    writer = csv.DictWriter(file, fieldnames=shopify.COLUMNS, restval="")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerows(shopify.write(row))
        count += 1
    return count


WRITERS: dict[str, Callable[[Iterable[ProductRow], IO[str]], int]] = {"jsonl": _jsonl, "shopify": _shopify}


def export(file: IO[str], *, format: str) -> int:
    """Write every product that is not archived to `file` (text, opened with newline=""); returns how many.

    `format` is a key of `WRITERS`. Prices are those in the shop's own currency where there are any. Shopify's format
    has no attributes. Memory stays flat.
    """
    return WRITERS[format](selectors.all_rows(currency=settings.DEFAULT_CURRENCY), file)
