"""What somebody likes, from what they bought and looked at, and what suits that. Pure.

A profile is made only with consent. It knows categories, brands, price, seasons, how recently and how often something
was bought and for how much, and on which device at which time of day what is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import exp, sqrt
from typing import Any
from uuid import UUID

LOOK = 0.2  # what a look says, of a purchase
BOUGHT_HALF_LIFE, LOOK_HALF_LIFE = 180, 10  # days after which it says half as much
YEAR = 365
FEW_LOOKS = 3  # less of them at a time of day on a device say nothing of it
PARTS = ("night", "morning", "afternoon", "evening")  # of the day, six hours each
# How far each feature may raise what it suits.
CATEGORY, BRAND, REDUCED, SEASON, MOMENT = 1.0, 0.5, 0.4, 0.3, 0.5
UNFIT = 0.4  # what is left of a score at a price that is far from the usual one
SCALE = 10_000


@dataclass(frozen=True)
class Facts:
    """What of a product a profile is about. `categories`: ids from the department down; `level`: the logarithm (base 2)
    of its price over the mean of its category."""

    categories: tuple[str, ...] = ()
    brand: str = ""
    level: float = 0.0
    value_minor: int = 0
    is_reduced: bool = False


@dataclass(frozen=True)
class Act:
    """Somebody bought a product (in the order `order`) or, without one, looked at it."""

    product_id: UUID
    days_ago: float
    month: int
    facts: Facts
    order: UUID | None = None
    device: str = ""
    part: str = ""

    @property
    def weight(self) -> float:
        if self.order:
            return float(0.5 ** (max(self.days_ago, 0) / BOUGHT_HALF_LIFE))
        return float(LOOK * 0.5 ** (max(self.days_ago, 0) / LOOK_HALF_LIFE))


@dataclass(frozen=True)
class Features:
    """A profile. Shares are from 0 to 1; those of categories and brands are of all that was done."""

    categories: Mapping[str, float] = field(default_factory=dict)
    brands: Mapping[str, float] = field(default_factory=dict)
    level: float = 0.0
    spread: float = 1.0
    reduced: float = 0.0  # of what was bought, how much was on sale: how much the price matters
    seasons: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # {department: {quarter: share}}
    recency_days: float | None = None
    orders: int = 0  # in the last year
    value_minor: int = 0  # an order's, on average, at the prices of today
    moments: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # {"phone evening": {department: share}}
    trust: float = 0.0  # how much all of this says: 0 nothing, 1 everything

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Candidate:
    """A product that may suit, with what neighbours say for it (0 or more)."""

    product_id: UUID
    base: float
    facts: Facts


def features(acts: Sequence[Act]) -> Features:
    """The profile of somebody who did this."""
    total = sum(act.weight for act in acts)
    if not total:
        return Features()
    bought = [act for act in acts if act.order]
    level = sum(act.weight * act.facts.level for act in acts) / total
    variance = sum(act.weight * (act.facts.level - level) ** 2 for act in acts) / total
    return Features(
        categories=_shares((key, act.weight / total) for act in acts for key in act.facts.categories),
        brands=_shares((act.facts.brand, act.weight / total) for act in acts if act.facts.brand),
        level=round(level, 4),
        spread=round(sqrt(variance) + 0.5, 4),
        reduced=round(sum(act.facts.is_reduced for act in bought) / len(bought), 4) if bought else 0.0,
        seasons=_by_department((act, str(quarter(act.month))) for act in bought),
        recency_days=round(min(act.days_ago for act in bought), 1) if bought else None,
        orders=len({act.order for act in bought if act.days_ago <= YEAR}),
        value_minor=_value(bought),
        moments=_moments(acts),
        trust=round(1 - 0.5**total, 4),
    )


def quarter(month: int) -> int:
    """The season of a month, 1 to 4."""
    return (month - 1) // 3 + 1


def part_of_day(hour: int) -> str:
    return PARTS[hour // 6]


def device_of(user_agent: str) -> str:
    """What somebody looks with: "phone" or "computer"."""
    return "phone" if "Mobi" in user_agent else "computer"


def score(one: Candidate, liked: Features, month: int) -> float:
    """How much a product suits somebody: what neighbours say of it, raised by what of it is liked."""
    facts = one.facts
    department = facts.categories[0] if facts.categories else ""
    kinds = [liked.categories.get(key, 0.0) for key in facts.categories]
    raised = (
        (1 + CATEGORY * (sum(kinds) / len(kinds) if kinds else 0))
        * (1 + BRAND * liked.brands.get(facts.brand, 0.0))
        * (1 + REDUCED * (liked.reduced if facts.is_reduced else 0))
        * (1 + SEASON * liked.seasons.get(department, {}).get(str(quarter(month)), 0.0))
    )
    fit = exp(-(((facts.level - liked.level) / (2 * liked.spread)) ** 2))
    return one.base * raised * (UNFIT + (1 - UNFIT) * fit)


def rank(
    candidates: Iterable[Candidate], popular: Sequence[Candidate], liked: Features, *, month: int, most: int
) -> list[tuple[UUID, int]]:
    """The products that suit best with their scores, in 1/10,000.

    `popular`: what everybody buys, the most popular first. The less is known of somebody, the more of it.
    """
    scores: dict[UUID, float] = defaultdict(float)
    own = [(one.product_id, score(one, liked, month)) for one in candidates]
    best = max((value for _key, value in own), default=0.0)
    for product_id, value in own:
        scores[product_id] += liked.trust * value / best if best else 0.0
    for place, one in enumerate(popular):
        neutral = Candidate(one.product_id, 1 / (1 + place / 5), one.facts)
        scores[one.product_id] += (1 - liked.trust) * score(neutral, liked, month)
    ranked = sorted(
        ((key, round(SCALE * value)) for key, value in scores.items()), key=lambda pair: (-pair[1], pair[0])
    )
    return [pair for pair in ranked[:most] if pair[1] > 0]


def at_this_moment(
    ranked: Iterable[tuple[UUID, int]], departments: Mapping[UUID, str], liked: Mapping[str, Any], moment: str
) -> list[UUID]:
    """The products once more, with those first that are looked at on this device at this time of day.

    `liked`: features as JSON; `moment`: as "phone evening".
    """
    shares: Mapping[str, float] = liked.get("moments", {}).get(moment, {})
    usual: Mapping[str, float] = liked.get("categories", {})

    def raised(pair: tuple[UUID, int]) -> float:
        department = departments.get(pair[0], "")
        more = shares.get(department, 0.0) - usual.get(department, 0.0) if shares else 0.0
        return pair[1] * (1 + MOMENT * more)

    return [key for key, _score in sorted(ranked, key=lambda pair: (-raised(pair), pair[0]))]


def _shares(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for key, weight in pairs:
        found[key] += weight
    return {key: round(value, 4) for key, value in sorted(found.items())}


def _by_department(pairs: Iterable[tuple[Act, str]]) -> dict[str, dict[str, float]]:
    """By department, the shares of what is told beside each act."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for act, word in pairs:
        if act.facts.categories:
            found[act.facts.categories[0]].append((word, act.weight))
    return {key: _shares((word, weight / _sum(rows)) for word, weight in rows) for key, rows in sorted(found.items())}


def _moments(acts: Iterable[Act]) -> dict[str, dict[str, float]]:
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for act in acts:
        if not act.order and act.facts.categories:
            found[f"{act.device} {act.part}"].append((act.facts.categories[0], act.weight))
    return {
        moment: _shares((department, weight / _sum(rows)) for department, weight in rows)
        for moment, rows in sorted(found.items())
        if len(rows) >= FEW_LOOKS
    }


def _sum(rows: Iterable[tuple[str, float]]) -> float:
    return sum(weight for _word, weight in rows)


def _value(bought: Sequence[Act]) -> int:
    orders = {act.order for act in bought}
    return round(sum(act.facts.value_minor for act in bought) / len(orders)) if orders else 0
