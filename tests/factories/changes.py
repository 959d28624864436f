"""Orders of products that are sold: bought as a shopper buys, so that they can be changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.products.models import Product
from checkout.changes import services as changes
from checkout.orders.models import Order, OrderLine
from checkout.payments.models import PaymentOptions
from tests import outbox
from tests.factories import cart as carts
from tests.factories.checkout import ADDRESS


def bought(
    *wanted: tuple[Product, int],
    customer_id: UUID | None = None,
    coupons: tuple[str, ...] = (),
    capture_when: str = "",
    is_drained: bool = True,
    **details: Any,
) -> Order:
    """An order of so many units of each product, with the delivery and the tax of `carts.rates`, paid by card.

    What follows has happened, unless `is_drained` is False. `capture_when`: a `CaptureWhen` for all payments from now.
    """
    if capture_when:
        PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": capture_when})
    cart = carts.cart(*wanted, customer_id=customer_id)
    for code in coupons:
        carts.services.add_coupon(cart=cart, code=code, by="guest")
        cart.refresh_from_db()
    order = carts.order(cart, **details)
    if is_drained:
        outbox.drain(rounds=50)
    return now(order)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def line_of(order: Order, product: Product) -> OrderLine:
    """The line of a product that still has units; the oldest one."""
    rows = OrderLine.objects.filter(order=order, product_id=product.pk, quantity__gt=0)
    return rows.order_by("position")[0]


def money(order: Order) -> tuple[int, int, int, int]:
    """Due, captured, refunded and balance."""
    order = now(order)
    return order.due_minor, order.captured_minor, order.refunded_minor, order.balance_minor


def readdress(order: Order) -> None:
    """Staff send an order elsewhere, and what follows has happened."""
    moved = {**ADDRESS, "address1": "99 Elsewhere Road"}
    seen = now(order).revision
    changes.edit(order_id=order.pk, seen_revision=seen, shipping_address=moved, reason="moved", by="staff:1")
    outbox.drain(rounds=50, mails=False)
