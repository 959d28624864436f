"""Anything may happen to placed orders: edits, parcels in parts, short picks, returns, refunds, balances, cancels.

A walk over the whole table of transitions on a real database with the payment sandbox. After it everything heals, and
must add up: legal edges only, a history without gaps, the balance is what is due less what was paid, and whatever
`verify_invariants` asks. `STEPS=50000` (as `make test-walks` sets it) makes it the long walk, in two worlds side by
side; it is quick otherwise.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from checkout.orders.models import OrderStep
from tests.faults.walking import new_world, walk
from tests.faults.world import World
from tests.faults.world_orders import LIFE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

STEPS = int(os.environ.get("STEPS", "300"))
WORLDS = 2 if STEPS > 5000 else 1
SHARE = STEPS // WORLDS


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    with new_world(settings) as begun:
        yield begun


@pytest.mark.parametrize("number", range(WORLDS))
def test_F23_the_life_of_orders_adds_up_whatever_happens(
    world: World, number: int, record_property: Callable[[str, object], None]
) -> None:
    walk(world, LIFE, steps=SHARE, at_once=min(SHARE, 1500))
    edges = set(OrderStep.objects.values_list("from_status", "trigger"))
    told = f"{world.count()}: {dict(world.done)}; refused: {dict(world.refused)}; edges: {len(edges)}"
    record_property("figures", f"life of orders {told}")
    sys.stdout.write(told)  # shown by `make test-walks`
