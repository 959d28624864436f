# ruff: noqa: S107  (a token in a test opens nothing)
"""Orders made as the shop makes them: units reserved, the order placed, its payment opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from cart.pricing.selectors import Quote, QuotedLine
from cart.shipping.selectors import DeliveryOption
from checkout.fulfilment import services as fulfilment
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from inventory.reservations import services as reservations
from inventory.stock.models import StockItem
from shop.core import db
from shop.core.money import Money
from tests.factories.inventory import stocked
from tests.factories.shipping import CHICAGO

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "address1": "1 Analytical Way",
    "city": "Springfield",
    "state": "IL",
    "postal_code": "62701",
    "country": "US",
}


def quote(items: Sequence[StockItem], *, quantity: int = 1, price: int = 2500, shipping: int = 500) -> Quote:
    """A quote for `quantity` units of each item at `price` cents, with delivery and without tax."""
    usd = "USD"
    zero = Money.zero(usd)
    shares = Money(shipping, usd).allocate([1] * len(items))
    lines = tuple(
        QuotedLine(
            variant_id=item.variant_id, product_id=db.uuid7(), sku=item.sku, name=f"Thing {item.sku}",
            options={"Colour": "Blue"}, url="/products/thing/", picture=None, quantity=quantity,
            unit_price=Money(price, usd), regular_price=None, line_total=Money(price * quantity, usd),
            discount=zero, shipping=share, tax=zero, tax_class="standard",
        )
        for item, share in zip(items, shares, strict=True)
    )  # fmt: skip
    subtotal = Money(price * quantity * len(lines), usd)
    today = db.clock().date()
    delivery = DeliveryOption("standard", "Standard", Money(shipping, usd), today, today + timedelta(days=3))
    return Quote(
        currency=usd, lines=lines, unsellable=(), subtotal=subtotal, discount=zero, shipping=Money(shipping, usd),
        tax=zero, included_tax=zero, total=subtotal + Money(shipping, usd), tax_lines=(), discounts=(),
        coupon_problems={}, delivery_options=(delivery,), delivery=delivery,
    )  # fmt: skip


def placed(
    items: Sequence[StockItem] | None = None,
    *,
    token: str = "pm_card_visa",
    provider: str = "stripe",
    quantity: int = 1,
    price: int = 2500,
    shipping: int = 500,
    email: str = "ada@example.com",
    customer_id: UUID | None = None,
    ttl: timedelta = timedelta(minutes=15),
) -> Order:
    """An order that waits for its payment; its units are reserved. 2500 + 500 cents unless told otherwise."""
    items = items or [stocked(10)]
    order_id = db.uuid7()
    reservations.reserve(
        quantities={item.variant_id: quantity for item in items}, reference=order_id, ttl=ttl, by="guest"
    )
    with transaction.atomic(using=db.DEFAULT):
        order = orders.place(
            order_id=order_id, cart_id=db.uuid7(), customer_id=customer_id, email=email, language="en",
            shipping_address=ADDRESS, billing_address={}, idempotency_key=str(order_id), by="guest",
            quote=quote(items, quantity=quantity, price=price, shipping=shipping),
        )  # fmt: skip
        payments.open(order=order, provider=provider, token=token, by="guest")
    order.refresh_from_db()
    return order


def collected(order: Order) -> Order:
    """The order, which its buyer comes for: at a shop in Chicago, as it was told then."""
    order.collection_place = {"name": "State Street shop", "address": CHICAGO, "opening_hours": "Mon–Fri 9–19"}
    order.delivery_option, order.delivery_name = "pickup", "Collect in the shop: State Street shop, 1 N State St"
    order.save(update_fields=["collection_place", "delivery_option", "delivery_name"])
    return order


def payment_of(order: Order) -> Payment:
    """The order's latest payment."""
    return Payment.objects.filter(order=order).order_by("-id")[0]


def promised(order: Order, minor: int) -> Payment:
    """A payment of `minor` units that the customer promised to send (pay on invoice), besides those there are."""
    payment = Payment.objects.create(
        order=order, provider="invoice", method="invoice", amount_minor=minor, currency=order.currency, attempts=1,
        capture_when="promise",
    )  # fmt: skip
    fact = base.Fact("authorised", f"promise:{payment.pk}", Money(minor, order.currency))
    outcome = base.Outcome(reference=str(payment.pk), state="authorised", facts=(fact,))
    return payments.record(payment_id=payment.pk, outcome=outcome, source="staff")


def captured(payment: Payment, minor: int | None = None, *, reference: str = "") -> base.Outcome:
    """What a provider answers when it has taken the money."""
    amount = Money(payment.amount_minor if minor is None else minor, payment.currency)
    charge = reference or f"ch_{payment.pk.hex}"
    facts = (base.Fact("authorised", charge, amount), base.Fact("captured", charge, amount))
    return base.Outcome(reference=f"pi_{payment.pk.hex}", state="succeeded", facts=facts)


def paid(items: Sequence[StockItem] | None = None, **details: object) -> Order:
    """An order whose payment is confirmed; its events wait in the outbox."""
    order = placed(items, **details)  # type: ignore[arg-type]
    payment = payment_of(order)
    payments.record(payment_id=payment.pk, outcome=captured(payment), source="charge")
    order.refresh_from_db()
    return order


def ready(items: Sequence[StockItem] | None = None, **details: object) -> Order:
    """A paid order that is picked and ready to ship."""
    order = paid(items, **details)
    fulfilment.start(order_id=order.pk, by="staff:1")
    return fulfilment.pick(order_id=order.pk, by="staff:1")
