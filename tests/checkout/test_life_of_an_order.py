"""Anything may happen to placed orders: edits, parcels in parts, short picks, returns, refunds, balances, cancels.

A walk over the whole table of transitions on a real database with the payment sandbox. After it everything heals, and
must add up: legal edges only, a history without gaps, the balance is what is due less what was paid, and whatever
`verify_invariants` asks. `STEPS=50000` (as `make test-faults` sets it) makes it the long walk; it is quick otherwise.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checkout.orders.models import OrderStep
from checkout.payments import calls, providers
from shop.resilience import breaker
from tests.fakes.sandbox import receiver, running_sandbox
from tests.faults.world import World
from tests.faults.world_orders import LIFE
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

STEPS = int(os.environ.get("STEPS", "300"))
AT_ONCE = min(STEPS, 1500)  # then everything heals, and must add up
NAMES = [name for name, weight in LIFE.items() for _ in range(weight)]


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    with receiver() as hooks, running_sandbox(webhook_url=hooks.url) as sandbox:
        settings.STRIPE_API_BASE = sandbox.url
        providers.provider.cache_clear()
        breaker.reset(calls.circuit("stripe"))
        yield World(sandbox, hooks)
    providers.provider.cache_clear()
    breaker.reset(calls.circuit("stripe"))


def test_F23_the_life_of_orders_adds_up_whatever_happens(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    @settings(
        max_examples=10 * (1 + STEPS // AT_ONCE), deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(seed=st.integers(0, 2**63))
    def lives(seed: int) -> None:
        begun, rng = world.count(), random.Random(seed)
        if begun >= STEPS:
            return
        while world.count() < begun + AT_ONCE:
            world.do(rng.choice(NAMES), rng.getrandbits(60))
        world.quiesce()
        assert "\n".join(world.differences() + violations()) == ""

    lives()
    assert world.count() >= STEPS
    edges = set(OrderStep.objects.values_list("from_status", "trigger"))
    record_property(
        "steps", f"{world.count()}: {dict(world.done)}; refused: {dict(world.refused)}; edges: {len(edges)}"
    )
