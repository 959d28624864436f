"""What the n-th made-up product is, with its variants, prices and units: rows of text as COPY takes them. Pure.

A product follows from the seed and its number alone, so a larger catalogue begins with the smaller one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from catalog.imports.synthetic import sentences, words
from catalog.imports.synthetic.shelves import DEPARTMENTS, SHELVES, Department, shelves
from catalog.products import rules

BATCH = 2000  # products that share a stream of random numbers; they are written together as well
MAX_PRODUCTS = 100_000_000
MAX_SEED = 999_999
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)  # in the keys, one millisecond a product: the same whenever it is run
_DAYS = [(date(2014, 1, 1) + timedelta(days=day)).isoformat() for day in range(4380)]
_LETTERS = "ABCDEFGHJKLMNPRSTVWXZ"
_ENDINGS = (0, 1, 1, 1, 5)  # cents below a round price
_TAGS = (
    "bestseller", "gift", "new", "eco", "vegan", "handmade", "recycled", "student", "family", "office", "travel",
    "outdoor", "refill", "limited", "classic", "beginner", "professional", "repairable", "fair trade", "holiday",
    "kids", "pets",
)  # fmt: skip


class Stock(NamedTuple):
    """The units that one variant has at first."""

    variant_id: UUID
    sku: str
    units: int


@dataclass(frozen=True)
class Ground:
    """What products refer to, as text: ids by index (`SHELVES`, `words.brand`, `DEPARTMENTS`), the shop's currency with
    its number of decimals, and when the rows are written.
    """

    categories: list[str]
    brands: list[str]
    types: list[str]
    seller: str
    currency: str
    decimals: int
    now: str


Row = tuple[str | int | None, ...]


@dataclass
class Goods:
    """The rows of a batch: columns as `load` names them."""

    products: list[Row] = field(default_factory=list)
    variants: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    listing_prices: list[Row] = field(default_factory=list)
    stock: list[Stock] = field(default_factory=list)

    def without(self, known: Collection[str]) -> Goods:
        """The rows of those products whose key is not among the `known` ones, and the units of all."""
        variants = {row[0] for row in self.variants if row[1] not in known}
        return Goods(
            products=[row for row in self.products if row[0] not in known],
            variants=[row for row in self.variants if row[0] in variants],
            prices=[row for row in self.prices if row[1] in variants],
            listing_prices=[row for row in self.listing_prices if row[1] not in known],
            stock=self.stock,
        )


def batch(*, seed: int, first: int, stop: int, base: int, ground: Ground) -> Goods:
    """The products from number `first` (a multiple of `BATCH`) up to and without `stop`.

    `base` is the smallest UUIDv7 of `MOMENT`, as an integer.
    """
    rng = Random(f"{seed}:{first}")
    goods = Goods()
    for number in range(first, stop):
        _product(goods, rng, seed, number, base + (number << 80), ground)
    return goods


def _product(goods: Goods, rng: Random, seed: int, number: int, base: int, ground: Ground) -> None:
    place = int(shelves(number) * rng.random() ** 1.5)  # some categories are larger than others
    shelf = SHELVES[place]
    department = DEPARTMENTS[shelf.department]
    brand = int(words.brands(number) ** rng.random()) - 1  # and some brands: Zipf again
    known = words.known(number)
    model = _model(rng) if rng.random() < 0.8 else ""
    series = words.draw(rng, known).capitalize()
    if rng.random() < 0.3:
        series += f" {words.draw(rng, known).capitalize()}"
    name = " ".join(filter(None, (words.brand(brand), series, shelf.noun, model)))
    key, tail = _key(rng, base), f"{seed}-{number}"
    option, values = _options(rng, department)
    goods.products.append((
        key, "generated", tail, name, f"{rules.slug(name)}-{tail}", sentences.description(rng, shelf.noun, known),
        ground.brands[brand], ground.categories[place], ground.seller, ground.types[shelf.department], "active",
        json.dumps(_attributes(rng, department)), f'["{option}"]' if option else "[]",
        json.dumps(rng.sample(_TAGS, rng.randrange(1, 5))), "", "",
        rng.choice(_DAYS) if rng.random() < 0.9 else None, 0, 0, 1, ground.now,
    ))  # fmt: skip
    skus = f"{model or shelf.noun.upper().replace(' ', '')[:8]}-{tail}"
    terms = _terms(rng, department, len(values), ground.decimals)
    for position, (value, term) in enumerate(zip(values, terms, strict=True)):
        sku = f"{skus}-{value.upper()}" if option else skus
        options = f'{{"{option}": "{value}"}}' if option else "{}"
        gtin = _gtin(seed, number * 3 + position) if rng.random() < 0.8 else ""
        variant = _key(rng, base)
        goods.variants.append((variant, key, sku, options, gtin, rng.randrange(40, 9000), position, "t"))
        goods.prices.append((_key(rng, base), variant, ground.currency, "default", 1, term.amount, term.sale))
        units = 0 if rng.random() < 0.04 else 12 + int(400 ** rng.random())
        goods.stock.append(Stock(UUID(variant), sku, units))
    low = rules.lowest(terms, MOMENT)
    if low:
        goods.listing_prices.append(
            (_key(rng, base), key, ground.currency, "default", low.amount, low.regular, "t" if low.has_range else "f")
        )


def _key(rng: Random, base: int) -> str:
    """A UUIDv7 with the moment of `base` and 74 random bits."""
    bits = rng.getrandbits(74)
    return f"{base + (bits >> 62 << 64) + (bits & 0x3FFFFFFFFFFFFFFF):032x}"


def _model(rng: Random) -> str:
    """A model number: "KX-4510B"."""
    digits = int(10 ** (1.5 + 2.5 * rng.random()))
    return f"{rng.choice(_LETTERS)}{rng.choice(_LETTERS)}-{digits}{rng.choice(_LETTERS) if digits % 3 else ''}"


def _attributes(rng: Random, department: Department) -> dict[str, str | float | bool]:
    """Values by code, as the product type of the department has them; now and then one is missing."""
    values: dict[str, str | float | bool] = {}
    if rng.random() < 0.9:
        values[code(department.measure.name)] = rng.choice(department.measure.values)
    for choice in department.choices:
        values[code(choice.name)] = rng.choice(choice.values)
    if rng.random() < 0.8:
        values[code(department.yes_or_no)] = rng.random() < 0.5
    return values


def code(name: str) -> str:
    """The code of the attribute called `name`: "Battery life" gives "battery-life"."""
    return name.lower().replace(" ", "-")


def _options(rng: Random, department: Department) -> tuple[str, Sequence[str]]:
    """What the variants differ in, and the value of each: one to three, every second product comes in one kind only."""
    count = rng.choice((1, 1, 2, 3))
    name, values = department.option
    return (name, rng.sample(values, count)) if count > 1 else ("", ("",))


def _terms(rng: Random, department: Department, count: int, decimals: int) -> list[rules.Terms]:
    """The prices of a product's variants: around the department's (log-normal), one in eight on sale."""
    whole = max(2, int(department.price * rng.lognormvariate(0, 0.8)))
    unit = 10**decimals
    amount = whole * unit - (rng.choice(_ENDINGS) * unit // 100)
    dearer = whole * unit // 10 if rng.random() < 0.4 else 0
    share = rng.randrange(60, 95) if rng.random() < 0.125 else 0
    amounts = [amount + place * dearer for place in range(count)]
    return [rules.Terms(one, one * share // 100 if share else None) for one in amounts]


def _gtin(seed: int, number: int) -> str:
    """A GTIN-13 of the range that shops may use inside the house (2…), its check digit right."""
    digits = f"2{(seed * 7_919_000_003 + number) % 10**11:011d}"
    total = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
    return f"{digits}{-total % 10}"
