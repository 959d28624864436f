from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.recommendations import rules


@pytest.mark.parametrize(("products", "weight"), [(0, 0), (1, 1000), (2, 707), (4, 500), (100, 100)])
def test_large_orders_say_less_of_each_product(products: int, weight: int) -> None:
    assert rules.order_weight(products) == weight


@settings(deadline=None)
@given(st.integers(1, 10_000))
def test_no_order_says_more_than_a_smaller_one(products: int) -> None:
    assert 0 < rules.order_weight(products + 1) <= rules.order_weight(products) <= rules.ORDER


@dataclass(frozen=True)
class Thing:
    product_id: UUID
    brand: str = ""
    is_in_stock: bool = True
    is_sellable: bool = True


things = st.builds(
    Thing, st.integers(0, 30).map(lambda n: UUID(int=n)), st.sampled_from(["", "Keel", "keel", "Oriel", "Aubade"]),
    st.booleans(), st.booleans(),
)  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(things, unique_by=lambda one: one.product_id, max_size=30),
    st.sets(st.integers(0, 30).map(lambda n: UUID(int=n))),
    st.integers(1, 12),
)
def test_a_shelf_has_only_what_may_be_shown_in_its_order(cards: list[Thing], without: set[UUID], most: int) -> None:
    chosen = rules.choose(cards, without=without, most=most)

    allowed = [one for one in cards if one.is_in_stock and one.is_sellable and one.product_id not in without]
    assert len(chosen) == min(most, len(allowed))
    assert [one for one in allowed if one in chosen] == chosen
    # a brand has more than its share only where all that is left out is of a brand that has its share, too
    share = max(2, -(-most // 3))
    counts = {brand: sum(one.brand.casefold() == brand for one in chosen) for brand in ("keel", "oriel", "aubade")}
    if any(count > share for count in counts.values()):
        left_out = [one for one in allowed if one not in chosen]
        assert all(one.brand and counts[one.brand.casefold()] >= share for one in left_out)


def test_a_shelf_has_several_brands() -> None:
    cards = [Thing(UUID(int=n), "Keel" if n < 8 else "Oriel" if n < 12 else "") for n in range(14)]

    places = [one.product_id.int for one in rules.choose(cards, without=(), most=8)]

    assert places == [0, 1, 2, 8, 9, 10, 12, 13]


def test_a_shelf_of_one_brand_is_full() -> None:
    cards = [Thing(UUID(int=n), "Keel") for n in range(5)]

    assert rules.choose(cards, without={UUID(int=1)}, most=8) == [cards[0], *cards[2:]]
