"""One promotion, the draft, tried on what was bought before, beside those that there are. Pure.

Past baskets come in the order of time, so that limits are used up as they would have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappush, heappushpop
from typing import Any

from cart.promotions import engine
from cart.promotions.rules import Basket, Outcome, Promotion, Why

MOST_NAMED = 10  # baskets on which the draft takes most off


@dataclass(frozen=True, slots=True)
class Past:
    """Something that was bought, or left in a cart: `key` names it, `customer` who it was ("": not known). `own` are
    the promotions of the coupons that were used for it."""

    key: str
    basket: Basket
    customer: str = ""
    own: tuple[Promotion, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How often the draft may be used, in all and by one customer, and what it may cost (minor units, currency)."""

    uses: int | None = None
    by_customer: int | None = None
    budget: int | None = None
    currency: str = ""


@dataclass(slots=True)
class Rival:
    """What another promotion lost to the draft: in how many baskets, and minor units by currency."""

    name: str
    baskets: int = 0
    lost: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """What came of it. Amounts are minor units by currency.

    `given` is what the draft takes off; `extra` what is off altogether beyond what is off without it; `goods` what the
    goods cost of those baskets. `free` are baskets whose goods then cost nothing, `refused` counts why it does not
    apply.
    """

    looked: int = 0
    uses: int = 0
    free: int = 0
    given: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    goods: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    rivals: dict[str, Rival] = field(default_factory=dict)
    most: list[tuple[int, str, str]] = field(default_factory=list)  # a heap of (minor units, key, currency)

    def facts(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "looked": self.looked,
            "uses": self.uses,
            "free": self.free,
            "given": dict(self.given),
            "extra": dict(self.extra),
            "goods": dict(self.goods),
            "refused": dict(self.refused),
            "rivals": {
                key: {"name": one.name, "baskets": one.baskets, "lost": dict(one.lost)}
                for key, one in self.rivals.items()
            },
            "most": [list(one) for one in sorted(self.most, reverse=True)],
        }


class Trial:
    """The draft and the promotions beside which it would be in force."""

    def __init__(self, draft: Promotion, others: Iterable[Promotion], limits: Limits) -> None:
        self._draft = draft
        self._others = [one for one in others if one.id != draft.id]
        self._limits = limits
        self._used = self._spent = 0
        self._by_customer: Counter[str] = Counter()

    def look(self, past: Past, tally: Tally) -> None:
        """Try the draft on what was bought, and count what comes of it.

        What the draft does not do alone it does not do beside others, which only leave it less; so they are not asked
        then. (Its budget apart: less may be within it.)
        """
        tally.looked += 1
        draft = self._limited(past)
        then = _run(past, [draft])
        mine = _of(then, draft.id)
        if mine.refusal and mine.refusal.why is not Why.BUDGET:
            tally.refused[mine.refusal.why] += 1
            return
        others = _concerned([*self._others, *(one for one in past.own if one.id != draft.id)], past.basket)
        if others:
            then = _run(past, [*others, draft])
            mine = _of(then, draft.id)
        before = _run(past, others)
        if mine.refusal:  # it may have stood in the way of others, and lost to one that goes alone
            tally.refused[mine.refusal.why] += 1
            _count_lost(tally, past.basket.currency, then, before)
            return
        self._used += 1
        self._by_customer[past.customer] += 1
        self._spent += mine.worth
        _count(tally, past, mine.worth, then, before)

    def _limited(self, past: Past) -> Promotion:
        limits, why = self._limits, None
        most, mine = limits.by_customer, self._by_customer[past.customer]
        if limits.uses is not None and self._used >= limits.uses:
            why = Why.USED_UP
        elif most is not None and past.customer and mine >= most:
            why = Why.CUSTOMER_LIMIT
        left = None
        if limits.budget is not None:
            left = limits.budget - self._spent if limits.currency == past.basket.currency else 0
        return replace(self._draft, limit=why, budget_left=left)


def _concerned(promotions: Sequence[Promotion], basket: Basket) -> list[Promotion]:
    """Those that are for something in the basket; the others make no difference."""
    keys: frozenset[str] = frozenset().union(*(line.keys for line in basket.lines))
    return [one for one in promotions if not one.scope.any_of or not one.scope.any_of.isdisjoint(keys)]


def _run(past: Past, promotions: Sequence[Promotion]) -> Outcome:
    return engine.run(past.basket, promotions)


def _of(outcome: Outcome, promotion_id: str) -> Any:
    return next(one for one in outcome.tried if one.promotion.id == promotion_id)


def _count(tally: Tally, past: Past, worth: int, then: Outcome, before: Outcome) -> None:
    basket = past.basket
    goods = sum(line.price * line.quantity for line in basket.lines)
    tally.uses += 1
    tally.given[basket.currency] += worth
    tally.goods[basket.currency] += goods
    tally.free += sum(then.by_line.values()) >= goods
    _count_lost(tally, basket.currency, then, before)
    named = (worth, past.key, basket.currency)
    if len(tally.most) < MOST_NAMED:
        heappush(tally.most, named)
    else:
        heappushpop(tally.most, named)


def _count_lost(tally: Tally, currency: str, then: Outcome, before: Outcome) -> None:
    """What is off altogether beyond what was, and what others lost."""
    if then.worth != before.worth:
        tally.extra[currency] += then.worth - before.worth
    now = {one.promotion.id: one.worth for one in then.applied}
    for one in before.applied:
        lost = one.worth - now.get(one.promotion.id, 0)
        if lost > 0:
            rival = tally.rivals.setdefault(one.promotion.id, Rival(one.promotion.name))
            rival.baskets += 1
            rival.lost[currency] += lost
