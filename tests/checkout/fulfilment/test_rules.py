"""Pure rules of parcels, for any parcels."""

from __future__ import annotations

from collections import Counter
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.fulfilment import rules
from checkout.orders.models import Order

STATUSES = ("open", "picked", "shipped", "delivered", "cancelled")
parcels = st.lists(
    st.builds(
        lambda status, units, share: rules.Parcel(status, units, units if status != "open" else units * share // 4),
        st.sampled_from(STATUSES), st.integers(1, 9), st.integers(0, 4),
    ),
    max_size=6,
)  # fmt: skip


def units(some: list[rules.Parcel], *statuses: str) -> int:
    return sum(parcel.units for parcel in some if parcel.status in statuses)


NEWS = ("labelled", "accepted", "in_transit", "out_for_delivery", "delivered", "failed_attempt")


@given(st.lists(st.sampled_from((*NEWS, "returned_to_sender", "lost"))))
def test_what_is_the_matter_is_something_that_was_told_last_or_not_mended_since(codes: list[str]) -> None:
    found = rules.problem(codes)
    assert rules.problem([*codes, "lost"]) == "lost"
    assert rules.problem([*codes, "labelled"]) == found
    assert rules.problem([*codes, "out_for_delivery"]) == rules.problem([*codes, "delivered"]) == ""
    assert rules.problem([*codes, "in_transit"]) == ("" if found == "lost" else found)
    assert found == "" or found in codes


@pytest.mark.parametrize(
    ("of", "ordered", "returned", "state", "to_pick"),
    [
        ([], 3, 0, "unfulfilled", 3),
        ([("open", 3, 2)], 3, 0, "unfulfilled", 1),
        ([("picked", 3, 3)], 3, 0, "picked", 0),
        ([("picked", 2, 2), ("open", 1, 1)], 3, 0, "unfulfilled", 0),
        ([("picked", 2, 2)], 3, 0, "unfulfilled", 1),  # one unit is in no parcel yet
        ([("shipped", 2, 2), ("picked", 1, 1)], 3, 0, "partly_shipped", 0),
        ([("delivered", 2, 2), ("open", 1, 0)], 3, 0, "partly_shipped", 1),
        ([("shipped", 2, 2)], 3, 0, "partly_shipped", 1),
        ([("shipped", 2, 2), ("delivered", 1, 1)], 3, 0, "shipped", 0),
        ([("shipped", 2, 2), ("cancelled", 1, 0)], 2, 0, "shipped", 0),
        ([("delivered", 3, 3)], 3, 0, "delivered", 0),
        ([("delivered", 3, 3)], 3, 1, "partly_returned", 0),
        ([("shipped", 3, 3)], 3, 1, "partly_returned", 0),
        ([("delivered", 3, 3)], 3, 3, "returned", 0),
        ([("delivered", 2, 2), ("open", 1, 0)], 3, 2, "partly_shipped", 1),  # what is to be sent in exchange
        ([("cancelled", 3, 0)], 0, 0, "unfulfilled", 0),
    ],
)  # fmt: skip
def test_an_order_is_as_far_as_its_last_unit(
    of: list[tuple[str, int, int]], ordered: int, returned: int, state: str, to_pick: int
) -> None:
    some = [rules.Parcel(*parcel) for parcel in of]
    assert rules.state(some, ordered=ordered, returned=returned) == state
    assert rules.to_pick(some, ordered=ordered) == to_pick


@given(parcels, st.integers(0, 5), st.integers(0, 40))
def test_the_state_says_what_is_true_of_every_unit(some: list[rules.Parcel], unplaced: int, returned: int) -> None:
    ordered = units(some, "open", "picked", "shipped", "delivered") + unplaced
    gone = units(some, "shipped", "delivered")
    state = rules.state(some, ordered=ordered, returned=returned)
    assert state in Order.FulfilmentState.values
    assert (state in {"unfulfilled", "picked"}) == (gone == 0)
    assert (state == "partly_shipped") == (0 < gone < ordered)
    assert (state == "returned") == (0 < gone == ordered <= returned)
    assert (state == "picked") == (0 < ordered == units(some, "picked"))
    if state == "delivered":
        assert units(some, "delivered") == ordered


@given(parcels, st.randoms(use_true_random=False))
def test_the_order_and_the_size_of_the_parcels_do_not_matter(some: list[rules.Parcel], rng) -> None:
    ordered = units(some, "open", "picked", "shipped", "delivered")
    shuffled = [*some]
    rng.shuffle(shuffled)
    halves = [
        half
        for one in some
        for half in (
            rules.Parcel(one.status, one.units - one.units // 2, one.picked - one.picked // 2),
            rules.Parcel(one.status, one.units // 2, one.picked // 2),
        )
    ]
    for other in (shuffled, halves):
        assert rules.progress(other, ordered=ordered) == rules.progress(some, ordered=ordered)
        assert rules.to_pick(other, ordered=ordered) == rules.to_pick(some, ordered=ordered)


contents = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5), st.integers(0, 5)), max_size=5).map(
    lambda rows: [
        rules.Content(UUID(int=key), (rank, -key), quantity, min(picked, quantity))
        for key, (rank, quantity, picked) in zip(count(1), rows, strict=False)
    ]
)


@given(contents, st.integers(1, 12))
def test_units_that_nobody_picked_go_first_and_never_more_than_are_here(some: list[rules.Content], wanted: int) -> None:
    loss = rules.taken_off(some, wanted)
    by_key = {content.key: content for content in some}
    assert all(0 < units <= by_key[key].quantity for key, units in loss.items())
    assert sum(loss.values()) == min(wanted, sum(content.quantity for content in some))
    unpicked = sum(content.quantity - content.picked for content in some)
    lost_picked = sum(max(0, units - by_key[key].quantity + by_key[key].picked) for key, units in loss.items())
    assert lost_picked == max(0, sum(loss.values()) - unpicked)


variants, locations = [UUID(int=n) for n in (1, 2)], [UUID(int=n) for n in (11, 12, 13)]
rooms = st.dictionaries(st.tuples(st.sampled_from(variants), st.sampled_from(locations)), st.integers(-2, 6))
lines = st.lists(st.tuples(st.sampled_from(variants), st.integers(1, 6)), max_size=4).map(
    lambda rows: [rules.Unplaced(UUID(int=100 + n), variant, units) for n, (variant, units) in enumerate(rows)]
)


@given(lines, rooms)
def test_units_are_packed_where_they_are_allocated_and_nowhere_else(
    unplaced: list[rules.Unplaced], room: dict[tuple[UUID, UUID], int]
) -> None:
    found = rules.placed(unplaced, room)
    of_line = {line.line: line for line in unplaced}
    here: Counter[tuple[UUID, UUID]] = Counter()
    packed: Counter[UUID] = Counter()
    for location, some in found.items():
        for line, number in some.items():
            assert number > 0
            here[of_line[line].variant_id, location] += number
            packed[line] += number
    assert all(number <= room[place] for place, number in here.items())
    assert all(packed[line.line] <= line.units for line in unplaced)
    for variant in variants:  # nothing stays out that has its place
        wanted = sum(line.units for line in unplaced if line.variant_id == variant)
        most = sum(max(0, number) for (one, _place), number in room.items() if one == variant)
        assert sum(packed[line.line] for line in unplaced if line.variant_id == variant) == min(wanted, most)
