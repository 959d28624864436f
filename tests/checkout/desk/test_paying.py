"""The way of a paid order, and the money of it that went back, as its page shows them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import access
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import services as returns
from shop.core.money import Money
from tests.factories import checkout as make
from tests.factories import parcels
from tests.factories import returns as returned
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def shown(order: Order) -> Any:
    return Client().get(access.url(order)).context


def way(order: Order) -> list[tuple[str, bool, bool, bool]]:
    """Each stage: its label, whether it has a time, is done, and is where the order stands."""
    return [(one["label"], bool(one["at"]), one["is_done"], one["is_current"]) for one in shown(order)["steps"]]


def in_two_parcels() -> tuple[Order, Shipment, Shipment]:
    order, first, second = parcels.split_order()
    fulfilment.start(order_id=order.pk, by="staff:1")
    for one in (first, second):
        parcels.picked(one)
    return order, first, second


def test_the_first_of_two_parcels_is_on_its_way() -> None:
    order, first, second = in_two_parcels()
    assert way(order) == [
        ("Payment Confirmed", True, True, False), ("Processing", True, True, False),
        ("Ready to Ship", True, False, True), ("Shipped", False, False, False), ("Delivered", False, False, False),
    ]  # fmt: skip
    parcels.sent(first)
    order.refresh_from_db()
    first.refresh_from_db()
    assert (order.status, order.fulfilment_state) == ("ready_to_ship", "partly_shipped")
    assert way(order) == [
        ("Payment Confirmed", True, True, False), ("Processing", True, True, False),
        ("Ready to Ship", True, True, False), ("Partly shipped", True, False, True), ("Delivered", False, False, False),
    ]  # fmt: skip
    partly = shown(order)["steps"][3]
    assert (partly["at"], partly["note"]) == (first.shipped_at, "1 of 2 parcels")
    assert "1 of 2 parcels" in Client().get(access.url(order)).content.decode()
    parcels.sent(second)
    order.refresh_from_db()
    assert way(order)[3:] == [("Shipped", True, False, True), ("Delivered", False, False, False)]
    assert [one["note"] for one in shown(order)["steps"]] == [""] * 5
    told = [entry["text"] for entry in shown(order)["story"] if "handed" in entry["text"]]
    assert told == ["Parcel 2 was handed to UPS", "Parcel 1 was handed to UPS"]


def test_a_parcel_that_leaves_while_another_is_picked_does_not_make_the_order_ready() -> None:
    order, first, _second = parcels.split_order()
    fulfilment.start(order_id=order.pk, by="staff:1")
    parcels.picked(first)
    parcels.sent(first)
    order.refresh_from_db()
    assert order.status == "processing"
    assert way(order) == [
        ("Payment Confirmed", True, True, False), ("Processing", True, True, False),
        ("Partly shipped", True, False, True), ("Delivered", False, False, False),
    ]  # fmt: skip


def test_an_order_of_which_all_was_given_back_goes_no_further() -> None:
    order = make.ready(customer_id=UserFactory().pk)
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1Z", by="staff:1")
    payments.request_refund(order_id=order.pk, amount=order.total, reason="sorry", to="store_credit", by="staff:1")
    order.refresh_from_db()
    assert order.status == "refunded"
    assert way(order) == [
        ("Payment Confirmed", True, True, False), ("Processing", True, True, False),
        ("Ready to Ship", True, True, False), ("Shipped", True, True, False),
        ("Given back", True, False, True),
    ]  # fmt: skip


def test_money_back_for_a_return_says_so_and_other_money_back_does_not() -> None:
    returned.rule()
    order = returned.arrived(quantity=2, customer_id=UserFactory().pk)
    payments.request_refund(
        order_id=order.pk, amount=Money(500, "USD"), reason="late", to="store_credit", by="staff:1"
    )  # fmt: skip
    found = returned.back(returned.asked(order, wish="store_credit"))
    returns.reimburse(return_id=found.pk, by="staff:1")
    told = [(entry["text"], entry["note"]) for entry in shown(order)["story"] if "store credit" in entry["text"]]
    assert told == [
        ("$27.50 is yours as store credit", f"For return {found.number}."), ("$5.00 is yours as store credit", "")
    ]  # fmt: skip


def test_a_refund_that_came_to_nothing_and_is_not_owed_any_more_is_not_on_its_way() -> None:
    order = make.paid()
    payments.request_refund(order_id=order.pk, amount=Money(500, "USD"), reason="late", by="staff:1")
    for status, count in (("requested", 1), ("done", 1), ("failed", 0), ("replaced", 0)):
        Refund.objects.update(status=status)
        assert sum("back to you" in entry["text"] for entry in shown(order)["story"]) == count
