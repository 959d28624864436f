"""The first look at a file: which rows are good, what they would do, and which attributes their product types have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog.imports.rows import ProductRow
from catalog.products import rules

GENERAL = "General"
MANY = 20  # more different values than this make no filter
FILTERS = 8  # at most so many filters a product type


@dataclass
class Seen:
    """What the values of one attribute of one product type look like."""

    name: str
    kinds: set[str] = field(default_factory=set)
    count: int = 0
    values: set[object] = field(default_factory=set)

    @property
    def kind(self) -> str:
        return next(iter(self.kinds)) if len(self.kinds) == 1 else "text"

    @property
    def is_choice(self) -> bool:
        """Whether its values part the products into a few groups."""
        return 2 <= len(self.values) <= MANY and self.kind != "number"


@dataclass
class Survey:
    """Counts of a file's rows, and per product type (by name) what its attributes look like. Memory stays flat."""

    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0
    types: dict[str, dict[str, Seen]] = field(default_factory=lambda: defaultdict(dict))
    sizes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    has_parts: bool = False  # of bundles

    def add(self, row: ProductRow) -> None:
        """Look at one good row."""
        self.has_parts = self.has_parts or row.has_parts
        name = type_of(row)
        self.sizes[name] += 1
        attributes = self.types[name]
        for label, value in row.attributes.items():
            seen = attributes.setdefault(code_of(label), Seen(label))
            seen.kinds.add(_kind(value))
            seen.count += 1
            if len(seen.values) <= MANY:
                seen.values.add(str(value)[:60])

    def filters(self, type_name: str) -> set[str]:
        """The attribute codes of a product type that make good filters: in many of its products, with few values."""
        size = self.sizes[type_name]
        good = [
            (seen.count, code)
            for code, seen in self.types[type_name].items()
            if seen.is_choice and seen.count * 10 >= size * 3 and size >= 5
        ]
        return {code for _count, code in sorted(good, reverse=True)[:FILTERS]}

    def __iter__(self) -> Iterator[str]:
        return iter(self.types)


def type_of(row: ProductRow) -> str:
    """The name of a row's product type: its own, else its deepest category."""
    return row.product_type or (row.category_path[-1] if row.category_path else GENERAL)


def code_of(label: str) -> str:
    """The code of an attribute called `label`: what URLs of filters hold."""
    return rules.slug(label, "attribute")[:120]


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "text"
