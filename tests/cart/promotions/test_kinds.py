"""What each kind takes off, and what is missing for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cart.promotions import engine
from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.bundle_price import BundlePrice
from cart.promotions.kinds.buy_get import BuyGet
from cart.promotions.kinds.cheapest_free import CheapestFree
from cart.promotions.kinds.fixed_price import FixedPrice
from cart.promotions.kinds.gift import Gift
from cart.promotions.kinds.percent import Percent
from cart.promotions.kinds.tiers import Step, Tiers
from cart.promotions.rules import EVERYTHING, Basket, Lane, Line, Promotion, Refusal, Scope, Why
from catalog.products.charging import keys_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def some(*names: str) -> Scope:
    return Scope(frozenset(f"product:{name}" for name in names))


def run(
    kind: Any,
    lines: list[tuple[str, int, int]],
    lane: Lane = Lane.LINE,
    scope: Scope = EVERYTHING,
    **more: Any,
) -> Any:
    """By line what is off; or the refusal."""
    found = Basket(
        "USD", tuple(Line(name, price, number, keys_of(product=name)) for name, price, number in lines), NOW, **more
    )
    tried = engine.run(found, [Promotion("it", "it", lane, kind, scope)]).tried[0]
    return tried.refusal or (dict(tried.by_line) if lane is not Lane.SHIPPING else tried.shipping)


ABC = [("a", 10_00, 1), ("b", 20_00, 2), ("c", 3_33, 3)]


@pytest.mark.parametrize(
    ("kind", "lane", "expected"),
    [
        (Percent(1000), Lane.LINE, {"a": 1_00, "b": 4_00, "c": 1_00}),  # 99.9 cents, rounded by line
        (Percent(1000), Lane.ORDER, {"a": 1_00, "b": 4_00, "c": 1_00}),
        (Percent(3333), Lane.LINE, {"a": 3_33, "b": 13_33, "c": 3_33}),
        (Percent(10_000), Lane.LINE, {"a": 10_00, "b": 40_00, "c": 9_99}),
        (Percent(1000, most={"USD": 3_00}), Lane.LINE, {"a": 50, "b": 2_00, "c": 50}),
        (Percent(1000, most={"EUR": 3_00}), Lane.LINE, {"a": 1_00, "b": 4_00, "c": 1_00}),
        (Amount({"USD": 5_00}), Lane.LINE, {"a": 5_00, "b": 10_00, "c": 9_99}),
        (Amount({"USD": 6_00}), Lane.ORDER, {"a": 1_00, "b": 4_00, "c": 1_00}),
        (Amount({"USD": 600_00}), Lane.ORDER, {"a": 10_00, "b": 40_00, "c": 9_99}),
        (Amount({"EUR": 6_00}), Lane.ORDER, Refusal(Why.CURRENCY)),
        (FixedPrice({"USD": 9_00}), Lane.LINE, {"a": 1_00, "b": 22_00}),
        (FixedPrice({"USD": 0}), Lane.LINE, {"a": 10_00, "b": 40_00, "c": 9_99}),
        (FixedPrice({"USD": 20_00}), Lane.LINE, Refusal(Why.NOTHING_LEFT)),
        (FixedPrice({"JPY": 20}), Lane.LINE, Refusal(Why.CURRENCY)),
    ],
)
def test_simple_kinds(kind: Any, lane: Lane, expected: Any) -> None:
    assert run(kind, ABC, lane) == expected


@pytest.mark.parametrize(
    ("kind", "left"), [(Percent(5000), 3_00), (Amount({"USD": 2_00}), 2_00), (Amount({"USD": 9_00}), 6_00)]
)
def test_the_delivery(kind: Any, left: int) -> None:
    assert run(kind, ABC, Lane.SHIPPING, shipping=6_00) == left


@pytest.mark.parametrize(
    ("kind", "lines", "scope", "expected"),
    [
        # Three for two: the cheapest of each three.
        (BuyGet(2, 1), [("a", 10_00, 3)], EVERYTHING, {"a": 10_00}),
        (BuyGet(2, 1), [("a", 10_00, 2), ("b", 4_00, 1)], EVERYTHING, {"b": 4_00}),
        (BuyGet(2, 1), [("a", 10_00, 5), ("b", 4_00, 1)], EVERYTHING, {"a": 10_00, "b": 4_00}),
        (BuyGet(2, 1, most=1), [("a", 10_00, 6)], EVERYTHING, {"a": 10_00}),
        (BuyGet(2, 1), [("a", 10_00, 2)], EVERYTHING, Refusal(Why.QUANTITY, 1, 3)),
        (BuyGet(2, 1), [("a", 10_00, 2)], some("b"), Refusal(Why.NO_PRODUCT)),
        # The second one half price.
        (BuyGet(1, 1, 5000), [("a", 9_99, 2)], EVERYTHING, {"a": 5_00}),
        # A case with every two phones.
        (BuyGet(2, 1, bought=some("p")), [("c", 5_00, 3), ("p", 99_00, 5)], some("c"), {"c": 10_00}),
        (BuyGet(2, 1, bought=some("p")), [("c", 5_00, 3), ("p", 99_00, 1)], some("c"), Refusal(Why.QUANTITY, 1, 3)),
        # What is bought may be given as well, but no unit twice.
        (BuyGet(1, 1, bought=some("a", "b")), [("a", 8_00, 1), ("b", 5_00, 1)], some("b"), {"b": 5_00}),
        (BuyGet(1, 1, bought=some("a", "b")), [("b", 5_00, 3)], some("b"), {"b": 5_00}),
        (BuyGet(1, 1, bought=some("a", "b")), [("a", 8_00, 1), ("b", 5_00, 3)], some("b"), {"b": 10_00}),
    ],
)
def test_buy_and_get(kind: Any, lines: Any, scope: Scope, expected: Any) -> None:
    assert run(kind, lines, scope=scope) == expected


@pytest.mark.parametrize(
    ("kind", "lines", "expected"),
    [
        (CheapestFree(3), [("a", 10_00, 2), ("b", 4_00, 1), ("c", 7_00, 1)], {"b": 4_00}),
        (CheapestFree(3), [("a", 10_00, 2)], Refusal(Why.QUANTITY, 1, 3)),
        (CheapestFree(2, is_repeated=True), [("a", 10_00, 3), ("b", 4_00, 1)], {"a": 10_00, "b": 4_00}),
        (CheapestFree(2, free=2), [("a", 10_00, 3)], {"a": 20_00}),
    ],
)
def test_the_cheapest_free(kind: Any, lines: Any, expected: Any) -> None:
    assert run(kind, lines) == expected


@pytest.mark.parametrize(
    ("kind", "lines", "expected"),
    [
        (BundlePrice({"USD": 20_00}, 3), [("a", 10_00, 3)], {"a": 10_00}),
        (BundlePrice({"USD": 20_00}, 3), [("a", 10_00, 7)], {"a": 20_00}),
        (BundlePrice({"USD": 20_00}, 3, most=1), [("a", 10_00, 7)], {"a": 10_00}),
        (BundlePrice({"USD": 20_00}, 3), [("a", 10_00, 2), ("b", 8_00, 2)], {"a": 5_71, "b": 2_29}),  # 28 for 20
        (BundlePrice({"USD": 20_00}, 3), [("a", 5_00, 3)], Refusal(Why.NOTHING_LEFT)),
        (BundlePrice({"USD": 20_00}, 3), [("a", 5_00, 1)], Refusal(Why.QUANTITY, 2, 3)),
        (BundlePrice({"EUR": 20_00}, 3), [("a", 5_00, 3)], Refusal(Why.CURRENCY)),
        (
            BundlePrice({"USD": 900_00}, parts=((some("camera"), 1), (some("lens"), 2))),
            [("bag", 80_00, 1), ("camera", 700_00, 2), ("lens", 200_00, 3)],
            {"camera": 127_27, "lens": 72_73},
        ),
        (
            BundlePrice({"USD": 900_00}, parts=((some("camera"), 1), (some("lens"), 1))),
            [("lens", 200_00, 3)],
            Refusal(Why.QUANTITY, 1, 2),
        ),
        (BundlePrice({"USD": 9_00}, parts=((some("x"), 1),)), [("a", 9_99, 1)], Refusal(Why.NO_PRODUCT, 1, 1)),
    ],
)
def test_a_price_for_several(kind: Any, lines: Any, expected: Any) -> None:
    assert run(kind, lines) == expected


SPEND = Tiers((Step(spend={"USD": 50_00}, points=500), Step(spend={"USD": 100_00}, points=1000)))
COUNT = Tiers((Step(quantity=3, amounts={"USD": 3_00}), Step(quantity=5, amounts={"USD": 10_00})))


@pytest.mark.parametrize(
    ("kind", "lines", "expected"),
    [
        (SPEND, [("a", 49_99, 1)], Refusal(Why.MINIMUM, 1, 50_00)),
        (SPEND, [("a", 50_00, 1)], {"a": 2_50}),
        (SPEND, [("a", 50_00, 2)], {"a": 10_00}),
        (COUNT, [("a", 50_00, 2)], Refusal(Why.QUANTITY, 1, 3)),
        (COUNT, [("a", 50_00, 4)], {"a": 3_00}),
        (COUNT, [("a", 1_00, 5), ("b", 1_00, 1)], {"a": 5_00, "b": 1_00}),
    ],
)
@pytest.mark.parametrize("lane", [Lane.LINE, Lane.ORDER])
def test_tiers(kind: Any, lines: Any, expected: Any, lane: Lane) -> None:
    assert run(kind, lines, lane) == expected


@pytest.mark.parametrize(
    ("kind", "quantity", "given"),
    [
        (Gift("socks"), 3, (("socks", 1),)),
        (Gift("socks", 2, per=2), 5, (("socks", 4),)),
        (Gift("socks", 2, per=2, most=3), 5, (("socks", 3),)),
    ],
)
def test_gifts(kind: Any, quantity: int, given: Any) -> None:
    found = Basket("USD", (Line("a", 1_00, quantity),), NOW, gifts={"socks": (2_00, 9)})

    tried = engine.run(found, [Promotion("it", "it", Lane.ORDER, kind)]).tried[0]

    assert (tried.gifts, tried.amount, tried.worth) == (given, 0, given[0][1] * 2_00)


def test_too_few_for_a_gift() -> None:
    assert run(Gift("socks", per=4), [("a", 1_00, 3)], gifts={"socks": (1, 1)}) == Refusal(Why.QUANTITY, 1, 4)
