"""Write down what staff do with held money."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from checkout.holds.models import HoldStep
from checkout.orders.models import Order


def add(
    *, order: Order, by: str, taken: int = 0, let_go: int = 0, captures: Iterable[UUID] = (), note: str = ""
) -> HoldStep:
    """One more step of a locked order: minor units that are to be taken by `captures`, and that are let go."""
    return HoldStep.objects.create(
        order=order,
        trigger=HoldStep.Trigger.TAKE if taken else HoldStep.Trigger.LET_GO,
        taken_minor=taken,
        let_go_minor=let_go,
        captures=[str(key) for key in captures],
        note=note.strip()[:500],
        actor=by,
    )
