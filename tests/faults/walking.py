"""A world that somebody walks through at random: begun beside a sandbox, healed and counted again and again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from checkout.payments import calls, providers
from shop.resilience import breaker
from tests.fakes.sandbox import receiver, running_sandbox
from tests.faults.world import World
from tests.invariants import violations


@contextmanager
def new_world(settings: Any) -> Iterator[World]:
    """A shop with a payment sandbox of its own; `settings` is pytest-django's."""
    with receiver() as hooks, running_sandbox(webhook_url=hooks.url) as sandbox:
        settings.STRIPE_API_BASE = sandbox.url
        providers.provider.cache_clear()
        breaker.reset(calls.circuit("stripe"))
        yield World(sandbox, hooks)
    providers.provider.cache_clear()
    breaker.reset(calls.circuit("stripe"))


def walk(world: World, weights: Mapping[str, int], *, steps: int, at_once: int) -> None:
    """So many operations, each as often as its weight says; after every `at_once` of them all must add up.

    Hypothesis draws the seeds from which everything follows, and names the one that failed.
    """
    names = [name for name, weight in weights.items() for _ in range(weight)]

    @hypothesis_settings(
        max_examples=10 * (1 + steps // at_once), deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(seed=st.integers(0, 2**63))
    def happens(seed: int) -> None:
        begun, rng = world.count(), random.Random(seed)
        if begun >= steps:
            return
        while world.count() < begun + at_once:
            world.do(rng.choice(names), rng.getrandbits(60))
        world.quiesce()
        wrong = "\n".join(world.differences() + violations())
        assert not wrong, wrong  # said here: pytest explains the asserts of test modules only

    happens()
    assert world.count() >= steps
