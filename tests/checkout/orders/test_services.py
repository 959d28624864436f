"""Placing orders and taking them through their lives."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction

from checkout.orders import selectors, transitions
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderStep
from inventory.reservations import services as reservations
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.core import db
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import checkout as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


def force(order: Order, **values: object) -> Order:
    """The order as if it had come this way."""
    Order.objects.filter(pk=order.pk).update(**values)
    order.refresh_from_db()
    return order


def test_placing_writes_lines_steps_audit_and_one_event() -> None:
    order = make.placed([stocked(5), stocked(5)], quantity=2)
    assert (order.status, order.total_minor, order.version) == ("payment_pending", 10_500, 2)
    assert [(line.position, line.quantity, line.total_minor) for line in order.lines.all()] == [
        (1, 2, 5000),
        (2, 2, 5000),
    ]
    steps = [(step.position, step.trigger, step.from_status, step.to_status) for step in order.steps.all()]
    assert steps == [(1, "place", "", "pending"), (2, "initiate_payment", "pending", "payment_pending")]
    told = OutboxEvent.objects.filter(aggregate_id=str(order.pk)).exclude(event_type="StockReserved")
    assert [(event.event_type, event.data) for event in told] == [
        ("OrderPlaced", {"order_id": str(order.pk), "payment_id": str(make.payment_of(order).pk)})
    ]
    actions = AuditEntry.objects.filter(object_id=str(order.pk)).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["order.place", "payment.open", "order.initiate_payment"]


def test_the_outbox_and_the_audit_hold_nothing_personal() -> None:
    order = make.placed(email="ada.private@example.com")
    everything = str(list(OutboxEvent.objects.values_list("data"))) + str(
        list(AuditEntry.objects.values_list("changes"))
    )
    assert "ada.private" not in everything
    assert "Lovelace" not in everything
    assert order.access_key not in everything


def test_numbers_come_from_a_sequence_and_outgrow_six_digits() -> None:
    first, second = make.placed(), make.placed()
    assert int(second.number[8:]) == int(first.number[8:]) + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('checkout_order_number', 999999)")
    assert make.placed().number[8:] == "1000000"
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('checkout_order_number', %s)", [int(second.number[8:])])


def test_one_key_is_one_order_and_one_cart_is_one_living_order() -> None:
    order = make.placed()
    quote = make.quote([stocked(1)])
    details = {
        "customer_id": None, "email": "a@example.com", "language": "en", "shipping_address": {},
        "billing_address": {}, "quote": quote, "by": "guest",
    }  # fmt: skip
    for key, cart in ((order.idempotency_key, uuid4()), ("other", order.cart_id)):
        with pytest.raises(IntegrityError), transaction.atomic(using=db.DEFAULT):
            orders.place(order_id=uuid4(), cart_id=cart, idempotency_key=key, **details)
    orders.cancel(order_id=order.pk, by="guest")
    again = orders.place(order_id=uuid4(), cart_id=order.cart_id, idempotency_key="other", **details)
    assert again.cart_id == order.cart_id


def test_an_order_that_costs_nothing_is_paid_at_once() -> None:
    order = make.placed(price=0, shipping=0)
    assert (order.status, order.payments.count()) == ("payment_confirmed", 0)
    outbox.drain()
    assert outbox.failures() == []


@pytest.mark.parametrize("trigger", transitions.TRIGGERS)
@pytest.mark.parametrize("status", Order.Status.values)
def test_apply_goes_exactly_where_the_table_says(trigger: str, status: str) -> None:
    order = force(make.placed(), status=status)
    paid = {"captured_minor": 3000, "secured_minor": 3000}
    facts: dict[str, dict[str, object]] = {
        "is_paid": paid,
        "is_refunded": {"captured_minor": 3000, "refunded_minor": 3000, "allowed_minor": 3000},
        "is_authorised": {"authorised_minor": 3000},
        "is_covered": paid,
        "is_picked": {**paid, "fulfilment_state": "picked"},
        "is_handed_over": {"fulfilment_state": "shipped"},
        "is_delivered": {"fulfilment_state": "delivered"},
        "is_back": {"fulfilment_state": "returned"},
        "is_mailed": {"fulfilment_state": "delivered", "delivery_option": "email"},
    }
    row = transitions.find(trigger, status)
    named = transitions.named(trigger)
    assert named is not None
    if status != "cancelled":
        force(order, **facts.get((row or named).guard, {}))
    elif named.guard == "is_refunded":
        force(order, **facts["is_refunded"])
    about = make.payment_of(order).pk
    if row is None:
        with pytest.raises(orders.TransitionRefused):
            orders.apply(order_id=order.pk, trigger=trigger, by="system", about=about)
        order.refresh_from_db()
        assert (order.status, order.steps.count()) == (status, 2)
    else:
        assert orders.apply(order_id=order.pk, trigger=trigger, by="system", about=about).status == row.target
        last = order.steps.last()
        assert (last.position, last.trigger, last.from_status, last.to_status) == (3, trigger, status, row.target)


def test_a_guard_refuses_and_says_why() -> None:
    order = make.placed()
    with pytest.raises(orders.TransitionRefused) as refusal:
        orders.apply(order_id=order.pk, trigger="payment_success", by="system")
    assert str(refusal.value) == (
        "“Confirm payment” is not possible: the order is “Payment Pending” and it is not fully paid. "
        "Possible now: Cancel order."
    )
    assert refusal.value.allowed == ("cancel",)


def test_what_is_refused_is_not_said_to_be_possible() -> None:
    order = force(
        make.placed(), status="processing", fulfilment_state="partly_shipped", captured_minor=3000, secured_minor=3000
    )
    with pytest.raises(orders.TransitionRefused) as refusal:
        orders.cancel(order_id=order.pk, by="staff:1")
    assert str(refusal.value) == (
        "“Cancel order” is not possible: the order is “Processing” and a parcel is already on its way; take off what "
        "is still here. Possible now: Mark as picked."
    )
    assert refusal.value.allowed == orders.possible(order) == ("items_picked",)
    assert orders.possible(force(order, refunded_minor=1, secured_minor=0)) == ()  # nor what is not covered


def test_a_status_refuses_and_says_what_is_possible() -> None:
    order = force(make.placed(), status="refunded")
    with pytest.raises(orders.TransitionRefused) as refusal:
        orders.cancel(order_id=order.pk, by="guest")
    assert str(refusal.value) == "“Cancel order” is not possible: the order is “Refunded”."


def test_a_refused_transition_leaves_nothing_behind() -> None:
    order = make.placed()
    before = (OutboxEvent.objects.count(), AuditEntry.objects.count(), OrderStep.objects.count())
    with pytest.raises(orders.TransitionRefused):
        orders.apply(order_id=order.pk, trigger="items_picked", by="staff:1")
    assert (OutboxEvent.objects.count(), AuditEntry.objects.count(), OrderStep.objects.count()) == before


def test_the_database_itself_forbids_a_shipped_order_that_is_cancelled() -> None:
    order = force(make.placed(), status="shipped", fulfilment_state="shipped")
    with pytest.raises(IntegrityError, match="order_cancelled_not_shipped"), transaction.atomic(using=db.DEFAULT):
        force(order, status="cancelled")


def test_cancelling_gives_the_stock_back() -> None:
    item = stocked(2)
    order = make.placed([item], quantity=2)
    orders.cancel(order_id=order.pk, by="guest", note="changed my mind")
    outbox.drain()
    item.refresh_from_db()
    assert (item.on_hand, item.reserved, item.allocated) == (2, 0, 0)
    assert [mail.template for mail in Notification.objects.filter(template="order_cancelled")] == ["order_cancelled"]


@pytest.mark.parametrize("is_sold_out", [False, True])
def test_nothing_is_sold_to_an_order_that_is_not_paid(is_sold_out: bool) -> None:
    item = stocked(1)
    order = make.placed([item], ttl=timedelta(seconds=-1 if is_sold_out else 60))
    if is_sold_out:
        make.placed([item])
    assert orders.commit_stock(order_id=order.pk, by="system") is False
    order.refresh_from_db()
    item.refresh_from_db()
    assert (order.status, item.reserved, item.allocated) == ("payment_pending", 1, 0)


def test_stock_committed_after_the_cancellation_is_given_back() -> None:
    """The paid event may be delivered after the cancellation's: whichever comes last, nothing stays sold."""
    item = stocked(2)
    order = make.paid([item])
    orders.cancel(order_id=order.pk, by="staff:1")
    orders.give_back_stock(order_id=order.pk, by="system")
    assert orders.commit_stock(order_id=order.pk, by="system") is False
    item.refresh_from_db()
    assert (item.reserved, item.allocated) == (0, 0)


def test_stock_committed_while_the_order_is_cancelled_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(2)
    order = make.paid([item])
    commit = reservations.commit

    def cancelled_meanwhile(**arguments: object) -> bool:
        done = commit(**arguments)  # type: ignore[arg-type]
        orders.cancel(order_id=order.pk, by="staff:1")
        return done

    monkeypatch.setattr(reservations, "commit", cancelled_meanwhile)
    assert orders.commit_stock(order_id=order.pk, by="system") is False
    item.refresh_from_db()
    assert (item.reserved, item.allocated) == (0, 0)


def test_guest_orders_are_claimed_with_a_proven_address_only() -> None:
    mine, other = make.placed(email="Ada@Example.com"), make.placed(email="bob@example.com")
    taken = make.placed(email="ada@example.com", customer_id=uuid4())
    user = User.objects.create_user("ada@example.com", "a long password")
    address = EmailAddress.objects.create(user=user, email="ada@example.com", verified=False, primary=True)
    assert orders.claim_proven(customer_id=user.pk) == 0
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    assert orders.claim_proven(customer_id=user.pk) == 1
    owners = {order.number: order.customer_id for order in Order.objects.all()}
    assert owners == {mine.number: user.pk, other.number: None, taken.number: taken.customer_id}


def test_reading_a_customers_orders_takes_three_queries(django_assert_num_queries: object) -> None:
    customer = uuid4()
    for _ in range(3):
        make.placed(customer_id=customer)
    with django_assert_num_queries(3):  # type: ignore[operator]
        page = selectors.orders_of(customer_id=customer, page=1, size=2)
        assert (page.total, [len(order.lines.all()) for order in page.orders]) == (3, [1, 1])
