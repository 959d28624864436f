"""Which order a try to place one is to become: all clicks on the same cart as it stands mean the same one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connections

from cart.carts.models import Cart
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from checkout.purchase.models import CheckoutDetails, new_key
from inventory.waitlist import services as waitlist
from shop.core import db

_ATTEMPT = """
    INSERT INTO checkout_checkoutdetails AS row (id, cart_id, email, shipping_address, billing_address, delivery_option,
                                                 idempotency_key, attempt, order_id, updated_at)
    VALUES (%s, %s, '', '{}', '{}', '', %s, %s, %s, statement_timestamp())
    ON CONFLICT (cart_id) DO UPDATE SET
        order_id = CASE WHEN row.attempt = excluded.attempt AND row.order_id IS NOT NULL
                        THEN row.order_id ELSE excluded.order_id END,
        attempt = excluded.attempt
    RETURNING order_id
"""


def begin(cart: Cart, key: str) -> UUID:
    """The id of the order to be: the same for every click on the same cart as it stands, so that all of them hold the
    same units. One statement, so that two clicks cannot both be the first."""
    mark = f"{cart.version}:{key}"[:300]
    row: list[Any] = [db.uuid7(), cart.pk, new_key(), mark, db.uuid7()]
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(_ATTEMPT, row)
        order_id: UUID = cursor.fetchone()[0]
    return order_id


def undo(cart: Cart, order_id: UUID, key: str, by: str) -> None:
    """Let the hold go and make the next try a new one; what a faster click of the same kind holds stays."""
    twin = orders.by_key(key)
    if twin is None or twin.pk != order_id or twin.status == Order.Status.CANCELLED:
        CheckoutDetails.objects.filter(cart_id=cart.pk, order_id=order_id).update(attempt="", order_id=None)
        waitlist.give_back(reference=order_id, by=by)
