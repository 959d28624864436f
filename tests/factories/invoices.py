"""Paid orders with taxes, discount and delivery, without stock and payments: what papers are made from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from cart.pricing import rules
from cart.pricing.selectors import Quote, QuotedLine
from cart.shipping.selectors import DeliveryOption
from cart.tax.rules import Rate
from checkout.orders import locking, revising
from checkout.orders import services as orders
from checkout.orders.models import Order
from shop.core import db
from shop.core.money import Money
from tests.factories.checkout import ADDRESS

VAT = Rate("VAT", Decimal("0.20"), "standard", is_included=True, applies_to_shipping=True)
VAT_FOOD = Rate("VAT", Decimal("0.05"), "food", is_included=True)
SALES = Rate("Sales tax", Decimal("0.0825"), "standard")
SALES_FOOD = Rate("Sales tax", Decimal("0.02"), "food", applies_to_shipping=True)
ZERO = Rate("VAT", Decimal(0), "books", is_included=True)

Wanted = tuple[int, int, str]  # units, unit price in minor units, tax class


def quote(
    wanted: Sequence[Wanted], rates: Sequence[Rate] = (), *, discount: int = 0, shipping: int = 0,
    currency: str = "EUR",
) -> Quote:  # fmt: skip
    costs = [units * price for units, price, _tax_class in wanted]
    off = Money(min(discount, sum(costs)), currency).allocate(costs) if costs else []
    items = [
        rules.Item(Money(cost, currency), tax_class, part)
        for cost, part, (_units, _price, tax_class) in zip(costs, off, wanted, strict=True)
    ]
    sums = rules.totals(items, shipping=Money(shipping, currency), rates=rates, currency=currency)
    today = db.clock().date()
    delivery = DeliveryOption("standard", "Standard", Money(shipping, currency), today, today)
    lines = tuple(
        QuotedLine(
            variant_id=db.uuid7(), product_id=db.uuid7(), sku=f"SKU-{number}", name=f"Thing {number}",
            options={"Colour": "Blue"}, url="/", picture=None, quantity=units, unit_price=Money(price, currency),
            regular_price=None, line_total=item.total, discount=share.discount, shipping=share.shipping, tax=share.tax,
            tax_class=tax_class, taxes=share.taxes,
        )
        for number, ((units, price, tax_class), item, share) in enumerate(zip(wanted, items, sums.items, strict=True))
    )  # fmt: skip
    return Quote(
        currency=currency, lines=lines, unsellable=(), subtotal=sums.subtotal, discount=sums.discount,
        shipping=sums.shipping, tax=sums.tax, included_tax=sums.included_tax, total=sums.total,
        tax_lines=sums.tax_lines, discounts=(), coupon_problems={}, delivery_options=(delivery,), delivery=delivery,
    )  # fmt: skip


def paid(
    wanted: Sequence[Wanted] = ((1, 2500, "standard"),), rates: Sequence[Rate] = (), *, discount: int = 0,
    shipping: int = 0, currency: str = "EUR", customer_id: UUID | None = None, is_paid: bool = True,
) -> Order:  # fmt: skip
    """An order whose payment is confirmed (or not); what it costs is taken."""
    key = db.uuid7()
    with transaction.atomic(using=db.DEFAULT):
        order = orders.place(
            order_id=key, cart_id=None, customer_id=customer_id, email="ada@example.com", language="en",
            shipping_address=ADDRESS, billing_address={}, idempotency_key=str(key), by="guest",
            quote=quote(wanted, rates, discount=discount, shipping=shipping, currency=currency),
        )  # fmt: skip
    orders.apply(order_id=key, trigger="initiate_payment", by="system")
    if is_paid:
        take(key, order.total_minor)
        orders.apply(order_id=key, trigger="payment_success", by="system")
    order.refresh_from_db()
    return order


def take(order_id: UUID, minor: int) -> None:
    """So much has been captured for the order in all."""
    with transaction.atomic(using=db.DEFAULT):
        order = locking.order(order_id)
        orders.note_money(order=order, authorised=minor, captured=minor, refunded=0, secured=minor)


def remove(order: Order, units: dict[UUID, int]) -> None:
    """Units (by line id) are taken off the order."""
    with transaction.atomic(using=db.DEFAULT):
        revising.revise(order=locking.order(order.pk), kind="edit", by="staff:1", removed=units)


def add(order: Order, wanted: Sequence[Wanted], rates: Sequence[Rate] = ()) -> None:
    """Lines are added to the order."""
    more = quote(wanted, rates, currency=order.currency)
    with transaction.atomic(using=db.DEFAULT):
        revising.revise(order=locking.order(order.pk), kind="edit", by="staff:1", added=more.lines)


def swap(order: Order, units: dict[UUID, int], wanted: Sequence[Wanted], rates: Sequence[Rate] = ()) -> None:
    """Units go and lines come, in one change."""
    more = quote(wanted, rates, currency=order.currency)
    with transaction.atomic(using=db.DEFAULT):
        revising.revise(
            order=locking.order(order.pk), kind="edit", by="staff:1", removed=units, added=more.lines
        )  # fmt: skip


def take_back(order: Order, units: dict[UUID, int]) -> None:
    """Units (by line id) came back and are settled."""
    with transaction.atomic(using=db.DEFAULT):
        revising.take_back(order=locking.order(order.pk), units=units, by="staff:1")


def allow(order: Order, minor: int) -> None:
    """So much of it need not be paid."""
    with transaction.atomic(using=db.DEFAULT):
        revising.allow(order=locking.order(order.pk), minor=minor, by="staff:1")
