"""What property tests draw: promotions of every kind, taxes, how they are rounded; currencies of 0, 2 and 3 digits.

`EXAMPLES=10000` (`make test-properties`) makes every test that takes its settings from `examples`, or none, a long run.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

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
from cart.promotions.rules import CART_LANES, Conditions, Lane, Promotion, Scope
from cart.tax.rules import How, Level, Rate, Rounding


def examples(usual: int) -> settings:
    """So many examples in the usual run."""
    number = int(os.environ.get("EXAMPLES", usual))
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow])


CURRENCIES = ("USD", "EUR", "JPY", "KWD")
currencies = st.sampled_from(CURRENCIES)

# --- Taxes

CLASSES = ("standard", "reduced", "zero")
hows = st.builds(How, st.sampled_from(Rounding), st.sampled_from(Level))
rates = st.lists(
    st.builds(
        Rate,
        name=st.sampled_from("ABC"),
        rate=st.decimals(min_value=0, max_value="0.3", places=5),
        tax_class=st.sampled_from(CLASSES),
        is_included=st.booleans(),
        applies_to_shipping=st.booleans(),
        is_compound=st.booleans(),
    ),
    max_size=5,
    unique=True,
)

# --- Promotions

NAMES = "abcdef"  # of products
WAYS = ("post", "express")  # of delivery
NOWHERE = st.just(frozenset())

scopes = st.builds(
    Scope,
    st.frozensets(st.sampled_from([f"product:{name}" for name in NAMES]), max_size=3),
    st.frozensets(st.sampled_from([f"product:{name}" for name in NAMES]), max_size=1),
)
points = st.integers(1, 10_000)
few, counts = st.integers(1, 4), st.integers(0, 3)


def amounts(codes: tuple[str, ...]) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries({}, optional={code: st.integers(0, 90_00) for code in codes})


def kinds(codes: tuple[str, ...], gifts: tuple[str, ...]) -> dict[str, st.SearchStrategy[Any]]:
    """Every kind, with amounts in these currencies; `gifts` are the variants that may be given."""
    some = amounts(codes)
    steps = st.lists(st.builds(Step, spend=some, quantity=counts, points=points), min_size=1, max_size=3)
    return {
        "percent": st.builds(Percent, points, some),
        "amount": st.builds(Amount, some),
        "fixed_price": st.builds(FixedPrice, some),
        "buy_get": st.builds(BuyGet, few, few, points, st.none() | scopes, counts),
        "cheapest_free": st.builds(CheapestFree, st.integers(2, 5), st.integers(1, 2), st.booleans()),
        "bundle_price": st.builds(
            BundlePrice, some, few, st.lists(st.tuples(scopes, few), max_size=3).map(tuple), counts
        ),
        "gift": st.builds(Gift, st.sampled_from(gifts), few, counts, counts),
        "tiers": st.builds(Tiers, steps.map(tuple)),
        "free_shipping": st.just(FreeShipping()),
    }


@st.composite
def promotions(
    draw: st.DrawFn, codes: tuple[str, ...] = ("USD", "EUR"), gifts: tuple[str, ...] = ("socks", "gone")
) -> list[Promotion]:  # fmt: skip
    found, known = [], kinds(codes, gifts)
    for number in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(sorted(KINDS)))
        lane = draw(st.sampled_from(sorted(KINDS[name][1] & set(CART_LANES))))
        conditions = draw(
            st.builds(
                Conditions,
                minimum=amounts(codes),
                minimum_quantity=counts,
                deliveries=st.frozensets(st.sampled_from(WAYS), max_size=1) if lane is Lane.SHIPPING else NOWHERE,
            )
            | st.just(Conditions())
        )
        found.append(
            Promotion(
                id=f"{number}",
                name=name,
                lane=lane,
                kind=draw(known[name]),
                scope=draw(scopes),
                conditions=conditions,
                priority=draw(st.integers(0, 2)),
                is_exclusive=draw(st.integers(0, 5)) == 0,
                is_combinable=draw(st.booleans()),
                budget_left=draw(st.none() | st.integers(0, 50_00)),
            )
        )
    return found
