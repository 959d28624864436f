from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.stock import rules
from inventory.stock.rules import Level

A, B = UUID(int=1), UUID(int=2)


def level(variant: UUID, place: int, available: int) -> Level:
    return Level(uuid4(), variant, (place, f"place-{place}"), available)


def test_one_location_that_has_everything_is_preferred_to_two_of_lower_rank() -> None:
    levels = [level(A, 1, 5), level(B, 2, 5), level(A, 3, 2), level(B, 3, 2)]
    assert rules.plan({A: 2, B: 1}, levels) == {levels[2].stock_item_id: 2, levels[3].stock_item_id: 1}


def test_the_lowest_rank_wins_among_equals() -> None:
    levels = [level(A, 2, 5), level(A, 1, 5)]
    assert rules.plan({A: 5}, levels) == {levels[1].stock_item_id: 5}


def test_a_demand_is_split_over_the_fewest_locations() -> None:
    levels = [level(A, 1, 1), level(A, 2, 2), level(A, 3, 4), level(A, 4, 3)]
    assert rules.plan({A: 6}, levels) == {levels[1].stock_item_id: 2, levels[2].stock_item_id: 4}
    assert rules.plan({A: 7}, levels) == {levels[2].stock_item_id: 4, levels[3].stock_item_id: 3}


def test_a_demand_beyond_three_parcels_empties_locations_by_rank() -> None:
    levels = [level(A, place, 1) for place in (5, 4, 3, 2, 1)]
    assert rules.plan({A: 4}, levels) == {item.stock_item_id: 1 for item in levels[1:]}


def test_shortages_name_what_is_there_for_each_variant_that_is_short() -> None:
    assert rules.shortages({A: 3, B: 1}, [level(A, 1, 1), level(A, 2, 1), level(B, 1, 1)]) == {A: 2}
    assert rules.shortages({A: 1}, []) == {A: 0}


def test_a_plan_for_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError):
        rules.plan({A: 2}, [level(A, 1, 1)])


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "1", None, rules.MAX_UNITS + 1])
def test_quantities_are_whole_numbers_from_one(value: object) -> None:
    assert rules.is_quantity(value) is False


STOCK = st.lists(st.tuples(st.sampled_from([A, B]), st.integers(1, 6), st.integers(0, 5)), max_size=12)
DEMAND = st.dictionaries(st.sampled_from([A, B]), st.integers(1, 9), min_size=1)
STRATEGY = st.sampled_from([None, rules.FEWEST_PARCELS, rules.HIGHEST_STOCK])


def levels_of(stock: list[tuple[UUID, int, int]]) -> list[Level]:
    return [level(variant, place, units) for (variant, place), units in {(v, p): u for v, p, u in stock}.items()]


@given(DEMAND, STOCK, STRATEGY)
def test_a_plan_serves_exactly_the_demand_within_what_is_available(
    demand: dict[UUID, int], stock: list[tuple[UUID, int, int]], strategy: str | None
) -> None:
    levels = levels_of(stock)
    if rules.shortages(demand, levels):
        with pytest.raises(ValueError, match="beyond"):
            rules.plan(demand, levels, strategy=strategy)
        return
    parts = rules.plan(demand, levels, strategy=strategy)
    by_id = {item.stock_item_id: item for item in levels}
    assert all(0 < units <= by_id[key].available for key, units in parts.items())
    assert (
        rules.totals(Level(key, by_id[key].variant_id, by_id[key].rank, units) for key, units in parts.items())
        == demand
    )


@given(DEMAND, STOCK)
def test_no_plan_has_fewer_parcels_up_to_three(demand: dict[UUID, int], stock: list[tuple[UUID, int, int]]) -> None:
    levels = levels_of(stock)
    if rules.shortages(demand, levels):
        return
    rank = {item.stock_item_id: item.rank for item in levels}
    parcels = len({rank[key] for key in rules.plan(demand, levels)})
    places = sorted(set(rank.values()))
    for size in range(1, min(parcels, rules.EXACT_PARCELS + 1)):
        for chosen in combinations(places, size):
            assert rules.shortages(demand, [item for item in levels if item.rank in chosen])


@given(DEMAND, STOCK)
def test_the_highest_stock_is_asked_before_lower_ones(
    demand: dict[UUID, int], stock: list[tuple[UUID, int, int]]
) -> None:
    levels = levels_of(stock)
    if rules.shortages(demand, levels):
        return
    parts = rules.plan(demand, levels, strategy=rules.HIGHEST_STOCK)
    for one in levels:
        for other in levels:
            if one.variant_id == other.variant_id and one.available > other.available and other.stock_item_id in parts:
                assert parts[one.stock_item_id] == one.available


def test_the_highest_stock_goes_first_and_equals_go_by_rank() -> None:
    levels = [level(A, 1, 3), level(A, 2, 7), level(A, 3, 7)]
    assert rules.plan({A: 2}, levels, strategy=rules.HIGHEST_STOCK) == {levels[1].stock_item_id: 2}
    assert rules.plan({A: 9}, levels, strategy=rules.HIGHEST_STOCK) == {
        levels[1].stock_item_id: 7, levels[2].stock_item_id: 2,
    }  # fmt: skip


def test_beyond_the_stock_counts_until_its_last_moment() -> None:
    end = datetime(2027, 3, 1, tzinfo=UTC)
    assert rules.beyond(5, end, end - timedelta(microseconds=1)) == 5
    assert rules.beyond(5, end, end) == 0
    assert rules.beyond(5, None, end) == 5


@pytest.mark.parametrize(
    ("wanted", "state", "expected"),
    [(1, "in_stock", None), (2, "in_stock", None), (3, "preorder", True), (7, "preorder", True), (8, "out", None)],
)
def test_what_a_shopper_is_told_depends_on_how_many_are_wanted(wanted: int, state: str, expected: bool | None) -> None:
    ships = date(2027, 3, 12)
    have = rules.Availability(7, 2, is_preorder=True, expected_on=ships)
    assert (have.state(wanted), have.expected(wanted)) == (state, ships if expected else None)


def test_without_any_unit_it_is_out() -> None:
    assert (rules.NOTHING.state(), rules.NOTHING.expected()) == ("out", None)
    assert rules.Availability(3, 0).state() == "backorder"
