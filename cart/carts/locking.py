"""Every row lock on carts: sorted by key, once per transaction."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from cart.carts.models import Cart


def cart(cart_id: UUID) -> Cart:
    """The cart, locked until the transaction ends. Raises `Cart.DoesNotExist`."""
    return Cart.objects.select_for_update().get(pk=cart_id)


def carts(cart_ids: Iterable[UUID]) -> dict[UUID, Cart]:
    """The carts of these ids, locked in the order of their keys, by id."""
    rows = Cart.objects.select_for_update().filter(pk__in=list(cart_ids)).order_by("pk")
    return {row.pk: row for row in rows}
