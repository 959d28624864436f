"""Holds: taken in parts, let go, refused; against the sandbox."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client

from checkout.changes import services as changes
from checkout.disputes.models import Dispute
from checkout.fulfilment import services as fulfilment
from checkout.ledger import selectors as ledger
from checkout.orders import access
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import calls, capturing, collecting, recording, selectors, tasks
from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, PaymentOptions, Refund
from shop.core.money import Money
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.accounts import StaffFactory
from tests.factories.inventory import stocked
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
USD = "USD"


def held(when: str = "on_shipment", **details: object) -> Order:
    """An order of 2500 + 500 cents whose money is only held."""
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": when})
    order = make.placed(**details)  # type: ignore[arg-type]
    outbox.drain()
    return now(order)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def sums(order: Order) -> tuple[int, int, int]:
    """Authorised (of it let go or not), captured, refunded."""
    order = now(order)
    return order.authorised_minor, order.captured_minor, order.refunded_minor


def test_on_shipment_the_order_is_confirmed_and_nothing_is_taken(shop_sandbox: RunningSandbox) -> None:
    order = held()
    assert (order.status, order.payment_state, order.held_minor, order.captured_minor) == (
        "payment_confirmed", "authorised", 3000, 0,
    )  # fmt: skip
    assert violations() == []


def test_captures_in_parts_and_the_rest_let_go(shop_sandbox: RunningSandbox) -> None:
    order = held()
    for minor in (700, 800):
        payments.request_capture(order_id=order.pk, amount=Money(minor, USD), by="staff:1")
    outbox.drain()
    assert sums(order) == (3000, 1500, 0)
    payments.request_void(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert (*sums(order), now(order).held_minor) == (1500, 1500, 0, 0)
    assert [one.status for one in Capture.objects.all()] == ["done", "done"]
    assert {one.account: one.amount.minor for one in ledger.balances()}["holds:stripe"] == 0
    assert violations() == []


def test_the_orders_page_lists_what_is_paid_and_what_is_held(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = held()
    page = client.get(access.url(order), follow=True).content.decode()
    assert ": $30.00 held" in page
    payments.request_capture(order_id=order.pk, amount=Money(1200, USD), by="staff:1")
    outbox.drain()
    page = client.get(access.url(order), follow=True).content.decode()
    assert (": $12.00 paid" in page, ": $18.00 held" in page) == (True, True)


def ship(order: Order, upto: int) -> None:
    """The first `upto` of the three steps that hand an order over."""
    about = {"order_id": order.pk, "by": "staff:1"}
    steps = (fulfilment.start, fulfilment.pick, partial(fulfilment.dispatch, carrier="DHL", tracking_number="1"))
    for step in steps[:upto]:
        step(**about)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_I7_what_was_let_go_is_never_shipped(shop_sandbox: RunningSandbox, step: int) -> None:
    order = held()
    ship(order, step)
    before = now(order).status
    shop_sandbox.provider().void(make.payment_of(order).reference, "elsewhere")  # or it ran out there
    payments.fetch(payment_id=make.payment_of(order).pk, source="webhook")
    trigger = ("start_fulfillment", "items_picked", "package_dispatched")[step]
    about = {"order_id": order.pk, "by": "staff:1"}
    commands = (fulfilment.start, fulfilment.pick, partial(fulfilment.dispatch, carrier="DHL", tracking_number="1"))
    with pytest.raises(orders.TransitionRefused) as refused:
        commands[step](**about)
    assert (refused.value.trigger, refused.value.why) == (trigger, "not_covered")
    assert "not all of what it costs is taken or held; cancel what will not be paid for" in str(refused.value)
    assert (now(order).status, now(order).payment_state) == (before, "due")
    orders.cancel(**about)
    assert now(order).status == "cancelled"


def test_I7_a_part_that_was_taken_does_not_ship_the_whole(shop_sandbox: RunningSandbox) -> None:
    order = held()
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1", is_final=True)
    outbox.drain()
    with pytest.raises(orders.TransitionRefused):
        fulfilment.start(order_id=order.pk, by="staff:1")


def test_a_part_given_back_as_goodwill_does_not_stop_a_parcel(shop_sandbox: RunningSandbox) -> None:
    order = held("at_once")
    payments.request_refund(order_id=order.pk, amount=Money(1000, USD), reason="late", by="staff:1")
    outbox.drain()
    ship(order, 3)
    outbox.drain()
    assert (now(order).status, now(order).payment_state) == ("shipped", "partly_refunded")
    assert violations() == []


def test_all_of_a_living_order_is_not_let_go(shop_sandbox: RunningSandbox) -> None:
    order = held()
    with pytest.raises(payments.CaptureRefused, match="Cancel the order") as refused:
        payments.request_void(order_id=order.pk, by="staff:1")
    assert refused.value.code == "cancel_instead"
    orders.cancel(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert (now(order).status, now(order).payment_state, sums(order)) == ("cancelled", "voided", (0, 0, 0))
    assert violations() == []


def test_I7_what_is_asked_to_be_let_go_sends_no_parcel(shop_sandbox: RunningSandbox) -> None:
    """The provider has not answered yet; until it has, nothing but what was taken is sure."""
    order = held()
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1")
    outbox.drain()
    payments.request_void(order_id=order.pk, by="staff:1")
    assert (now(order).came_minor, payments.takeable(order_id=order.pk).minor) == (1000, 0)
    with pytest.raises(orders.TransitionRefused) as refused:
        fulfilment.start(order_id=order.pk, by="staff:1")
    assert refused.value.why == "not_covered"
    outbox.drain()
    assert (now(order).status, sums(order)) == ("payment_confirmed", (1000, 1000, 0))
    assert violations() == []


def test_I7_a_part_that_is_to_be_all_sends_no_parcel_before_the_rest_is_let_go(shop_sandbox: RunningSandbox) -> None:
    order = held()
    ship(order, 2)
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1", is_final=True)
    assert (now(order).came_minor, now(order).held_minor) == (1000, 3000)
    with pytest.raises(orders.TransitionRefused) as refused:
        fulfilment.dispatch(order_id=order.pk, carrier="DHL", tracking_number="1", by="staff:1")
    assert refused.value.why == "not_covered"
    outbox.drain()
    assert (now(order).status, sums(order)) == ("ready_to_ship", (1000, 1000, 0))
    assert violations() == []


def test_I7_what_pays_for_a_parcel_that_has_left_is_not_let_go(shop_sandbox: RunningSandbox) -> None:
    order = held()
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1")
    ship(order, 3)
    with pytest.raises(payments.CaptureRefused) as void:
        payments.request_void(order_id=order.pk, by="staff:1")
    with pytest.raises(payments.CaptureRefused) as final:
        payments.request_capture(order_id=order.pk, amount=Money(1999, USD), is_final=True, by="staff:1")
    assert (void.value.code, final.value.code) == ("already_shipped", "already_shipped")
    outbox.drain()
    assert (now(order).status, sums(order)) == ("shipped", (3000, 3000, 0))
    assert violations() == []


def test_a_last_part_that_is_refused_leaves_the_rest_as_sure_as_it_was(shop_sandbox: RunningSandbox) -> None:
    order = held()
    [capture] = payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1", is_final=True)
    assert (now(order).came_minor, payments.takeable(order_id=order.pk).minor) == (1000, 0)
    capturing.fail(capture_id=capture.pk, why="refused")
    assert (now(order).came_minor, payments.takeable(order_id=order.pk).minor) == (3000, 3000)


def test_what_comes_to_be_held_after_the_rest_was_let_go_stays(shop_sandbox: RunningSandbox) -> None:
    """The customer promises the balance while the worker has still to let the first hold go."""
    order = held()
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1")
    payments.request_void(order_id=order.pk, by="staff:1")
    first, promise = make.payment_of(order), make.promised(order, 2000)
    outbox.drain()
    held_by = {one.pk: one.held_minor for one in Payment.objects.filter(order=order)}
    assert held_by == {first.pk: 0, promise.pk: 2000}
    assert now(order).came_minor == 3000


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Money(3001, USD), "capture_too_large"),
        (Money(0, USD), "amount_invalid"),
        (Money(-1, USD), "amount_invalid"),
        (Money(100, "EUR"), "currency_mismatch"),
    ],
)
def test_captures_beyond_the_hold_are_refused(shop_sandbox: RunningSandbox, amount: Money, code: str) -> None:
    order = held()
    with pytest.raises(payments.CaptureRefused) as refused:
        payments.request_capture(order_id=order.pk, amount=amount, by="staff:1")
    assert refused.value.code == code
    assert not Capture.objects.exists()
    assert sums(order) == (3000, 0, 0)


def test_what_was_asked_for_counts_against_the_next_capture(shop_sandbox: RunningSandbox) -> None:
    order = held()
    payments.request_capture(order_id=order.pk, amount=Money(2000, USD), by="staff:1")
    with pytest.raises(payments.CaptureRefused, match=r"At most \$10\.00 can be taken\."):
        payments.request_capture(order_id=order.pk, amount=Money(1001, USD), by="staff:1")
    payments.request_capture(order_id=order.pk, amount=Money(100, USD), by="staff:1", is_final=True)
    with pytest.raises(payments.CaptureRefused) as refused:
        payments.request_capture(order_id=order.pk, amount=Money(1, USD), by="staff:1")
    assert refused.value.code == "not_capturable"
    outbox.drain()
    assert sums(order) == (2100, 2100, 0)


def test_the_same_wish_sent_twice_is_taken_once(shop_sandbox: RunningSandbox) -> None:
    order = held()
    seen = payments.takeable(order_id=order.pk)
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), seen=seen, by="staff:1")
    for _before_and_after_it_was_sent in range(2):
        with pytest.raises(payments.CaptureRefused, match=r"\$30\.00 could be taken then, \$20\.00 now") as refused:
            payments.request_capture(order_id=order.pk, amount=Money(1000, USD), seen=seen, by="staff:1")
        assert refused.value.code == "changed_meanwhile"
        outbox.drain()
    assert (seen, payments.takeable(order_id=order.pk), sums(order)) == (
        Money(3000, USD), Money(2000, USD), (3000, 1000, 0),
    )  # fmt: skip


def test_what_was_taken_off_the_order_is_not_taken(shop_sandbox: RunningSandbox) -> None:
    order = held(quantity=3)
    line = order.lines.get()
    changes.cancel_units(order_id=order.pk, units={line.pk: 2}, reason="", by="staff:1")
    due = now(order).money(now(order).due_minor)
    assert (payments.takeable(order_id=order.pk), now(order).held_minor > due.minor) == (due, True)
    with pytest.raises(payments.CaptureRefused) as refused:
        payments.request_capture(order_id=order.pk, amount=due + Money(1, USD), by="staff:1")
    assert refused.value.code == "capture_too_large"
    payments.request_capture(order_id=order.pk, amount=due, by="staff:1")
    outbox.drain()
    assert (now(order).captured_minor, now(order).refunded_minor) == (due.minor, 0)
    assert violations() == []


@pytest.mark.parametrize("dispatched", [0, 1, 2])
def test_cancelling_lets_go_and_gives_back(shop_sandbox: RunningSandbox, dispatched: int) -> None:
    """F22: captures that were asked for before, between and after end with captured + voided = authorised."""
    order = held()
    for _ in range(dispatched):
        payments.request_capture(order_id=order.pk, amount=Money(500, USD), by="staff:1")
    if dispatched == 2:
        outbox.drain()
    orders.cancel(order_id=order.pk, by="guest")
    outbox.drain()
    [intent] = shop_sandbox.state()["payment_intent"]
    taken = intent["amount_received"]
    assert sums(order) == (taken, taken, taken)
    assert taken in (0, 500 * dispatched)
    payment = make.payment_of(order)
    voided = sum(event.amount_minor for event in payment.events.filter(kind="voided"))
    assert taken + voided == 3000
    assert not Capture.objects.filter(status="requested").exists()
    assert violations() == []


def test_each_parcel_takes_its_value_and_the_last_one_the_rest(shop_sandbox: RunningSandbox) -> None:
    order = held(items=[stocked(10), stocked(10)], quantity=1, price=3333, shipping=501)
    fulfilment.start(order_id=order.pk, by="staff:1")
    fulfilment.pick(order_id=order.pk, by="staff:1")
    fulfilment.dispatch(order_id=order.pk, carrier="DHL", tracking_number="1", by="staff:1")
    outbox.drain()
    fulfilment.capture_value(order_id=order.pk, by="system")
    outbox.drain()
    assert sums(order) == (7167, 7167, 0)
    assert [one.is_final for one in Capture.objects.all()] == [True]
    assert violations() == []


def test_approving_takes_what_is_held_for_review(shop_sandbox: RunningSandbox) -> None:
    order = held("after_review")
    assert (order.status, sums(order)) == ("payment_review", (3000, 0, 0))
    payments.refresh(order_id=order.pk)
    assert now(order).status == "payment_review"
    payments.approve(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert (now(order).status, sums(order)) == ("payment_confirmed", (3000, 3000, 0))
    assert [step.actor for step in order.steps.filter(trigger="approve_review")] == ["staff:1"]


def test_rejecting_lets_go(shop_sandbox: RunningSandbox) -> None:
    order = held("after_review")
    orders.apply(order_id=order.pk, trigger="reject_review", by="staff:1")
    outbox.drain()
    assert (now(order).status, now(order).payment_state, sums(order)) == ("cancelled", "voided", (0, 0, 0))


def test_I8_a_full_refund_lets_the_rest_go(shop_sandbox: RunningSandbox) -> None:
    order = held()
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1")
    outbox.drain()
    payments.request_refund(order_id=order.pk, amount=Money(1000, USD), reason="", by="staff:1")
    outbox.drain()
    assert (now(order).status, now(order).held_minor, sums(order)) == ("refunded", 0, (1000, 1000, 1000))
    assert violations() == []


def test_I8_a_hold_that_is_made_after_the_order_has_ended_is_let_go(shop_sandbox: RunningSandbox) -> None:
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
    order = make.placed()
    payment = recording.start(payment_id=make.payment_of(order).pk, provider="stripe")
    assert payment is not None
    orders.cancel(order_id=order.pk, by="guest")
    outbox.drain()  # the provider knows nothing of it yet, so there is nothing to let go
    question = collecting.request_for(payment)
    answer = calls.ask("stripe", lambda provider: provider.charge(question))
    payments.record(payment_id=payment.pk, outcome=answer, source="charge")
    assert now(order).held_minor == 3000
    outbox.drain()
    assert (now(order).status, now(order).held_minor, sums(order)) == ("cancelled", 0, (0, 0, 0))
    assert [intent["status"] for intent in shop_sandbox.state()["payment_intent"]] == ["canceled"]


def test_I8_a_hold_that_was_still_being_made_when_its_order_ended_is_let_go(shop_sandbox: RunningSandbox) -> None:
    """The provider could not let go of it then, and would say so for ever to the same key."""
    shop_sandbox.faults(processing=1)
    order = held()
    orders.cancel(order_id=order.pk, by="guest")
    outbox.drain()
    payment = make.payment_of(order)
    assert (now(order).status, payment.status) == ("cancelled", "processing")
    shop_sandbox.settle(payment.reference)
    payments.bring_up_to_date(payment_id=payment.pk)
    assert now(order).held_minor == 3000
    outbox.drain()
    assert (now(order).held_minor, sums(order)) == (0, (0, 0, 0))
    assert [intent["status"] for intent in shop_sandbox.state()["payment_intent"]] == ["canceled"]


def test_a_lost_capture_is_sent_again_and_taken_once(shop_sandbox: RunningSandbox) -> None:
    order = held()
    shop_sandbox.faults(lost_replies=2, path="capture")
    [capture] = payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1")
    outbox.drain()
    assert sums(order) == (3000, 0, 0)
    tasks.capture(capture_id=str(capture.pk))
    tasks.capture(capture_id=str(capture.pk))
    assert sums(order) == (3000, 1000, 0)
    [charge] = shop_sandbox.state()["charge"]
    assert charge["amount_captured"] == 1000


def test_a_capture_that_is_refused_is_told_to_staff(shop_sandbox: RunningSandbox, mailoutbox: list[object]) -> None:
    merchant = StaffFactory(is_superuser=True)
    order = held()
    payment = make.payment_of(order)
    shop_sandbox.provider().void(payment.reference, "elsewhere")
    payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1")
    outbox.drain()
    assert [(one.status, one.problem) for one in Capture.objects.all()] == [
        ("failed", "payment_intent_unexpected_state")
    ]
    assert sums(order) == (0, 0, 0)
    assert [mail.subject for mail in mailoutbox if mail.to == [merchant.email]] == [  # type: ignore[attr-defined]
        f"$10.00 of {order.number} could not be taken"
    ]


def test_a_dispute_is_kept_told_and_never_refunded_as_well(
    shop_sandbox: RunningSandbox, mailoutbox: list[object]
) -> None:
    merchant = StaffFactory(is_superuser=True)
    order = make.placed()
    outbox.drain()
    payment = make.payment_of(order)
    opened = shop_sandbox.control("dispute", {"payment_intent": payment.reference})
    payments.fetch(payment_id=payment.pk, source="webhook")
    payments.fetch(payment_id=payment.pk, source="webhook")
    [dispute] = Dispute.objects.all()
    assert (dispute.order_id, dispute.status, dispute.amount_minor) == (order.pk, "open", 3000)
    assert dispute.due_at is not None
    assert selectors.refundable(order.pk).minor == 0
    with pytest.raises(payments.RefundRefused):
        payments.request_refund(order_id=order.pk, amount=Money(100, USD), reason="", by="staff:1")
    orders.cancel(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert not Refund.objects.exists()
    shop_sandbox.control("dispute", {"dispute": opened["id"], "result": "won"})
    payments.fetch(payment_id=payment.pk, source="webhook")
    outbox.drain()
    dispute.refresh_from_db()
    assert (dispute.status, dispute.closed_at is not None) == ("won", True)
    assert sums(order) == (3000, 3000, 3000)  # ours again, and the order is over
    assert [mail.subject for mail in mailoutbox if mail.to == [merchant.email]] == [  # type: ignore[attr-defined]
        f"Payment of {order.number} disputed: $30.00 called back",
        f"Dispute about {order.number} won: $30.00 is ours",
    ]
    assert violations() == []


def test_a_promise_confirms_the_order_and_no_call_takes_it() -> None:
    order = make.placed(provider="invoice", token="")
    outbox.drain()
    order = now(order)
    assert (order.status, order.payment_state, order.held_minor) == ("payment_confirmed", "authorised", 3000)
    assert Payment.objects.get(order=order).capture_when == "promise"
    with pytest.raises(payments.CaptureRefused) as refused:
        payments.request_capture(order_id=order.pk, amount=Money(1000, USD), by="staff:1")
    assert refused.value.code == "not_capturable"
