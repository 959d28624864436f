"""The saga that changes a placed order: hold what is added, write the change, then stock and money follow by events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from checkout.orders.models import Order, OrderChange
from shop.core.money import Money


class EditRefused(Exception):
    """The order cannot be changed so; nothing was done. `str()` is a sentence for people, `code` for programs:

    "changed_meanwhile", "nothing_changes", "not_editable", "too_many_units", "already_shipped", "out_of_stock",
    "not_sellable", "not_deliverable", "address_invalid", "tax_differs".
    """

    def __init__(self, message: str, code: str, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.fields = code, dict(fields or {})


class OrderCancelled(Exception):
    """Nothing was left of the order, so the whole of it was cancelled instead. `str()` says so; `order` is it now."""

    def __init__(self, order: Order, message: str) -> None:
        super().__init__(message)
        self.order = order


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line as it would be: `quantity` units, `change` of them more (or, below zero, fewer) than now."""

    line_id: UUID | None
    sku: str
    name: str
    quantity: int
    change: int
    total: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. `difference` of the total; then due, paid and balance as they would be: a balance above
    zero is to be paid, one below zero comes back."""

    difference: Money
    due: Money
    paid: Money
    balance: Money
    lines: tuple[PreviewLine, ...]


def edit(
    *,
    order_id: UUID,
    seen_revision: int,
    removed: Mapping[UUID, int] = {},
    added: Mapping[UUID, int] = {},
    shipping_address: Mapping[str, Any] | None = None,
    delivery_option: str | None = None,
    fields: Mapping[str, str] = {},
    reason: str,
    by: str,
    kind: str = "edit",
) -> OrderChange:
    """Change a placed order as one revision: units `removed` (by line id), units `added` (by variant id), and so on.

    `seen_revision` is `Order.revision` as the editor saw it. Called outside of transactions. Raises `EditRefused`, and
    `OrderCancelled` when nothing was left of it.
    """
    raise NotImplementedError


def preview(
    *,
    order_id: UUID,
    removed: Mapping[UUID, int] = {},
    added: Mapping[UUID, int] = {},
    shipping_address: Mapping[str, Any] | None = None,
    delivery_option: str | None = None,
    fields: Mapping[str, str] = {},
    kind: str = "edit",
) -> Preview:
    """What `edit` would do, by the same code; nothing is written or held. Raises `EditRefused`."""
    raise NotImplementedError


def cancel_units(
    *, order_id: UUID, units: Mapping[UUID, int], reason: str, by: str, kind: str = "cancel"
) -> OrderChange:
    """Take units (by line id) off a placed order; their money and stock go back. Raises as `edit` does."""
    raise NotImplementedError
