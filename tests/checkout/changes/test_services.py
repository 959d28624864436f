"""Edits of placed orders: amounts, units, money and who is told, against the sandbox."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from cart.pricing.models import TaxRate
from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderChange, OrderLine
from checkout.payments import selectors as payment_selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from inventory.reservations.models import Reservation
from inventory.stock import selectors as stock
from inventory.stock.models import StockItem
from shop.core import db
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories.changes import bought, line_of, money, now
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
BY = "staff:1"


@pytest.fixture(autouse=True)
def rates() -> None:
    carts.rates()


def edit(order: Order, **wanted: object) -> OrderChange:
    """Edited by staff who has just looked; what follows has happened."""
    seen = now(order).revision
    change = changes.edit(order_id=order.pk, seen_revision=seen, reason="asked for", by=BY, **wanted)  # type: ignore[arg-type]
    outbox.drain(rounds=50)
    return change


def clean() -> bool:
    return (violations(), outbox.failures()) == ([], [])


def test_a_unit_taken_off_gives_its_share_back(shop_sandbox: RunningSandbox) -> None:
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 3))
    assert money(order) == (6974, 6974, 0, 0)  # 60.00 + 5.99, and 6.25 % of the goods
    edit(order, removed={line_of(order, mug).pk: 1})
    # a third of each: price 20.00, delivery 1.99, tax 1.25
    assert money(order) == (6974 - 2324, 6974, 2324, 0)
    line = line_of(order, mug)
    assert (line.quantity, line.removed, line.shipping_minor, line.tax_minor) == (2, 1, 400, 250)
    assert stock.available([line.variant_id]) == {line.variant_id: 8}
    assert (now(order).revision, now(order).payment_state) == (1, "partly_refunded")
    assert clean()
