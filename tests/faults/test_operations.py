"""Anything may happen next: random operations on a real database, and every invariant holds in the end.

`OPERATIONS=100000` (as `make test-walks` sets it) makes it the long run, in two worlds side by side; it is quick
otherwise. Hypothesis draws the seeds from which everything follows, and names the one that failed. The database is not
wiped in between: a world only grows older.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.walking import new_world, walk
from tests.faults.world import WEIGHTS, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

OPERATIONS = int(os.environ.get("OPERATIONS", "600"))
WORLDS = 2 if OPERATIONS > 5000 else 1
SHARE = OPERATIONS // WORLDS


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    with new_world(settings) as begun:
        yield begun


@pytest.mark.parametrize("number", range(WORLDS))
def test_after_any_operations_everything_adds_up(
    world: World, number: int, record_property: Callable[[str, object], None]
) -> None:
    walk(world, WEIGHTS, steps=SHARE, at_once=min(SHARE, 2000))
    told = f"{world.count()}: {dict(world.done)}; refused: {dict(world.refused)}"
    record_property("operations", told)
    sys.stdout.write(told)  # shown by `make test-walks`
