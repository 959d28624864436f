"""The locks of what is archived."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from checkout.archive.models import ArchivedOrder
from checkout.orders.models import Order


def free_of(order_ids: Sequence[UUID]) -> list[UUID]:
    """Lock those of these orders that nobody else has locked; their ids, oldest first."""
    rows = Order.objects.filter(pk__in=order_ids).order_by("pk").select_for_update(skip_locked=True)
    return list(rows.values_list("pk", flat=True))


def archived(number: str) -> ArchivedOrder:
    """Lock an archived order. Raises `ArchivedOrder.DoesNotExist`."""
    return ArchivedOrder.objects.select_for_update().get(number=number)
