"""Which promotions a basket gets, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cart.promotions import engine
from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.buy_get import BuyGet
from cart.promotions.kinds.free_shipping import FreeShipping
from cart.promotions.kinds.gift import Gift
from cart.promotions.kinds.percent import Percent
from cart.promotions.rules import (
    Basket,
    Conditions,
    Lane,
    Line,
    Promotion,
    Refusal,
    Scope,
    Why,
    alike,
    canonical,
    meant,
)
from cart.promotions.services import LETTERS
from catalog.products.charging import keys_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHOES, HATS = Scope(frozenset({"category:shoes"})), Scope(frozenset({"category:hats"}))


def line(key: str, price: int, quantity: int = 1, category: str = "") -> Line:
    return Line(key, price, quantity, keys_of(product=key, categories=[category] if category else []))


def basket(*lines: Line, **more: Any) -> Basket:
    return Basket("USD", lines, NOW, **more)


def promotion(name: str, kind: Any, lane: Lane = Lane.LINE, **more: Any) -> Promotion:
    return Promotion(name, name, lane, kind, **more)


def took(found: Basket, *promotions: Promotion) -> dict[str, Any]:
    """By promotion: what it took off altogether, or why not."""
    outcome = engine.run(found, promotions)
    return {one.promotion.id: one.amount if one.is_applied else str(one.refusal.why) for one in outcome.tried}  # type: ignore[union-attr]


def test_lanes_see_what_the_ones_before_left() -> None:
    found = engine.run(
        basket(line("a", 10_00), line("b", 20_00), shipping=5_00),
        [
            promotion("off shipping", Percent(5000), Lane.SHIPPING),
            promotion("off the order", Percent(1000), Lane.ORDER),
            promotion("off lines", Amount({"USD": 1_00}), Lane.LINE),
        ],
    )

    assert [(one.promotion.id, one.amount) for one in found.tried] == [
        ("off lines", 2_00),
        ("off the order", 2_80),
        ("off shipping", 2_50),
    ]
    assert found.by_line == {"a": 1_90, "b": 2_90}
    assert found.shipping == 2_50


def test_those_that_are_not_combinable_share_no_unit() -> None:
    shoes = basket(line("boot", 50_00, category="shoes"), line("cap", 20_00, category="hats"))
    first = promotion("first", Percent(1000), scope=SHOES, priority=1)
    second = promotion("second", Percent(5000), priority=2)

    assert took(shoes, first, second) == {"first": 5_00, "second": 10_00}  # the cap is left for it
    assert took(shoes, replace(first, is_combinable=True), second) == {"first": 5_00, "second": 10_00}
    both = (replace(first, is_combinable=True), replace(second, is_combinable=True))
    assert took(shoes, *both) == {"first": 5_00, "second": 22_50 + 10_00}
    assert took(shoes, replace(second, priority=0), first) == {"first": "taken", "second": 35_00}


def test_of_the_same_priority_what_saves_more_comes_first() -> None:
    found = basket(line("boot", 50_00))

    assert took(found, promotion("a", Percent(1000)), promotion("b", Percent(2000))) == {"a": "taken", "b": 10_00}
    assert took(found, promotion("a", Percent(1000), priority=99), promotion("b", Percent(2000))) == {
        "a": 5_00,
        "b": "taken",
    }


def test_an_exclusive_one_goes_alone_or_not_at_all() -> None:
    found = basket(line("boot", 50_00), shipping=6_00)
    others = (promotion("ten", Percent(1000), Lane.ORDER), promotion("free", FreeShipping(), Lane.SHIPPING))
    alone = promotion("alone", Amount({"USD": 20_00}), Lane.ORDER, is_exclusive=True)

    assert took(found, *others, alone) == {"ten": "excluded", "free": "excluded", "alone": 20_00}
    small = replace(alone, kind=Amount({"USD": 10_00}))
    assert took(found, *others, small) == {"ten": 5_00, "free": 6_00, "alone": "excluded"}


def test_only_units_that_a_promotion_asks_for_are_used_by_it() -> None:
    found = basket(line("boot", 50_00, 3), line("cap", 20_00))
    two_for_one = promotion("two for one", BuyGet(1, 1, most=1), scope=Scope(frozenset({"product:boot"})), priority=1)
    rest = promotion("rest", Percent(1000), priority=2)

    assert took(found, two_for_one, rest) == {"two for one": 50_00, "rest": 5_00 + 2_00}


@pytest.mark.parametrize(
    ("more", "there", "why"),
    [
        ({"starts_at": NOW + timedelta(seconds=1)}, {}, Refusal(Why.NOT_STARTED)),
        ({"starts_at": NOW}, {}, None),
        ({"ends_at": NOW}, {}, Refusal(Why.EXPIRED)),
        ({"ends_at": NOW + timedelta(seconds=1)}, {}, None),
        ({"limit": Why.USED_UP}, {}, Refusal(Why.USED_UP)),
        ({"budget_left": 4_99}, {}, Refusal(Why.BUDGET)),
        ({"budget_left": 5_00}, {}, None),
        ({"scope": HATS}, {}, Refusal(Why.NO_PRODUCT)),
        ({"scope": Scope(none_of=SHOES.any_of)}, {}, Refusal(Why.NO_PRODUCT)),
        ({"conditions": Conditions(minimum={"USD": 50_01})}, {}, Refusal(Why.MINIMUM, 1, 50_01)),
        ({"conditions": Conditions(minimum={"USD": 50_00})}, {}, None),
        ({"conditions": Conditions(minimum={"EUR": 1})}, {}, Refusal(Why.CURRENCY)),
        ({"conditions": Conditions(minimum_quantity=3)}, {}, Refusal(Why.QUANTITY, 2, 3)),
        ({"conditions": Conditions(countries=frozenset({"US"}))}, {"country": "CA"}, Refusal(Why.COUNTRY)),
        ({"conditions": Conditions(countries=frozenset({"US"}))}, {"country": "US"}, None),
        ({"conditions": Conditions(channels=frozenset({"api"}))}, {"channel": "web"}, Refusal(Why.CHANNEL)),
        ({"conditions": Conditions(groups=frozenset({"vip"}))}, {}, Refusal(Why.GROUP)),
        ({"conditions": Conditions(groups=frozenset({"vip"}))}, {"groups": frozenset({"vip", "x"})}, None),
        ({"conditions": Conditions(is_first_order=True)}, {}, Refusal(Why.NOT_FIRST_ORDER)),
        ({"conditions": Conditions(is_first_order=True)}, {"is_first_order": True}, None),
        ({"conditions": Conditions(needs=HATS)}, {}, Refusal(Why.NO_PRODUCT)),
        ({"conditions": Conditions(needs=SHOES)}, {}, None),
    ],
)
def test_conditions(more: dict[str, Any], there: dict[str, Any], why: Refusal | None) -> None:
    found = basket(line("boot", 50_00, category="shoes"), **there)

    tried = engine.run(found, [promotion("ten", Percent(1000), **more)]).tried

    assert [one.refusal for one in tried] == [why]
    assert [one.amount for one in tried] == [0 if why else 5_00]


def test_a_minimum_counts_what_its_lane_found() -> None:
    found = basket(line("boot", 50_00))
    off = promotion("off", Amount({"USD": 10_00}), Lane.LINE)
    low, high = Conditions(minimum={"USD": 40_00}), Conditions(minimum={"USD": 40_01})
    one = promotion("one", Percent(1000), Lane.ORDER, conditions=low, is_combinable=True)
    other = promotion("other", Percent(1000), Lane.ORDER, conditions=low, is_combinable=True)

    assert took(found, off, replace(one, conditions=high)) == {"off": 10_00, "one": "minimum"}
    assert took(found, off, one, other) == {"off": 10_00, "one": 4_00, "other": 3_60}


def test_a_delivery_that_is_free_or_unknown_is_not_reduced() -> None:
    free = promotion("free", FreeShipping(), Lane.SHIPPING)
    other = promotion("other", Percent(1000), Lane.SHIPPING)

    assert took(basket(line("a", 1)), free) == {"free": "no_delivery"}
    assert took(basket(line("a", 1), shipping=0), free) == {"free": "no_delivery"}
    assert took(basket(line("a", 1), shipping=7_00), free, other) == {"free": 7_00, "other": "taken"}


def test_a_delivery_may_be_one_of_those_that_are_named() -> None:
    named = promotion(
        "named", FreeShipping(), Lane.SHIPPING,
        conditions=Conditions(minimum={"USD": 50_00}, deliveries=frozenset({"post", "bike"})),
    )  # fmt: skip
    half = promotion("half", Percent(5000), Lane.SHIPPING, priority=200)
    found = basket(line("boot", 50_00), shipping=7_00)

    assert took(replace(found, delivery="post"), named, half) == {"named": 7_00, "half": "taken"}
    assert took(replace(found, delivery="express"), named, half) == {"named": "delivery", "half": 3_50}
    assert took(found, named) == {"named": "delivery"}
    assert took(replace(found, shipping=None), named) == {"named": "no_delivery"}
    less = basket(line("hat", 49_00), shipping=7_00, delivery="express")
    assert took(less, named) == {"named": "minimum"}  # which is worth knowing before one is chosen


def test_of_one_run_each_way_of_delivery_has_its_own() -> None:
    express = Conditions(deliveries=frozenset({"express"}))
    promotions = [
        promotion("alone", FreeShipping(), Lane.SHIPPING, conditions=express, is_exclusive=True),
        promotion("ten", Percent(1000), Lane.ORDER),
    ]
    found = engine.Run(basket(line("boot", 50_00)), promotions)

    taken = {code: found.outcome(9_00, code) for code in ("post", "express")}

    assert {code: [one.promotion.id for one in made.applied] for code, made in taken.items()} == {
        "post": ["ten"],
        "express": ["alone"],
    }


def test_a_gift_counts_by_what_it_would_cost() -> None:
    found = basket(line("boot", 50_00), gifts={"socks": (8_00, 9)})
    gift = promotion("gift", Gift("socks"), Lane.ORDER, is_exclusive=True)
    off = promotion("off", Amount({"USD": 7_99}), Lane.ORDER)

    outcome = engine.run(found, [gift, off])
    assert [(one.promotion.id, one.gifts) for one in outcome.applied] == [("gift", (("socks", 1),))]
    assert took(replace(found, gifts={}), gift) == {"gift": "no_gift"}


def test_what_takes_nothing_uses_nothing() -> None:
    found = basket(line("pin", 2))
    nothing, much = promotion("nothing", Percent(1), priority=1), promotion("much", Percent(5000), priority=2)

    assert took(found, nothing, much) == {"nothing": "nothing_left", "much": 1}


@pytest.mark.parametrize(
    "typed",
    ["SAVE10", "save10", " sa ve\t10\n", "ＳＡＶＥ１０", "S\u200bAVE10", "ЅАVЕ10", "ſave10"],
)
def test_codes_are_compared_as_people_mean_them(typed: str) -> None:
    assert canonical(typed) == "SAVE10"


@pytest.mark.parametrize(
    ("typed", "known", "expected"),
    [
        ("SAVE1O", ["SAVE10"], "SAVE10"),
        ("5AVEIO", ["SAVE10"], None),  # S and 5 do not look alike
        ("FALL", ["FA11", "OTHER"], "FA11"),
        ("SAVEIO", ["SAVE10", "SAVE1O"], None),  # might be both
        ("SAVE1O", ["SAVE10", "SAVE1O"], "SAVE1O"),
        ("", ["SAVE10"], None),
        ("NONE", [], None),
    ],
)
def test_a_code_that_was_misread_is_the_only_one_that_it_looks_like(
    typed: str, known: list[str], expected: str | None
) -> None:
    assert meant(typed, known) == expected


def test_of_codes_that_are_made_no_two_look_alike() -> None:
    assert len({alike(letter) for letter in LETTERS}) == len(LETTERS)


def test_codes_are_cut() -> None:
    assert canonical("x" * 1000) == "X" * 40
