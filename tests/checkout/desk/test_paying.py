"""The way of a paid order, and the money of it that went back, as its page shows them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from checkout.changes import services as changes
from checkout.desk import wording
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import access
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import refunding
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import services as returns
from shop.core.money import Money
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog, parcels
from tests.factories import checkout as make
from tests.factories import returns as returned
from tests.factories.accounts import UserFactory
from tests.factories.changes import bought, now
from tests.fakes.sandbox import RunningSandbox

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
    assert [one["note"] for one in shown(order)["steps"]] == [*[""] * 4, wording.arrives(order)]
    assert wording.arrives(order).startswith("Arrives ")
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


def test_money_back_that_failed_and_was_asked_for_again_is_still_for_its_return() -> None:
    returned.rule()
    order = returned.arrived(quantity=2)
    found = returned.back(returned.asked(order))
    returns.reimburse(return_id=found.pk, by="staff:1")
    failed = Refund.objects.get()
    refunding.fail(refund_id=failed.pk, why="the balance is too low")
    refunding.try_again(refund_id=failed.pk, by="system")
    told = [(entry["text"], entry["note"]) for entry in shown(order)["story"] if "back to you" in entry["text"]]
    assert told == [(f"{failed.amount.format()} is on its way back to you", f"For return {found.number}.")]


def test_a_refund_that_came_to_nothing_and_is_not_owed_any_more_is_not_on_its_way() -> None:
    order = make.paid()
    payments.request_refund(order_id=order.pk, amount=Money(500, "USD"), reason="late", by="staff:1")
    for status, count in (("requested", 1), ("done", 1), ("failed", 0), ("replaced", 0)):
        Refund.objects.update(status=status)
        assert sum("back to you" in entry["text"] for entry in shown(order)["story"]) == count


def dearer(order: Order, product: Any) -> None:
    """One unit more, to be paid."""
    more = {carts.variant_of(product).pk: 1}
    changes.edit(order_id=order.pk, seen_revision=now(order).revision, added=more, reason="", by="staff:1")
    outbox.drain(rounds=50, mails=False)


def said(order: Order) -> tuple[str, str, str, list[str]]:
    """Headline, what comes next, the day of arrival, and where each parcel is."""
    page = shown(order)
    states = [row["state"] for row in page["shipments"]]
    return page["headline"], page["next_text"], page["delivery"]["arrives"], states


class TestWhatIsHeldUp:
    def test_an_order_waits_for_the_rest_and_goes_on_once_that_is_paid(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        mug = carts.product(units=10, amount=2000)
        order = bought((mug, 2))
        on = wording.day(order.delivery_on)
        before = said(order)
        assert before == (
            "We are getting your order ready", f"We write to you when it leaves. It should be with you by {on}.",
            f"Arrives {on}", [],
        )  # fmt: skip
        dearer(order, mug)
        rest = "Waits for the rest of your payment"
        assert said(order) == (
            "Your order waits for the rest of your payment", "We write to you when it leaves.", "", [rest, rest],
        )  # fmt: skip
        told = "Your order was changed and costs more now. We send it as soon as the difference is paid."
        assert shown(order)["balance"]["text"] == told
        payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
        outbox.drain(rounds=50)
        assert said(order) == (*before[:3], ["Not packed yet", "Not packed yet"])

    def test_parcels_say_what_they_wait_for(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        mug = carts.product(units=10, amount=2000)
        order = bought((mug, 2))
        first = Shipment.objects.get(order=order)
        second = fulfilment.split(shipment_id=first.pk, units={first.lines.get().pk: 1}, by="staff:1")
        fulfilment.start(order_id=order.pk, by="staff:1")
        parcels.picked(first)
        parcels.sent(first)
        dearer(order, mug)
        rest = "Waits for the rest of your payment"
        headline, comes, arrives, states = said(order)
        assert (headline, arrives, states[1:]) == ("Part of your order is on its way", "", [rest, rest])
        assert comes == "1 of 3 parcels has left us; we write to you when the next one does."
        page = Client().get(f"/orders/{order.number}/parcels/{second.number}/?key={order.access_key}").context
        assert (page["parcel"]["state"], page["arrives"]) == (rest, "")

    def test_an_order_whose_hold_is_gone_was_not_changed(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        order = bought((carts.product(units=10, amount=2000), 1), capture_when="on_shipment")
        shop_sandbox.provider().void(make.payment_of(order).reference, "elsewhere")
        payments.fetch(payment_id=make.payment_of(order).pk, source="webhook")
        assert said(order)[:2] == ("Your order waits for your payment", "We write to you when it leaves.")
        told = "A part of your order is not paid. What has not left us leaves as soon as it is."
        assert shown(order)["balance"]["text"] == told


class TestTheSums:
    def below(self, order: Order) -> list[tuple[str, str]]:
        """The rows below the total as they stand on the page."""
        html = Client().get(access.url(order)).content.decode().split('<dl class="totals">')[1].split("</dl>")[0]
        rows = re.findall(r"<dt[^>]*>([^<]*)</dt><dd[^>]*>([^<]*)<", html)
        return rows[1 + [label for label, _amount in rows].index("Total") :]

    def test_what_is_still_to_pay_of_an_order_that_was_paid_in_part_at_the_desk(self) -> None:
        order = make.placed(provider="cash", token="")
        assert self.below(order) == []
        payments.record_transfer(
            payment_id=make.payment_of(order).pk, amount=order.money(1000), statement_id="1", at=order.placed_at,
            by="staff:1",
        )  # fmt: skip
        order.refresh_from_db()
        assert (order.status, self.below(order)) == (
            "payment_pending", [("Paid", "$10.00"), ("Still to pay", "$20.00")],
        )  # fmt: skip
        assert shown(order)["payment_text"] == "Cash: $10.00 paid"

    def test_what_is_reserved_and_what_is_taken(self, shop_sandbox: RunningSandbox) -> None:
        carts.rates()
        order = bought((carts.product(units=10, amount=2000), 1), capture_when="on_shipment")
        held = "Reserved, taken when it leaves"
        assert self.below(order) == [(held, order.total.format())]
        payments.request_capture(order_id=order.pk, amount=order.money(1000), by="staff:1")
        outbox.drain()
        rest = order.money(order.total_minor - 1000).format()
        assert self.below(order) == [("Paid", "$10.00"), (held, rest)]
        payments.request_void(order_id=order.pk, by="staff:1")
        assert self.below(order) == [("Paid", "$10.00"), ("Still to pay", rest)]

    def test_what_is_to_be_paid_on_invoice(self) -> None:
        order = make.placed(provider="invoice", token="", customer_id=UserFactory().pk)
        outbox.drain()
        assert self.below(order) == [("To be paid on invoice", "$30.00")]


class TestWhatWasPaidForACancelledOrder:
    def test_all_of_it_as_store_credit(self) -> None:
        order = make.paid(customer_id=UserFactory().pk)
        payments.request_refund(order_id=order.pk, amount=order.total, reason="", to="store_credit", by="staff:1")
        page = shown(order)
        assert (page["state"], page["next_text"]) == (
            "cancelled", "Your order is cancelled. What you paid is yours as store credit.",
        )  # fmt: skip

    def test_a_part_of_it(self, shop_sandbox: RunningSandbox) -> None:
        order = make.placed(customer_id=UserFactory().pk)
        outbox.drain()
        part = order.money(500)
        payments.request_refund(order_id=order.pk, amount=part, reason="", to="store_credit", by="staff:1")
        orders.cancel(order_id=order.pk, by="staff:1")
        assert shown(order)["next_text"] == (
            "Your order is cancelled. $5.00 is yours as store credit, the rest goes back to you."
        )
        outbox.drain(rounds=50)
        assert shown(order)["next_text"] == (
            "Your order is cancelled. What you paid went back to you, $5.00 of it as store credit."
        )

    def test_nothing_of_it(self, shop_sandbox: RunningSandbox) -> None:
        order = make.placed()
        outbox.drain()
        orders.cancel(order_id=order.pk, by="staff:1")
        assert shown(order)["next_text"] == "Your order is cancelled. What you paid goes back to you."
        outbox.drain(rounds=50)
        assert shown(order)["next_text"] == "Your order is cancelled. What you paid went back to you."


def exchanged(amount: int) -> tuple[Order, Shipment]:
    """An order that had arrived, and the parcel of what is sent instead: L at `amount` cents for one at 20.00."""
    returned.rule()
    carts.rates()
    product = carts.product(amount=2000)
    other = catalog.add_variant(product, units=2, amount=amount, options={"Size": "L"}, position=5)
    order = returned.bought((product, 1))
    line = returned.lines(order)[0]
    found = returned.back(returned.asked(order, returned.wanted(line, exchange_for=other.pk), wish="exchange"))
    returns.reimburse(return_id=found.pk, by="staff:1")
    outbox.drain(mails=False)
    return now(order), Shipment.objects.get(order=order, status="open")


def last(order: Order) -> tuple[str, str, list[tuple[str, str]]]:
    """The heading, the sentence beneath it, and the stages from the delivery on, with the words beside them."""
    context = shown(order)
    names = [(one["label"], one["note"]) for one in context["steps"] if not one["is_done"]]
    return context["headline"], context["next_text"], names


def test_what_is_sent_in_exchange_is_followed_until_it_has_arrived() -> None:
    order, parcel = exchanged(amount=1000)
    leaves = "We write to you when it leaves."
    assert last(order) == ("We are preparing your replacement", leaves, [("Replacement", "being prepared")])
    parcels.picked(parcel)
    assert last(order) == ("Your replacement is packed and ready to leave", leaves, [("Replacement", "packed")])
    parcels.sent(parcel)
    arrives = "We write to you when it arrives."
    assert last(order) == ("Your replacement is on its way to you", arrives, [("Replacement", "on its way")])
    assert way(order)[-2:] == [("Delivered", True, True, False), ("Replacement", False, False, True)]
    fulfilment.deliver_one(shipment_id=parcel.pk, by="staff:1")
    headline, text, stages = last(order)
    assert (headline, text.split(" on ")[0], stages) == ("Delivered", "It arrived", [("Delivered", "")])


def test_a_dearer_replacement_waits_for_its_payment() -> None:
    order, _parcel = exchanged(amount=3000)
    assert last(order)[::2] == ("Your replacement waits for your payment", [("Replacement", "waits for your payment")])
    context = shown(order)
    assert context["balance"]["text"] == (
        "Your replacement costs more than what came back. We send it as soon as the difference is paid."
    )
    assert [one["state"] for one in context["shipments"]][1:] == ["Waits for the rest of your payment"]
