"""What holds of any promotions on any basket. `EXAMPLES=10000` makes it the long run."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from cart.promotions import engine
from cart.promotions.kinds.table import KINDS
from cart.promotions.rules import Basket, Lane, Line, Promotion
from catalog.products.charging import keys_of
from tests.factories.drawn import NAMES, WAYS, examples, kinds, promotions

NOW = datetime(2026, 11, 22, tzinfo=UTC)

lines = st.lists(st.tuples(st.integers(0, 200_00), st.integers(1, 9)), max_size=6)
baskets = st.builds(
    lambda rows, shipping, delivery: Basket(
        "USD",
        tuple(Line(name, *row, keys_of(product=name)) for name, row in zip(NAMES, rows, strict=False)),
        NOW,
        shipping,
        delivery,
        gifts={"socks": (8_00, 9)},
    ),
    lines,
    st.none() | st.integers(0, 20_00),
    st.sampled_from(WAYS),
)
long = examples(300)


def test_every_kind_is_drawn() -> None:
    assert sorted(kinds(("USD",), ("socks",))) == sorted(KINDS)


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
        ways = one.promotion.conditions.deliveries
        assert not (one.shipping and ways) or basket.delivery in ways
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
    other = Basket("USD", tuple(lines), NOW, basket.shipping, basket.delivery, gifts=basket.gifts)

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
