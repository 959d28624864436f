"""Ask how it was; take the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation

from catalog.reviews import services as reviews
from checkout.feedback import selectors
from checkout.orders import emails
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from shop.core import requests
from shop.notifications import optout
from shop.notifications import services as notifications

TOPIC = optout.FEEDBACK
BATCH = 200


class NotInOrder(LookupError):
    """The product is not one of those that this order's shopper can speak of: none of it has arrived, say."""


def ask_all() -> int:
    """Queue the question for every order that is due, once for each; returns how many are new."""
    asked, after = 0, None
    while found := selectors.due(BATCH, after):
        after = found[-1][0]
        asked += _ask(selectors.keys(order for _step, order in found))
    return asked


def _ask(keys: dict[str, Order]) -> int:
    known = notifications.known(keys)
    silent = optout.stopped(topic=TOPIC, addresses={order.email for order in keys.values()})
    wanted = [order.pk for key, order in keys.items() if key not in known and order.email not in silent]
    return sum(ask(order_id=order_id) for order_id in wanted)


def ask(*, order_id: UUID) -> bool:
    """Queue the question about an order, once ever; False if it was asked before or nothing of it can be reviewed."""
    order = orders.by_id(order_id)
    with translation.override(order.language):
        found = selectors.items(order)
    if not found:
        return False
    with translation.override(order.language):
        links: dict[str, Any] = {
            "items": [{"name": one.name, "url": requests.absolute(one.url)} for one in found],
            "feedback_url": requests.absolute(
                f"{reverse('order_feedback', args=[order.number])}?key={order.access_key}"
            ),
            "unsubscribe_url": optout.url(topic=TOPIC, address=order.email),
        }
    return emails.send(order, "feedback", **links)


def answer(
    *,
    order: Order,
    product_id: UUID,
    customer_id: UUID | None,
    author: str,
    rating: int,
    body: str,
    by: str,
) -> bool:
    """Keep what a shopper says of a product of an order, once; True if it is shown at once (the customer is signed in).

    Raises `NotInOrder`, `reviews.BadReview`, `reviews.AlreadyReviewed`.
    """
    if product_id not in {one.product_id for one in selectors.items(order)}:
        raise NotInOrder(str(product_id))
    review = reviews.post(
        product_id=product_id,
        customer_id=customer_id,
        author=author,
        rating=rating,
        body=body,
        by=by,
        of=order.pk,
    )
    return review.status == review.Status.PUBLISHED
