"""The mail about a payment that failed."""

from __future__ import annotations

from uuid import UUID

from checkout.orders import access
from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders
from checkout.payments import selectors
from shop.core import requests


def payment_failed(*, order_id: UUID, payment_id: UUID) -> None:
    """Why, and the link to try another card; none when the order no longer waits for money."""
    if not selectors.waits_for_money(order_id):
        return
    order = orders.by_id(order_id)
    order_emails.send(
        order,
        "payment_failed",
        key=payment_id,
        reason=selectors.payment(payment_id).message,
        retry_url=requests.absolute(access.url(order)),
        hold_until=None,
    )
