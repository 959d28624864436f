"""What has become of what staff did with money that is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from checkout.holds import selectors as holds
from checkout.holds.models import HoldStep
from checkout.payments.models import Capture, CaptureWhen, Payment


@dataclass(frozen=True, slots=True)
class Moved:
    """A step of an order's held money, and what of it is done, in minor units."""

    step: HoldStep
    taken: int
    let_go: int


def moved(step_id: UUID) -> Moved:
    """Of one step. Raises `HoldStep.DoesNotExist`."""
    return _moved([holds.step(step_id)])[0]


def moves_of(order_id: UUID, paid: Sequence[Payment]) -> list[Moved]:
    """Of all of an order with these payments, oldest first. Two queries, and none where nothing was ever held."""
    is_held = any(one.capture_when != CaptureWhen.AT_ONCE for one in paid)
    return _moved(holds.steps_of(order_id)) if is_held else []


def _moved(steps: Sequence[HoldStep]) -> list[Moved]:
    asked = [key for step in steps for key in step.captures]
    rows = {str(one.pk): one for one in Capture.objects.filter(pk__in=asked)} if asked else {}
    return [_of(step, [rows[key] for key in step.captures if key in rows]) for step in steps]


def _of(step: HoldStep, captures: Sequence[Capture]) -> Moved:
    """The rest is let go with what is taken: not yet, or not at all, as long as a part of that is not."""
    done = [one.amount_minor for one in captures if one.status == Capture.Status.DONE]
    return Moved(step, sum(done), step.let_go_minor if len(done) == len(captures) else 0)
