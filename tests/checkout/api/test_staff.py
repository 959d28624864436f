"""What staff may do with orders over REST, and what they may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.fulfilment import services as fulfilment
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, Refund
from checkout.payments.providers import base
from checkout.storecredit import selectors as credit
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from shop.accounts.models import User
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories import parcels
from tests.factories.changes import readdress
from tests.factories.inventory import stocked
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
ADDRESSES = {
    "transitions": lambda number: reverse("api_order_transitions", args=[number]),
    "refunds": lambda number: reverse("api_order_refunds", args=[number]),
    "captures": lambda number: reverse("api_order_captures", args=[number]),
    "voids": lambda number: reverse("api_order_voids", args=[number]),
    "shipments": lambda number: reverse("api_order_shipments", args=[number]),
}


def test_the_addresses_are_the_contracts() -> None:
    made = {what: address("ORD-1") for what, address in ADDRESSES.items()}
    assert made == {what: f"/api/orders/ORD-1/{what}" for what in ADDRESSES}


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]


def person(client: Client, *permissions: str, is_staff: bool = True) -> Client:
    user = User.objects.create_user("someone@example.com", "a long password", is_staff=is_staff)
    user.user_permissions.add(*Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


@pytest.fixture
def merchant(client: Client) -> Client:
    return person(client, "fulfil_order", "cancel_order", "refund_order", "review_order")


def post(client: Client, order: Order, what: str, body: object, **headers: str) -> tuple[int, dict[str, object]]:
    answer = client.post(ADDRESSES[what](order.number), body, "application/json", headers=headers)
    return answer.status_code, answer.json()


def test_an_order_is_shipped(merchant: Client) -> None:
    order = make.paid()
    assert post(merchant, order, "transitions", {"trigger": "start_fulfillment"})[0] == 200
    assert post(merchant, order, "transitions", {"trigger": "items_picked"})[1] == {
        "number": order.number,
        "status": "ready_to_ship",
        "paymentState": "paid",
        "fulfilmentState": "picked",
        "possible": ["package_dispatched", "cancel"],
    }
    status, body = post(merchant, order, "shipments", {"carrier": "UPS", "trackingNumber": "1Z"})
    assert (status, body["status"]) == (201, "shipped")


def test_what_is_said_to_be_possible_is_not_refused_once_a_parcel_has_left(merchant: Client) -> None:
    order, first, second = parcels.split_order()
    fulfilment.start(order_id=order.pk, by="staff:1")
    for one in (first, second):
        parcels.picked(one)
    sent = {"shipmentId": str(first.pk), "carrier": "UPS", "trackingNumber": "1Z"}
    status, body = post(merchant, order, "shipments", sent)
    assert (status, body["status"], body["possible"]) == (201, "ready_to_ship", ["package_dispatched"])
    status, body = post(merchant, order, "transitions", {"trigger": "cancel"})
    assert (status, body["error"]["fields"]) == (409, {"possible": ["package_dispatched"]})
    whole = merchant.post(reverse("api_order_cancel", args=[order.number]), {}, "application/json")
    assert (whole.status_code, whole.json()["error"]["fields"]) == (409, {"possible": ["package_dispatched"]})
    assert post(merchant, order, "shipments", {"carrier": "UPS", "trackingNumber": "2Z"})[0] == 201


def test_an_order_that_may_not_be_started_still_expires(merchant: Client, shop_sandbox: RunningSandbox) -> None:
    """Refusing to start it must not have sold its units: they come free when its time is over."""
    item = stocked(1)
    order = make.placed([item], token="pm_card_chargeDeclined")
    outbox.drain()
    assert post(merchant, order, "transitions", {"trigger": "start_fulfillment"})[0] == 409
    Reservation.objects.filter(reference=order.pk).update(expires_at=db.clock() - timedelta(hours=1))
    reservations.expire()
    outbox.drain()
    order.refresh_from_db()
    item.refresh_from_db()
    assert (order.status, item.reserved, item.allocated, outbox.failures()) == ("cancelled", 0, 0, [])


def test_what_is_not_possible_is_409_and_says_what_is(merchant: Client) -> None:
    order = make.paid()
    assert post(merchant, order, "transitions", {"trigger": "items_picked"}) == (
        409,
        {
            "error": {
                "code": "transition_refused",
                "message": "“Mark as picked” is not possible: the order is “Payment Confirmed”. "
                "Possible now: Start processing, Cancel order.",
                "fields": {"possible": ["start_fulfillment", "cancel"]},
            }
        },
    )
    status, body = post(merchant, order, "shipments", {"carrier": "UPS", "trackingNumber": "1Z"})
    assert (status, body["error"]["code"]) == (409, "transition_refused")
    status, body = post(merchant, order, "transitions", {"trigger": "package_dispatched"})
    assert (status, body["error"]["code"]) == (409, "shipment_required")


def test_a_label_made_elsewhere_is_said_to_be_for_the_new_address(merchant: Client) -> None:
    carts.rates()
    order = make.ready()
    readdress(order)
    body = {"carrier": "UPS", "trackingNumber": "1Z"}
    for made_for in ({}, {"madeFor": None}, {"madeFor": 0}):
        status, answer = post(merchant, order, "shipments", {**body, **made_for})
        assert (status, answer["error"]["code"]) == (409, "label_unconfirmed")
    assert post(merchant, order, "shipments", {**body, "madeFor": -1})[0] == 400
    status, answer = post(merchant, order, "shipments", {**body, "madeFor": 1})
    assert (status, answer["status"]) == (201, "shipped")


@pytest.mark.parametrize("trigger", ["payment_success", "refund", "reservation_expired", "", None, 7, "x", ["cancel"]])
def test_triggers_that_are_not_for_staff_are_400(merchant: Client, trigger: object) -> None:
    order = make.placed()
    status, body = post(merchant, order, "transitions", {"trigger": trigger})
    assert (status, body["error"]["code"]) == (400, "validation_error")
    order.refresh_from_db()
    assert order.status == "payment_pending"


def test_money_goes_back_once_per_key(merchant: Client) -> None:
    order = make.paid()
    body = {"amount": "10.00", "reason": "late"}
    first = post(merchant, order, "refunds", body, **{"Idempotency-Key": "k1"})
    assert first[0] == 201
    assert [one["amount"] for one in first[1]["refunds"]] == ["10.00"]
    assert post(merchant, order, "refunds", body, **{"Idempotency-Key": "k1"}) == first
    assert Refund.objects.count() == 1
    status, answer = post(merchant, order, "refunds", {"amount": "20.01"})
    assert (status, answer["error"]["code"]) == (409, "refund_too_large")


@pytest.mark.parametrize("amount", ["-1", "NaN", "1.005", "x", None, "", 1e30])
def test_A11_amounts_that_are_none(merchant: Client, amount: object) -> None:
    order = make.paid()
    status, body = post(merchant, order, "refunds", {"amount": amount})
    assert (status, body["error"]["code"]) == (400, "validation_error")
    assert Refund.objects.count() == 0


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("transitions", {"trigger": "cancel"}),
        ("transitions", {"trigger": "start_fulfillment"}),
        ("refunds", {"amount": "1.00"}),
        ("shipments", {"carrier": "UPS", "trackingNumber": "1"}),
    ],
)
def test_A09_nobody_else_may(client: Client, what: str, body: dict[str, str]) -> None:
    order = make.ready()
    assert post(client, order, what, body)[0] == 401
    person(client, is_staff=False)
    assert post(client, order, what, body)[0] == 403
    client.logout()
    User.objects.all().delete()
    person(client)  # staff without a permission
    assert post(client, order, what, body)[0] == 403
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == ("ready_to_ship", 0)


def test_an_exponent_is_no_amount(merchant: Client) -> None:
    status, body = post(merchant, make.paid(), "refunds", {"amount": "1e1"})
    assert (status, body["error"]["fields"]) == (400, {"amount": ["A valid number is required."]})


def test_an_order_that_does_not_exist_is_404(merchant: Client) -> None:
    order = Order(number="ORD-2026999999")
    for what, body in (("transitions", {"trigger": "cancel"}), ("refunds", {"amount": "1.00"})):
        assert post(merchant, order, what, body)[0] == 404


def held() -> Order:
    order = make.placed()
    payment = make.payment_of(order)
    Payment.objects.filter(pk=payment.pk).update(capture_when="on_shipment")
    fact = base.Fact("authorised", "ch_1", payment.amount)
    payments.record(payment_id=payment.pk, outcome=base.Outcome("pi_1", "authorised", (fact,)), source="charge")
    return order


def test_held_money_is_taken_in_parts_and_let_go(merchant: Client) -> None:
    order = held()
    status, body = post(merchant, order, "voids", {})
    assert (status, body["error"]["code"]) == (409, "cancel_instead")
    status, body = post(merchant, order, "captures", {"amount": "10.00", "isFinal": False})
    [capture] = body["captures"]
    assert (status, capture["amount"], capture["status"], capture["isFinal"]) == (201, "10.00", "requested", False)
    assert post(merchant, order, "voids", {})[0] == 202
    assert post(merchant, make.paid(), "voids", {})[1]["error"]["code"] == "not_capturable"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"amount": "30.01"}, 409, "capture_too_large"),
        ({"amount": "0"}, 409, "amount_invalid"),
        ({"amount": "10.00", "currency": "EUR"}, 409, "currency_mismatch"),
        ({"amount": "-1"}, 400, "validation_error"),
        ({"amount": "1.001"}, 400, "validation_error"),
        ({"amount": "1", "currency": "XXX1"}, 400, "validation_error"),
    ],
)
def test_captures_beyond_the_hold_change_nothing(
    merchant: Client, given: dict[str, str], status: int, code: str
) -> None:
    order = held()
    answer = post(merchant, order, "captures", given)
    assert (answer[0], answer[1]["error"]["code"]) == (status, code)
    assert not Capture.objects.exists()


def test_a_refund_goes_to_store_credit_when_asked(merchant: Client) -> None:
    order = make.paid(customer_id=db.uuid7())
    status, body = post(merchant, order, "refunds", {"amount": "10.00", "to": "store_credit"})
    assert (status, [one["status"] for one in body["refunds"]]) == (201, ["done"])  # type: ignore[attr-defined]
    order.refresh_from_db()
    assert (order.refunded_minor, order.customer_id is not None) == (1000, True)
    assert credit.balance(order.customer_id, "USD") == Money(1000, "USD")


def test_a_guest_gets_no_store_credit(merchant: Client) -> None:
    order = make.paid()
    status, body = post(merchant, order, "refunds", {"amount": "10.00", "to": "store_credit"})
    assert (status, body["error"]["code"]) == (409, "no_account")  # type: ignore[index]
    assert post(merchant, order, "refunds", {"amount": "10.00", "to": "the moon"})[0] == 400
    assert Refund.objects.count() == 0
