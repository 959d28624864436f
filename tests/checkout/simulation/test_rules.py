"""A draft on past baskets: what it counts is what replaying them one by one says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cart.promotions import engine
from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.free_shipping import FreeShipping
from cart.promotions.kinds.percent import Percent
from cart.promotions.rules import Basket, Conditions, Lane, Line, Promotion, Why
from checkout.simulation.rules import Limits, Past, Tally, Trial
from tests.cart.promotions.test_properties import NOW, baskets, long, promotions

pasts = st.lists(st.tuples(baskets, st.sampled_from(["", "ada", "bob"])), max_size=5).map(
    lambda rows: [Past(f"order:{place}", basket, customer) for place, (basket, customer) in enumerate(rows)]
)
limits = st.builds(
    Limits,
    st.none() | st.integers(0, 3),
    st.none() | st.integers(1, 2),
    st.none() | st.integers(1, 60_00),
    st.just("USD"),
)


FREELY = Limits()


def tried(pasts: list[Past], draft: Promotion, others: list[Promotion], limits: Limits = FREELY) -> dict[str, Any]:
    trial, tally = Trial(draft, others, limits), Tally()
    for past in pasts:
        trial.look(past, tally)
    return tally.facts()


@long
@given(pasts, promotions().filter(bool), limits)
def test_it_counts_what_a_replay_of_each_says(pasts: list[Past], given: list[Promotion], limits: Limits) -> None:
    draft, *others = given
    uses, spent, by_customer = 0, 0, Counter[str]()
    extra, why, lost = 0, Counter[str](), Counter[str]()
    for past in pasts:
        limit = None
        if limits.uses is not None and uses >= limits.uses:
            limit = Why.USED_UP
        elif past.customer and limits.by_customer is not None and by_customer[past.customer] >= limits.by_customer:
            limit = Why.CUSTOMER_LIMIT
        left = None if limits.budget is None else limits.budget - spent
        now = replace(draft, limit=limit, budget_left=left)
        then, before = engine.run(past.basket, [now, *others]), engine.run(past.basket, others)
        mine = next(one for one in then.tried if one.promotion.id == draft.id)
        extra += then.worth - before.worth  # refused, it may have stood in the way of others all the same
        if mine.refusal:
            why["refused"] += 1
        else:
            uses, spent = uses + 1, spent + mine.worth
            by_customer[past.customer] += 1
        worth = {one.promotion.id: one.worth for one in then.applied}
        for one in before.applied:
            if one.worth > worth.get(one.promotion.id, 0):
                lost[one.promotion.id] += one.worth - worth.get(one.promotion.id, 0)

    found = tried(pasts, draft, others, limits)

    assert (found["looked"], found["uses"]) == (len(pasts), uses)
    assert (found["given"].get("USD", 0), found["extra"].get("USD", 0)) == (spent, extra)
    assert sum(found["refused"].values()) == why["refused"]
    assert {key: one["lost"]["USD"] for key, one in found["rivals"].items()} == dict(lost)
    assert sum(worth for worth, _key, _currency in found["most"]) == spent


def past(*prices: int, customer: str = "", own: tuple[Promotion, ...] = (), currency: str = "USD") -> Past:
    lines = tuple(Line(f"{place}", price, 1) for place, price in enumerate(prices))
    return Past(f"order:{sum(prices)}", Basket(currency, lines, NOW, 5_00), customer, own)


TEN = Promotion("ten", "10 %", Lane.ORDER, Percent(1000))
FIVE = Promotion("five", "5 off", Lane.ORDER, Amount({"USD": 500}))


def test_what_it_costs_beyond_what_is_off_anyway() -> None:
    rival = replace(FIVE, is_exclusive=True)

    found = tried([past(100_00), past(20_00), past(30_00, 10_00)], TEN, [rival])

    assert found == {
        "looked": 3,
        "uses": 1,  # of 20 and 40 dollars the five dollars save more
        "free": 0,
        "given": {"USD": 10_00},
        "extra": {"USD": 5_00},
        "goods": {"USD": 100_00},
        "refused": {"excluded": 2},
        "rivals": {"five": {"name": "5 off", "baskets": 1, "lost": {"USD": 5_00}}},
        "most": [[10_00, "order:10000", "USD"]],
    }


def test_a_delivery_counts_by_how_it_was_brought() -> None:
    free = Promotion(
        "free", "Free", Lane.SHIPPING, FreeShipping(), conditions=Conditions(deliveries=frozenset({"post"}))
    )
    bought = [replace(one, basket=replace(one.basket, delivery=way)) for one, way in
              ((past(10_00), "post"), (past(20_00), "express"))]  # fmt: skip

    found = tried(bought, free, [])

    assert (found["given"], found["refused"]) == ({"USD": 5_00}, {"delivery": 1})


def test_limits_are_used_up_in_turn() -> None:
    many = [past(10_00, customer="ada"), past(20_00, customer="ada"), past(30_00), past(40_00), past(50_00)]

    assert tried(many, TEN, [], Limits(uses=3))["refused"] == {"used_up": 2}
    assert tried(many, TEN, [], Limits(by_customer=1))["refused"] == {"customer_limit": 1}
    found = tried(many, TEN, [], Limits(budget=7_00, currency="USD"))
    assert (found["given"], found["refused"]) == ({"USD": 6_00}, {"budget": 2})
    assert tried([past(10_00, currency="EUR")], TEN, [], Limits(budget=7_00, currency="USD"))["uses"] == 0


def test_coupons_that_were_used_then_are_beside_it() -> None:
    found = tried([past(100_00, own=(FIVE,)), past(100_00)], replace(TEN, priority=1), [])

    assert (found["uses"], found["given"]) == (2, {"USD": 20_00})
    assert found["rivals"] == {"five": {"name": "5 off", "baskets": 1, "lost": {"USD": 5_00}}}


def test_goods_that_are_free_then_and_those_it_is_not_for() -> None:
    all_off = Promotion("all", "All", Lane.ORDER, Percent(10_000), conditions=Conditions(minimum={"USD": 20_00}))

    found = tried([past(10_00), past(20_00)], all_off, [])

    assert (found["free"], found["refused"]) == (1, {"minimum": 1})
    assert tried([past(*range(1, count)) for count in range(3, 20)], TEN, [])["most"][0][0] == 17
