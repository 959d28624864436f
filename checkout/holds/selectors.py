"""Reads of what staff did with held money."""

from __future__ import annotations

from uuid import UUID

from checkout.holds.models import HoldStep


def steps_of(order_id: UUID) -> list[HoldStep]:
    """Those of an order, oldest first. One query."""
    return list(HoldStep.objects.filter(order_id=order_id))


def step(step_id: UUID) -> HoldStep:
    """Raises `HoldStep.DoesNotExist`."""
    return HoldStep.objects.get(pk=step_id)


def of_capture(order_id: UUID, capture_id: UUID) -> HoldStep | None:
    """The step that asked for a capture; None for one that nobody of the staff asked for."""
    return HoldStep.objects.filter(order_id=order_id, captures__contains=[str(capture_id)]).first()
