"""Anything may happen next: random operations on a real database, and every invariant holds in the end.

`OPERATIONS=100000` (as `make test-faults` sets it) makes it the long run, in two worlds side by side; it is quick
otherwise. Hypothesis draws the seeds from which everything follows, and names the one that failed. The database is not
wiped in between: a world only grows older.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checkout.payments import calls, providers
from shop.resilience import breaker
from tests.fakes.sandbox import receiver, running_sandbox
from tests.faults.world import WEIGHTS, World
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

OPERATIONS = int(os.environ.get("OPERATIONS", "600"))
WORLDS = 2 if OPERATIONS > 5000 else 1
SHARE = OPERATIONS // WORLDS
AT_ONCE = min(SHARE, 2000)  # then everything heals, and must add up
NAMES = [name for name, weight in WEIGHTS.items() for _ in range(weight)]


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    with receiver() as hooks, running_sandbox(webhook_url=hooks.url) as sandbox:
        settings.STRIPE_API_BASE = sandbox.url
        providers.provider.cache_clear()
        breaker.reset(calls.circuit("stripe"))
        yield World(sandbox, hooks)
    providers.provider.cache_clear()
    breaker.reset(calls.circuit("stripe"))


@pytest.mark.parametrize("number", range(WORLDS))
def test_after_any_operations_everything_adds_up(
    world: World, number: int, record_property: Callable[[str, object], None]
) -> None:
    @settings(
        max_examples=10 * (1 + SHARE // AT_ONCE), deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(seed=st.integers(0, 2**63))
    def happens(seed: int) -> None:
        begun, rng = world.count(), random.Random(seed)
        if begun >= SHARE:
            return
        while world.count() < begun + AT_ONCE:
            world.do(rng.choice(NAMES), rng.getrandbits(60))
        world.quiesce()
        assert "\n".join(world.differences() + violations()) == ""

    happens()
    assert world.count() >= SHARE
    record_property("operations", f"{world.count()}: {dict(world.done)}; refused: {dict(world.refused)}")
