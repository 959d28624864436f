"""Reads for changes: which units are still here, and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.urls import reverse

from checkout.changes import rules
from checkout.fulfilment import selectors as fulfilment
from checkout.orders.models import Order, OrderChange, OrderLine
from shop.core.links import Link, ids


def units(order_id: UUID, lines: Sequence[OrderLine]) -> dict[UUID, rules.Units]:
    """Of each line, how many units there are, have left and came back. One query."""
    gone = fulfilment.gone(order_id)
    return {line.pk: rules.Units(line.quantity, gone.get(line.pk, 0), line.returned) for line in lines}


def change(change_id: UUID) -> OrderChange:
    """A change with its order. Raises `OrderChange.DoesNotExist`."""
    return OrderChange.objects.select_related("order").get(pk=change_id)


def exchange_of(order_id: UUID, line_ids: Iterable[UUID]) -> UUID | None:
    """The reimbursement whose exchange added all of these lines; None where there is no such one. One query."""
    wanted = {str(key) for key in line_ids}
    rows = OrderChange.objects.filter(order_id=order_id, cause_id__isnull=False).values_list("cause_id", "added")
    return next((cause for cause, added in rows if wanted and wanted <= set(added)), None)


def added(order_id: UUID) -> dict[UUID, list[str]]:
    """By exchange of the order: the lines that it added. One query."""
    rows = OrderChange.objects.filter(order_id=order_id, kind=OrderChange.Kind.EXCHANGE)
    return {key: list(lines) for key, lines in rows.values_list("pk", "added")}


def is_written(change_id: UUID) -> bool:
    """Whether there is such a change."""
    return OrderChange.objects.filter(pk=change_id).exists()


def changes_of(order: Order) -> list[OrderChange]:
    """Oldest first."""
    return list(order.changes.order_by("revision"))


def ids_of(order_ids: Iterable[UUID]) -> list[UUID]:
    """The changes of these orders. One query."""
    return list(OrderChange.objects.filter(order_id__in=order_ids).order_by().values_list("pk", flat=True))


def links(change_ids: Iterable[str]) -> dict[str, Link]:
    """Numbers and admin pages of the orders that were changed, by id of the change (`shop.core.links`)."""
    rows = OrderChange.objects.filter(pk__in=ids(change_ids)).order_by().values_list("pk", "order_id", "order__number")
    return {str(key): Link(number, reverse("admin:checkout_order_change", args=[order])) for key, order, number in rows}
