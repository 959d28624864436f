"""However a partner's messages are repeated and mixed up on their way, the stock is that of what was accepted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.feeds import invariants
from inventory.feeds.models import FeedMessage
from tests.factories.feeds import feed as registered
from tests.factories.inventory import stocked
from tests.fakes import partner
from tests.fakes.partner import movement
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db

START = 6
changes = st.lists(st.integers(-4, 4).filter(bool), min_size=1, max_size=3)
messages = st.lists(changes, min_size=1, max_size=5)
quick = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def play(bodies: list[list[int]], order: list[int], *, numbered: bool) -> tuple[int, list[Any]]:
    """Send the messages in this order; the units on hand at the end, and the answers."""
    (feed, secret), item, run = registered(), stocked(START), uuid4().hex[:8]
    answers = []
    for number in order:
        payload: dict[str, Any] = {"movements": [movement(item.sku, change) for change in bodies[number]]}
        if numbered:
            payload["sequence"] = number
        answers.append(partner.send(feed.code, secret, f"{run}-{number}", payload))
    accepted = FeedMessage.objects.filter(feed=feed, is_accepted=True)
    moved = sum(message.units_in - message.units_out for message in accepted)
    assert counters(item) == (START + moved, 0, 0, 0)
    assert invariants.messages_moved_once() == []
    assert_adds_up()
    return START + moved, answers


def expected(bodies: list[list[int]], order: list[int], *, numbered: bool) -> int:
    """The same, worked out by hand: once per id, in order, all of a message or nothing, never below zero."""
    units, last, done = START, -1, set[int]()
    for number in order:
        if number in done or (numbered and number <= last):
            continue
        steps = [units + sum(bodies[number][: end + 1]) for end in range(len(bodies[number]))]
        if min(steps) >= 0:
            units, last = steps[-1], number
            done.add(number)
    return units


@quick
@given(bodies=messages, data=st.data(), numbered=st.booleans())
def test_replays_and_reorderings_end_in_the_stock_of_what_was_accepted(
    bodies: list[list[int]], data: st.DataObject, numbered: bool
) -> None:
    order = data.draw(st.lists(st.integers(0, len(bodies) - 1), min_size=1, max_size=10))
    units, answers = play(bodies, order, numbered=numbered)
    assert units == expected(bodies, order, numbered=numbered)
    first: dict[int, bytes] = {}
    for number, answer in zip(order, answers, strict=True):
        if answer.status_code == 200:
            assert first.setdefault(number, answer.content) == answer.content


@quick
@given(bodies=messages, data=st.data())
def test_repeating_what_has_arrived_changes_nothing(bodies: list[list[int]], data: st.DataObject) -> None:
    """Every message in its order, each followed by repeats of what came before: the same as each of them once."""
    order: list[int] = []
    for number in range(len(bodies)):
        order += [number, *data.draw(st.lists(st.integers(0, number), max_size=3))]
    units, _answers = play(bodies, order, numbered=True)
    assert units == expected(bodies, list(range(len(bodies))), numbered=True)
