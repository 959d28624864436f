"""What holds of any promotions on any basket. `EXAMPLES=10000` makes it the long run."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cart.promotions import engine
from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.bundle_price import BundlePrice
from cart.promotions.kinds.buy_get import BuyGet
from cart.promotions.kinds.cheapest_free import CheapestFree
from cart.promotions.kinds.fixed_price import FixedPrice
from cart.promotions.kinds.free_shipping import FreeShipping
from cart.promotions.kinds.gift import Gift
from cart.promotions.kinds.percent import Percent
from cart.promotions.kinds.table import KINDS
from cart.promotions.kinds.tiers import Step, Tiers
from cart.promotions.rules import CART_LANES, Basket, Conditions, Lane, Line, Promotion, Scope
from catalog.products.charging import keys_of

EXAMPLES = int(os.environ.get("EXAMPLES", "300"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = "abcdef"

scopes = st.builds(
    Scope,
    st.frozensets(st.sampled_from([f"product:{name}" for name in NAMES]), max_size=3),
    st.frozensets(st.sampled_from([f"product:{name}" for name in NAMES]), max_size=1),
)
amounts = st.fixed_dictionaries({}, optional={"USD": st.integers(0, 90_00), "EUR": st.integers(0, 90_00)})
points = st.integers(1, 10_000)
few, counts = st.integers(1, 4), st.integers(0, 3)
steps = st.lists(st.builds(Step, spend=amounts, quantity=counts, points=points), min_size=1, max_size=3)
kinds: dict[str, st.SearchStrategy[Any]] = {
    "percent": st.builds(Percent, points, amounts),
    "amount": st.builds(Amount, amounts),
    "fixed_price": st.builds(FixedPrice, amounts),
    "buy_get": st.builds(BuyGet, few, few, points, st.none() | scopes, counts),
    "cheapest_free": st.builds(CheapestFree, st.integers(2, 5), st.integers(1, 2), st.booleans()),
    "bundle_price": st.builds(
        BundlePrice, amounts, few, st.lists(st.tuples(scopes, few), max_size=3).map(tuple), counts
    ),
    "gift": st.builds(Gift, st.sampled_from(["socks", "gone"]), few, counts, counts),
    "tiers": st.builds(Tiers, steps.map(tuple)),
    "free_shipping": st.just(FreeShipping()),
}


@st.composite
def promotions(draw: st.DrawFn) -> list[Promotion]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(sorted(KINDS)))
        lane = draw(st.sampled_from(sorted(KINDS[name][1] & set(CART_LANES))))
        conditions = draw(st.builds(Conditions, minimum=amounts, minimum_quantity=counts) | st.just(Conditions()))
        found.append(
            Promotion(
                id=f"{number}",
                name=name,
                lane=lane,
                kind=draw(kinds[name]),
                scope=draw(scopes),
                conditions=conditions,
                priority=draw(st.integers(0, 2)),
                is_exclusive=draw(st.integers(0, 5)) == 0,
                is_combinable=draw(st.booleans()),
                budget_left=draw(st.none() | st.integers(0, 50_00)),
            )
        )
    return found


lines = st.lists(st.tuples(st.integers(0, 200_00), st.integers(1, 9)), max_size=6)
baskets = st.builds(
    lambda rows, shipping: Basket(
        "USD",
        tuple(Line(name, *row, keys_of(product=name)) for name, row in zip(NAMES, rows, strict=False)),
        NOW,
        shipping,
        gifts={"socks": (8_00, 9)},
    ),
    lines,
    st.none() | st.integers(0, 20_00),
)
long = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_kind_is_drawn() -> None:
    assert sorted(kinds) == sorted(KINDS)


@long
@given(baskets, promotions())
def test_no_discount_is_more_than_what_it_is_for(basket: Basket, given: list[Promotion]) -> None:
    outcome = engine.run(basket, given)

    costs = {line.key: line.price * line.quantity for line in basket.lines}
    assert all(0 <= amount <= costs[line] for line, amount in outcome.by_line.items())
    assert 0 <= outcome.shipping <= (basket.shipping or 0)
    for one in outcome.tried:
        lines = [line for line in basket.lines if one.promotion.scope.has(line.keys)]
        if one.promotion.name != "bundle_price" and one.promotion.lane is not Lane.SHIPPING:
            assert set(one.by_line) <= {line.key for line in lines}
        assert one.promotion.budget_left is None or one.worth <= one.promotion.budget_left


@long
@given(baskets, promotions())
def test_the_parts_add_up_and_each_is_tried_once(basket: Basket, given: list[Promotion]) -> None:
    outcome = engine.run(basket, given)

    assert sorted(one.promotion.id for one in outcome.tried) == [one.id for one in given]
    by_line: dict[str, int] = {}
    for one in outcome.tried:
        assert one.is_applied or (one.amount, one.worth, one.gifts, one.by_line) == (0, 0, (), {})
        assert not one.is_applied or one.worth > 0
        for line, amount in one.by_line.items():
            by_line[line] = by_line.get(line, 0) + amount
    assert outcome.by_line == by_line
    assert outcome.shipping == sum(one.shipping for one in outcome.tried)


@long
@given(baskets, promotions(), st.randoms(use_true_random=False))
def test_no_order_makes_a_difference(basket: Basket, given: list[Promotion], chance: random.Random) -> None:
    lines, shuffled = list(basket.lines), list(given)
    chance.shuffle(lines)
    chance.shuffle(shuffled)
    other = Basket("USD", tuple(lines), NOW, basket.shipping, gifts=basket.gifts)

    assert engine.run(other, shuffled) == engine.run(basket, given)


@long
@given(baskets, promotions())
def test_an_exclusive_promotion_is_alone(basket: Basket, given: list[Promotion]) -> None:
    applied = engine.run(basket, given).applied

    assert len(applied) == 1 or not any(one.promotion.is_exclusive for one in applied)


@long
@given(baskets, promotions())
def test_those_that_are_not_combinable_are_alone_in_their_lane(basket: Basket, given: list[Promotion]) -> None:
    applied = engine.run(basket, given).applied

    for lane in (Lane.ORDER, Lane.SHIPPING):
        there = [one for one in applied if one.promotion.lane is lane and not one.gifts]
        for one in there:
            lines = {line.key for line in basket.lines if one.promotion.scope.has(line.keys)}
            for other in there:
                if other is not one and not (one.promotion.is_combinable and other.promotion.is_combinable):
                    assert lane is Lane.ORDER
                    assert not {key for key, off in other.by_line.items() if off} & {
                        key for key, off in one.by_line.items() if off
                    }, lines
