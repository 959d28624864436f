"""Cases that other shops publish, restated in our terms, with the source beside each.

Where one of them counts otherwise than we do, `ours` says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from cart.promotions import engine
from cart.promotions.kinds.amount import Amount
from cart.promotions.kinds.bundle_price import BundlePrice
from cart.promotions.kinds.buy_get import BuyGet
from cart.promotions.kinds.cheapest_free import CheapestFree
from cart.promotions.kinds.percent import Percent
from cart.promotions.kinds.tiers import Step, Tiers
from cart.promotions.rules import Basket, Conditions, Lane, Line, Promotion, Scope
from tests.cart.promotions.test_properties import NOW

LINE, ORDER = Lane.LINE, Lane.ORDER
SOLIDUS = "Solidus, promotions/spec/models/solidus_promotions/calculators"
SOLIDUS_CORE = "Solidus, core/spec/models/spree/distributed_amounts_handler_spec"
OSCAR = "django-oscar, tests/integration/offer"
SALEOR = "Saleor, docs.saleor.io/developer/discounts"


@dataclass(frozen=True)
class Case:
    """`goods`: (cents, units) of each line; `off`: cents off each; `first` holds for the promotion's scope."""

    source: str
    kind: Any
    goods: list[tuple[int, int]]
    off: list[int]
    lane: Lane = LINE
    conditions: Conditions = field(default_factory=Conditions)
    scope: Scope = field(default_factory=Scope)
    also: tuple[Promotion, ...] = ()
    currency: str = "USD"
    ours: str = ""


FIRST = Scope(frozenset({"product:0"}))
TWO = Conditions(minimum_quantity=2)
FROM_TEN = Conditions(minimum={"USD": 10_00})
TIERED = Tiers((Step(points=1000), Step(spend={"USD": 20_00}, points=1500), Step(spend={"USD": 30_00}, points=2000)))
FLAT_TIERS = Tiers(
    (
        Step(amounts={"USD": 10_00}),
        Step(spend={"USD": 100_00}, amounts={"USD": 15_00}),
        Step(spend={"USD": 200_00}, amounts={"USD": 20_00}),
    )
)
CAPPED = Percent(1500, {"USD": 50_00})


def off(amount: int) -> Amount:
    return Amount({"USD": amount})


CASES = [
    # An amount over several lines
    Case(f"{SOLIDUS_CORE}: one line item", off(15_00), [(100_00, 1)], [15_00], ORDER),
    Case(f"{SOLIDUS_CORE}: equally priced", off(15_00), [(50_00, 1)] * 3, [5_00] * 3, ORDER),
    Case(
        f"{SOLIDUS_CORE}: cannot be equally distributed", off(10_00), [(50_00, 1)] * 3, [3_34, 3_33, 3_33], ORDER,
        ours="the odd cent is on the first of equal parts, there on the last",
    ),
    Case(
        f"{SOLIDUS_CORE}: not equal", off(15_00), [(50_00, 3), (50_00, 1), (50_00, 2)], [7_50, 2_50, 5_00], ORDER
    ),
    Case(
        f"{SOLIDUS}/distributed_amount_spec: 20, 30, 100", off(15_00), [(20_00, 1), (30_00, 1), (100_00, 1)],
        [2_00, 3_00, 10_00], ORDER,
    ),
    Case(
        f"{SOLIDUS}/distributed_amount_spec: for one product", off(15_00), [(20_00, 1), (30_00, 1), (100_00, 1)],
        [15_00, 0, 0], ORDER, scope=FIRST,
    ),
    Case(f"{SOLIDUS}/distributed_amount_spec: CAD", off(15_00), [(50_00, 1)], [0], ORDER, currency="CAD"),
    Case(f"{SALEOR}/apply-vouchers: entire order", off(5_00), [(4_00, 1), (45_00, 1)], [41, 4_59], ORDER),
    Case(f"{OSCAR}/test_absolute_benefit: one line", off(3_00), [(12_00, 2)], [3_00], ORDER, conditions=TWO),
    Case(
        f"{OSCAR}/test_absolute_benefit: multiple lines", off(3_00), [(12_00, 1)] * 2, [1_50] * 2, ORDER,
        conditions=TWO,
    ),
    Case(
        f"{OSCAR}/test_absolute_benefit: lower total value", off(3_00), [(1_00, 1), (1_50, 1)], [1_00, 1_50], ORDER,
        conditions=TWO,
    ),
    Case(
        f"{OSCAR}/test_absolute_benefit: exceeds condition", off(3_00), [(2_00, 2), (4_00, 2)], [1_00, 2_00], ORDER,
        conditions=TWO,
    ),
    Case(
        f"{OSCAR}/test_absolute_benefit: rounding", off(4_00), [(2_00, 1)] * 3, [1_34, 1_33, 1_33], ORDER,
        conditions=TWO, ours="the odd cent is on the first of equal parts, there on the last",
    ),
    Case(f"{OSCAR}/test_absolute_benefit: value", off(3_00), [(10_00, 1)], [3_00], ORDER, conditions=FROM_TEN),
    Case(f"{OSCAR}/test_absolute_benefit: value, two", off(3_00), [(5_00, 2)], [3_00], ORDER, conditions=FROM_TEN),
    Case(f"{OSCAR}/test_absolute_benefit: value, over", off(3_00), [(4_00, 3)], [3_00], ORDER, conditions=FROM_TEN),
    Case(f"{OSCAR}/test_absolute_benefit: empty", off(3_00), [], [], ORDER, conditions=TWO),
    # A percentage
    Case(f"{SALEOR}/sales: 10 % of $9", Percent(1000), [(9_00, 1)], [90]),
    Case(f"{OSCAR}/test_percentage_benefit: count", Percent(2000), [(12_00, 2)], [4_80], conditions=TWO),
    Case(f"{OSCAR}/test_percentage_benefit: count, over", Percent(2000), [(12_00, 3)], [7_20], conditions=TWO),
    Case(f"{OSCAR}/test_percentage_benefit: value", Percent(2000), [(5_00, 2)], [2_00], conditions=FROM_TEN),
    Case(f"{OSCAR}/test_percentage_benefit: value, over", Percent(2000), [(4_00, 3)], [2_40], conditions=FROM_TEN),
    Case(
        f"{SOLIDUS}/percent_with_cap_spec: capped at $50", CAPPED, [(120_00, 1), (230_00, 1), (300_00, 1)],
        [9_23, 17_69, 23_08], ORDER, ours="largest remainders have the odd cents: 9.2308, 17.6923, 23.0769",
    ),
    Case(
        f"{SOLIDUS}/percent_with_cap_spec: below the cap", CAPPED, [(12_00, 1), (23_00, 1), (10_00, 1)],
        [1_80, 3_45, 1_50], ORDER,
    ),
    # Tiers
    Case(f"{SOLIDUS}/tiered_percent_spec: first tier", TIERED, [(10_00, 1)], [1_00]),
    Case(f"{SOLIDUS}/tiered_percent_spec: second, two lines", TIERED, [(10_00, 1)] * 2, [1_50] * 2),
    Case(f"{SOLIDUS}/tiered_percent_spec: third, three lines", TIERED, [(10_00, 1)] * 3, [2_00] * 3),
    Case(f"{SOLIDUS}/tiered_percent_spec: second, one line", TIERED, [(20_00, 1)], [3_00]),
    Case(f"{SOLIDUS}/tiered_percent_spec: third, one line", TIERED, [(30_00, 1)], [6_00]),
    Case(f"{SOLIDUS}/tiered_flat_rate_spec: first tier", FLAT_TIERS, [(50_00, 1)], [10_00], ORDER),
    Case(f"{SOLIDUS}/tiered_flat_rate_spec: second tier", FLAT_TIERS, [(150_00, 1)], [15_00], ORDER),
    Case(f"{SOLIDUS}/tiered_flat_rate_spec: CAD", FLAT_TIERS, [(50_00, 1)], [0], ORDER, currency="CAD"),
    # Three for the price of two
    Case(f"{OSCAR}/test_multibuy_benefit: matches", BuyGet(2, 1, most=1), [(12_00, 3)], [12_00]),
    Case(f"{OSCAR}/test_multibuy_benefit: exceeds", BuyGet(2, 1, most=1), [(4_00, 4), (2_00, 4)], [0, 2_00]),
    Case(f"{OSCAR}/test_multibuy_benefit: value", CheapestFree(2), [(5_00, 2)], [5_00], conditions=FROM_TEN),
    Case(
        f"{OSCAR}/test_multibuy_benefit: value, over", CheapestFree(3), [(4_00, 2), (2_00, 2)], [0, 2_00],
        conditions=FROM_TEN,
    ),
    # One price for several
    Case(f"{OSCAR}/test_fixed_price_benefit: worth less", BundlePrice({"USD": 20_00}, 3, most=1), [(6_00, 3)], [0]),
    Case(f"{OSCAR}/test_fixed_price_benefit: more", BundlePrice({"USD": 20_00}, 3, most=1), [(8_00, 4)], [4_00]),
    Case(
        f"{OSCAR}/test_fixed_price_benefit: rounding", BundlePrice({"USD": 20_00}, 3, most=1), [(7_00, 1)] * 3,
        [33, 33, 34],
    ),
    # One on the other
    Case(
        f"{SALEOR}/examples: $50 at 20 % off beside $30", Percent(2000), [(50_00, 2), (30_00, 1)], [20_00, 0],
        scope=FIRST,
    ),
    Case(
        "github.com/saleor/saleor/issues/17453: 70 % on top of 40 % is not free", Percent(7000), [(100_00, 1)],
        [82_00], ORDER, also=(Promotion("sale", "Sale", LINE, Percent(4000)),),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.source)
def test_as_published(case: Case) -> None:
    lines = tuple(
        Line(f"{place}", price, count, frozenset({f"product:{place}"}))
        for place, (price, count) in enumerate(case.goods)
    )
    promotion = Promotion("it", "It", case.lane, case.kind, case.scope, case.conditions)

    found = engine.run(Basket(case.currency, lines, NOW), [promotion, *case.also])

    assert [found.by_line.get(line.key, 0) for line in lines] == case.off
