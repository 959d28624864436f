"""A product's content as a vector: what it is (kind, brand, category, attributes), its words, its price. Pure.

Each feature goes to a place, and has a sign, that its hash says, so that there is no vocabulary to keep and a new
product has its vector at once. What few products have says more than what all have (`Rarity`). The inner product of two
vectors is how alike the products are: 1 at most.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from math import exp, log, log2, sqrt

FACTS, WORDS, PRICE = 176, 192, 16  # dimensions
DIMENSIONS = FACTS + WORDS + PRICE
SHARES = {"facts": 0.45, "words": 0.4, "price": 0.15}
BUCKETS = 1 << 15  # in which features are counted
MAX_WORDS = 400
_LOWEST, _STEP = 5.0, 1.0  # log2 of the price in minor units at the first place of its part, and from one to the next
_WORD = re.compile(r"[^\W_]{2,}")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Content:
    """What is known of a product. `category`: names of the path from the department down."""

    name: str
    description: str = ""
    brand: str = ""
    kind: str = ""
    category: tuple[str, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    price_minor: int | None = None


class Rarity:
    """How many products have each feature, by its hash; the first number is how many products there are."""

    def __init__(self, data: bytes = b"") -> None:
        self.counts = array("I")
        if data:
            self.counts.frombytes(data)
        if len(self.counts) != BUCKETS + 1:
            self.counts = array("I", bytes(4 * (BUCKETS + 1)))

    def add(self, content: Content) -> None:
        """Count a product."""
        self.counts[0] += 1
        for bucket in {_hash(name) % BUCKETS for name, _weight in (*_facts(content), *_words(content))}:
            self.counts[bucket + 1] += 1

    def of(self, feature: int) -> float:
        """How much a feature with this hash says: the logarithm of how many products there are for one that has it."""
        return 1 + log((1 + self.counts[0]) / (1 + self.counts[feature % BUCKETS + 1]))

    def __bytes__(self) -> bytes:
        return self.counts.tobytes()


def vector(content: Content, rarity: Rarity) -> list[float]:
    """The content's vector, `DIMENSIONS` long; a part of which nothing is known is nought."""
    return [
        *_part(_facts(content), rarity, FACTS, SHARES["facts"]),
        *_part(_words(content), rarity, WORDS, SHARES["words"]),
        *_price(content.price_minor),
    ]


def _facts(content: Content) -> Iterator[tuple[str, float]]:
    if content.kind:
        yield f"kind {content.kind}", 1.0
    if content.brand:
        yield f"brand {content.brand.casefold()}", 1.0
    for depth in range(1, len(content.category) + 1):
        yield f"category {'/'.join(content.category[:depth]).casefold()}", 1.0
    for code, value in content.attributes.items():
        yield f"attribute {code}={str(value).casefold()[:80]}", 0.7
    for tag in content.tags:
        yield f"tag {tag.casefold()}", 0.7


def _words(content: Content) -> Iterator[tuple[str, float]]:
    """Words of the name count three times what those of the description do; a word again and again less each time."""
    counts: dict[str, float] = {}
    for word in _of_text(content.name):
        counts[word] = counts.get(word, 0) + 3
    for number, word in enumerate(_of_text(_TAG.sub(" ", content.description))):
        if number == MAX_WORDS:
            break
        counts[word] = counts.get(word, 0) + 1
    for word, count in counts.items():
        yield word, 1 + log(count)


def _of_text(text: str) -> Iterator[str]:
    """Its words in small letters, without the English plural."""
    for found in _WORD.finditer(text.casefold()):
        word = found.group()
        yield word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _part(features: Iterable[tuple[str, float]], rarity: Rarity, size: int, share: float) -> list[float]:
    found = [0.0] * size
    for name, weight in features:
        hashed = _hash(name)
        sign = 1 if hashed >> 63 else -1
        found[(hashed >> 16) % size] += sign * weight * rarity.of(hashed)
    return _scaled(found, share)


def _price(minor: int | None) -> list[float]:
    """Prices are as near as their ratio: twice the price is one place further."""
    if not minor or minor < 0:
        return [0.0] * PRICE
    at = (log2(minor) - _LOWEST) / _STEP
    at = min(max(at, 0.0), PRICE - 1.0)
    return _scaled([exp(-((place - at) ** 2) / 2) for place in range(PRICE)], SHARES["price"])


def _scaled(found: list[float], share: float) -> list[float]:
    length = sqrt(sum(value * value for value in found))
    return [value * sqrt(share) / length for value in found] if length else found


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
