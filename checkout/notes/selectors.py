"""Reads of notes."""

from __future__ import annotations

from uuid import UUID

from checkout.notes.models import OrderNote


def notes_of(order_id: UUID) -> list[OrderNote]:
    """All notes, oldest first: for staff."""
    return list(OrderNote.objects.filter(order_id=order_id))


def for_customer(order_id: UUID) -> list[OrderNote]:
    """Those that the order's page shows to its customer, newest first: `text`, `at`."""
    return list(OrderNote.objects.filter(order_id=order_id, is_shown_to_customer=True).order_by("-id"))
