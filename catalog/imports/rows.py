"""One product as a file describes it, whatever the file's format: plain values, checked."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.products import rules
from shop.core.money import BadAmount, Money

MAX_NAME, MAX_SKU, MAX_DESCRIPTION, MAX_ATTRIBUTES, MAX_VARIANTS = 300, 255, 100_000, 500, 2048
_SURROGATE = re.compile("[\ud800-\udfff]")
MAX_STOCK = 10_000_000
MAX_VALUE = 20_000  # characters of an attribute: lists of compatible products are that long


class RowError(ValueError):
    """A row that cannot become a product; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One thing that a product asks of who buys it, as `catalog.customizations.models.CustomField` has it; `prices` are
    minor units by currency."""

    code: str
    name: str
    kind: str = "text"
    help_text: str = ""
    choices: tuple[str, ...] = ()
    max_length: int = 100
    is_required: bool = False
    is_final_sale: bool = False
    prices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant. Prices in minor units of the row's currency; `stock` None: not said. `parts`: of what a bundle
    consists, units by SKU; None: not said."""

    sku: str
    options: Mapping[str, str]
    price: int
    sale_price: int | None = None
    stock: int | None = None
    gtin: str = ""
    weight_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    picture: str = ""  # the URL of its own picture
    parts: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product with its variants (at least one). `external_id` is empty where the file has none. `customizations`
    are what it asks by itself, not by its type; None: not said."""

    external_id: str
    name: str
    currency: str
    variants: tuple[VariantRow, ...]
    description: str = ""
    brand: str = ""
    seller: str = ""
    category_path: tuple[str, ...] = ()
    product_type: str = ""
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)  # by the name people read
    options: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()  # (URL, alternative text)
    seo_title: str = ""
    seo_description: str = ""
    released_on: date | None = None
    status: str = "active"
    slug: str = ""
    customizations: tuple[FieldRow, ...] | None = None

    @property
    def has_parts(self) -> bool:
        """Whether it says of what any of its variants consists."""
        return any(one.parts is not None for one in self.variants)

    def digest(self) -> str:
        """SHA-256 over all values: the same digest means that the row says nothing new."""
        plain = json.dumps(_plain(self), sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


def _plain(row: ProductRow) -> list[Any]:
    """All values of a row in a fixed order. By hand: `asdict` copies deeply, and imports ask this of every row. What is
    not said of parts and customizations is left out: rows that say nothing of them have the digests that they had."""
    variants = [[getattr(one, name) for name in _OF_VARIANT] for one in row.variants]
    found = [variants if name == "variants" else getattr(row, name) for name in _OF_PRODUCT]
    if row.customizations is not None:
        found.append([[getattr(one, name) for name in FieldRow.__slots__] for one in row.customizations])
    if row.has_parts:
        found.append([one.parts for one in row.variants])
    return found


_OF_VARIANT = [name for name in VariantRow.__slots__ if name != "parts"]
_OF_PRODUCT = [name for name in ProductRow.__slots__ if name != "customizations"]


def text(value: Any, what: str, *, limit: int, required: bool = False) -> str:
    """`value` as one trimmed text of at most `limit` characters. Raises `RowError`."""
    if value is None:
        value = ""
    if isinstance(value, bool | dict | list):
        raise RowError(f"{what} is not a text")
    result = str(value).replace("\x00", "").strip()
    if not result.isascii() and _SURROGATE.search(result):
        raise RowError(f"{what} holds half a character (a lone surrogate)")
    if required and not result:
        raise RowError(f"{what} is missing")
    if len(result) > limit:
        raise RowError(f"{what} is longer than {limit} characters")
    return result


def price(value: Any, what: str, currency: str) -> int:
    """A price of at least 0 as minor units, rounded half up to the currency's digits. Raises `RowError`."""
    if value is None or isinstance(value, bool | dict | list) or str(value).strip() == "":
        raise RowError(f"{what} is missing")
    try:
        amount = Money.rounded(Decimal(str(value).strip()), currency)
    except (BadAmount, ArithmeticError) as error:
        raise RowError(f"{what} {str(value)[:40]!r} is not an amount in {currency}") from error
    if amount.minor < 0:
        raise RowError(f"{what} is negative")
    return amount.minor


def whole(value: Any, what: str, *, highest: int) -> int | None:
    """A whole number from 0 to `highest`, or None where nothing is said. Raises `RowError`."""
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
        if isinstance(value, bool) or not number.is_finite() or number != number.to_integral_value():
            raise RowError(f"{what} {str(value)[:40]!r} is not a whole number")
    except ArithmeticError as error:
        raise RowError(f"{what} {str(value)[:40]!r} is not a whole number") from error
    if not 0 <= number <= highest:
        raise RowError(f"{what} is not between 0 and {highest}")
    return int(number)


def gtin(value: Any) -> str:
    """A GTIN of 8, 12, 13 or 14 digits with a right check digit, else nothing: shops' files are full of wrong ones."""
    try:
        return rules.gtin(str(value or ""))
    except rules.BadGtin:
        return ""


def attributes(value: Any) -> dict[str, str | int | float | bool]:
    """Names to texts, numbers and booleans; empty ones are left out. Raises `RowError`."""
    if value in (None, ""):
        return {}
    if not isinstance(value, Mapping):
        raise RowError("attributes are not an object of names and values")
    if len(value) > MAX_ATTRIBUTES:
        raise RowError(f"more than {MAX_ATTRIBUTES} attributes")
    result: dict[str, str | int | float | bool] = {}
    for name, given in value.items():
        label = text(name, "the name of an attribute", limit=120, required=True)
        checked = _attribute(label, ", ".join(str(item) for item in given) if isinstance(given, list) else given)
        if checked is not None:
            result[label] = checked
    return result


def _attribute(label: str, value: Any) -> str | int | float | bool | None:
    """A text, a finite number or a boolean as it is; None where nothing is said."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bool | int):
        return value
    return text(value, f"attribute {label!r}", limit=MAX_VALUE) or None
