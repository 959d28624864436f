"""What an order's page says of where it stands, once it is over and before the warehouse begins."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from checkout.fulfilment import services as fulfilment
from checkout.orders import access
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Refund
from tests.factories import checkout as make
from tests.factories import parcels
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def shown(order: Order) -> Any:
    return Client().get(access.url(order)).context


def test_what_went_back_as_store_credit_is_not_said_to_come_by_the_bank() -> None:
    order = make.ready(customer_id=UserFactory().pk)
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1Z", by="staff:1")
    payments.request_refund(order_id=order.pk, amount=order.total, reason="sorry", to="store_credit", by="staff:1")
    page = shown(order)
    assert (page["headline"], page["next_text"]) == (
        "What you paid is yours as store credit",
        "Everything you paid for this order was given back to you as store credit.",
    )
    Refund.objects.update(destination="original")
    page = shown(order)
    assert (page["headline"], page["next_text"]) == (
        "Your money went back to you", "Everything you paid for this order was given back."
    )  # fmt: skip


def test_an_order_that_is_cancelled_after_packing_says_so_and_has_no_parcels() -> None:
    order = make.ready(customer_id=UserFactory().pk)
    orders.cancel(order_id=order.pk, by="staff:1")
    payments.request_refund(order_id=order.pk, amount=order.total, reason="", to="store_credit", by="staff:1")
    assert parcels.told(order) == ("refunded", "picked", 0)
    for _heard in range(2):  # its parcels are given up a moment later, maybe twice
        page = Client().get(access.url(order))
        assert (page.context["state"], page.context["steps"]) == ("cancelled", [])
        assert "<h1>This order is cancelled</h1>" in page.content.decode()
        assert page.context["next_text"] == "Your order is cancelled. What you paid went back to you."
        fulfilment.cancel_shipments(order_id=order.pk, by="system")
        assert parcels.told(order) == ("refunded", "unfulfilled", 0)


def test_nothing_is_said_to_be_packed_before_the_warehouse_begins() -> None:
    order, first, _second = parcels.split_order()
    assert [one["state"] for one in shown(order)["shipments"]] == ["Not packed yet"] * 2
    fulfilment.start(order_id=order.pk, by="staff:1")
    assert [one["state"] for one in shown(order)["shipments"]] == ["We are packing it"] * 2
    parcels.picked(first)
    assert shown(order)["shipments"][0]["state"] == "Packed, waits for the carrier"
