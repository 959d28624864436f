"""F16: every event of an order delivered five times over has the effect of one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.functions import Now

from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderStep
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from inventory.stock.models import StockItem, StockMovement
from shop.core.money import Money
from shop.events.models import Delivery, OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes.sandbox import DECLINED, RunningSandbox

pytestmark = pytest.mark.django_db


def everything() -> dict[str, Any]:
    """All that an event could have changed."""
    return {
        "orders": list(Order.objects.order_by("id").values("status", "payment_state", "fulfilment_state", "version")),
        "steps": OrderStep.objects.count(),
        "payments": list(Payment.objects.order_by("id").values("status", "captured_minor", "refunded_minor")),
        "refunds": list(Refund.objects.order_by("id").values("status", "amount_minor")),
        "shipments": list(Shipment.objects.order_by("id").values("status")),
        "stock": list(StockItem.objects.order_by("id").values("on_hand", "reserved", "allocated")),
        "movements": StockMovement.objects.count(),
        "mails": sorted(Notification.objects.values_list("key", "status")),
        "events": OutboxEvent.objects.count(),
    }


def test_F16_every_event_five_times_is_once(shop_sandbox: RunningSandbox) -> None:
    shipped = make.placed([stocked(5)])
    cancelled = make.placed([stocked(5)], quantity=2)
    declined = make.placed([stocked(5)], token=DECLINED)
    outbox.drain()
    fulfilment.start(order_id=shipped.pk, by="staff:1")
    fulfilment.pick(order_id=shipped.pk, by="staff:1")
    fulfilment.dispatch(order_id=shipped.pk, carrier="UPS", tracking_number="1", by="staff:1")
    fulfilment.deliver(order_id=shipped.pk, by="staff:1")
    orders.cancel(order_id=cancelled.pk, by="guest")
    payments.request_refund(order_id=shipped.pk, amount=Money(500, "USD"), reason="", by="staff:1")
    outbox.drain()
    assert outbox.failures() == []
    before, charges = everything(), shop_sandbox.state()
    assert [row["status"] for row in before["orders"]] == ["delivered", "refunded", "payment_pending"]
    heard = set(Delivery.objects.values_list("subscriber", flat=True))
    assert {name for name in heard if name.startswith("checkout.")} >= {
        "checkout.payments.receivers.charge",
        "checkout.payments.receivers.refund",
        "checkout.payments.receivers.give_back_money",
        "checkout.payments.receivers.mail_payment_failed",
        "checkout.payments.receivers.mail_order_paid",
        "checkout.payments.receivers.mail_refund_made",
        "checkout.orders.receivers.commit_stock",
        "checkout.orders.receivers.give_back_stock",
        "checkout.payments.receivers.mail_order_placed",
        "checkout.orders.receivers.mail_order_cancelled",
        "checkout.orders.receivers.mail_order_delivered",
        "checkout.fulfilment.receivers.open_shipment",
        "checkout.fulfilment.receivers.cancel_shipments",
        "checkout.fulfilment.receivers.ship_stock",
        "checkout.fulfilment.receivers.mail_order_shipped",
    }
    for _ in range(4):
        again = Delivery.objects.filter(subscriber__startswith="checkout.")
        wanted = again.update(status="pending", attempts=0, due_at=Now())
        assert wanted == outbox.drain() > 40
        assert outbox.failures() == []
        assert set(again.values_list("status", "attempts")) == {("done", 1)}
    assert everything() == before
    assert len(shop_sandbox.state()["charge"]) == len(charges["charge"])
    assert len(shop_sandbox.state()["refund"]) == len(charges["refund"])
    assert violations() == []
    assert declined.status == "payment_pending"
