"""The lock of a return is its order's: whoever changes a return holds it, so its rows need none of their own."""

from __future__ import annotations

from uuid import UUID

from checkout.orders import locking as orders
from checkout.orders.models import Order
from checkout.returns.models import Return


def order_and_return(return_id: UUID) -> tuple[Order, Return]:
    """A return as it is once its order is locked. Raises `Return.DoesNotExist`."""
    order = orders.order(Return.objects.values_list("order_id", flat=True).get(pk=return_id))
    return order, Return.objects.get(pk=return_id)
