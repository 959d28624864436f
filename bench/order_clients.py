"""Buyers and staff for bench/orders.py: twenty times a second an order is placed, every other one taken back, until a
line comes in; says "ready" first, and prints the milliseconds of each as JSON in the end."""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.db import transaction  # noqa: E402

from cart.pricing.selectors import Quote, QuotedLine  # noqa: E402
from cart.shipping.selectors import DeliveryOption  # noqa: E402
from checkout.orders import services as orders  # noqa: E402
from checkout.payments import services as payments  # noqa: E402
from shop.core import db  # noqa: E402
from shop.core.money import Money  # noqa: E402

PAUSE = 0.05
ADDRESS = {
    "first_name": "Ada", "last_name": "Lovelace", "address1": "1 Analytical Way", "city": "Springfield",
    "state": "IL", "postal_code": "62701", "country": "US",
}  # fmt: skip


def quote() -> Quote:
    """One thing for 25 dollars, delivered for five."""
    zero, price, shipping = Money.zero("USD"), Money(2500, "USD"), Money(500, "USD")
    line = QuotedLine(
        variant_id=db.uuid7(), product_id=db.uuid7(), sku="BENCH", name="Thing", options={}, url="/", picture=None,
        quantity=1, unit_price=price, regular_price=None, line_total=price, discount=zero, shipping=shipping, tax=zero,
        tax_class="standard",
    )  # fmt: skip
    today = db.clock().date()
    delivery = DeliveryOption("standard", "Standard", shipping, today, today + timedelta(days=3))
    return Quote(
        currency="USD", lines=(line,), unsellable=(), subtotal=price, discount=zero, shipping=shipping, tax=zero,
        included_tax=zero, total=price + shipping, tax_lines=(), discounts=(), coupon_problems={},
        delivery_options=(delivery,), delivery=delivery,
    )  # fmt: skip


def place() -> None:
    """An order with its payment, as the checkout's transaction writes it; every other one is cancelled."""
    order_id = db.uuid7()
    with transaction.atomic(using=db.DEFAULT):
        order = orders.place(
            order_id=order_id, cart_id=db.uuid7(), customer_id=None, email="live@example.com", language="en",
            shipping_address=ADDRESS, billing_address={}, idempotency_key=str(order_id), by="guest", quote=quote(),
        )  # fmt: skip
        payments.open(order=order, provider="stripe", token="pm_card_visa", by="guest")  # noqa: S106
    if order_id.int % 2:
        orders.cancel(order_id=order_id, by="guest")


def main() -> None:
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    place()
    print("ready", flush=True)
    took: list[float] = []
    while not stop.is_set():
        began = time.perf_counter()
        place()
        seconds = time.perf_counter() - began
        took.append(round(seconds * 1000, 2))
        time.sleep(max(0.0, PAUSE - seconds))
    print(json.dumps(took), flush=True)


if __name__ == "__main__":
    main()
