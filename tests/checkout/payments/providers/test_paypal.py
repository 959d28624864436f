"""What is PayPal's own: approval, orders that are closed by a note, its fees, disputes, tokens and list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from checkout.payments.providers import base
from checkout.payments.providers.paypal import PayPal
from checkout.payments.sandbox import paypal_events
from shop.core import db
from shop.core.money import Money
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
Ask = Callable[..., base.ChargeRequest]


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def kinds(outcome: base.Outcome) -> list[tuple[str, int]]:
    return [(fact.kind, fact.amount.minor) for fact in outcome.facts]


@pytest.fixture
def paypal(sandbox: RunningSandbox) -> PayPal:
    return sandbox.paypal()


@pytest.fixture
def opened(paypal: PayPal, request_for: Ask) -> Callable[..., str]:
    """The reference of an order that waits for its shopper."""

    def make(number: int = 1, **given: Any) -> str:
        values = {"payment_id": f"pay-{number}", "idempotency_key": f"key-{number}"}
        return paypal.charge(request_for(None, **values | given)).reference

    return make


def test_the_order_says_what_we_know_it_by_and_nothing_personal(sandbox, paypal, request_for):
    session = paypal.hosted_session(
        request_for(None, description="Shop ORD-2026000001", customer_reference="customer-1"),
        success_url="https://shop.example/yes",
        cancel_url="https://shop.example/no",
    )
    order = sandbox.state()["paypal.order"][0]
    unit = order["purchase_units"][0]
    assert (session.reference, session.url) == (
        order["id"],
        f"{sandbox.url}/paypal/checkoutnow?token={order['id']}",
    )
    assert (unit["custom_id"], unit["description"]) == ("pay-1", "Shop ORD-2026000001")
    assert unit["invoice_id"].startswith("ORD-2026000001-")
    assert unit["amount"] == {"currency_code": "USD", "value": "19.99"}
    assert "customer-1" not in str(order)


def test_nothing_is_taken_before_the_shopper_has_approved(sandbox, paypal, opened):
    reference = opened()
    waiting = paypal.fetch(reference)
    assert (waiting.state, waiting.facts) == ("requires_action", ())
    sandbox.approve(reference)
    assert sandbox.state()["paypal.capture"] == []
    paid = paypal.fetch(reference)
    assert (paid.state, kinds(paid)) == ("succeeded", [("captured", 1999), ("fee", 119)])
    assert len(sandbox.state()["paypal.capture"]) == 1


def test_an_order_captured_by_somebody_else_is_read_as_it_is(sandbox, paypal, opened):
    reference = opened()
    sandbox.approve(reference)
    stale = sandbox.server.box.store.load("paypal.order", reference)
    paypal.fetch(reference)
    # one who still sees it approved, and whose key PayPal has forgotten, is told that it is captured
    sandbox.server.box.store.rows("DELETE FROM answers")
    outcome = paypal._taken({"id": stale["id"], "intent": "CAPTURE", "purchase_units": stale["purchase_units"]})
    assert kinds(outcome) == [("captured", 1999), ("fee", 119)]
    assert len(sandbox.state()["paypal.capture"]) == 1


@pytest.mark.parametrize("approved", [False, True])
def test_a_voided_order_is_never_captured(sandbox, paypal, opened, approved):
    reference = opened()
    if approved:
        sandbox.approve(reference)
    assert paypal.void(reference, "void").state == "cancelled"
    if not approved:
        sandbox.approve(reference)  # in a tab that was left open
    assert paypal.fetch(reference).state == "cancelled"
    assert sandbox.state()["paypal.capture"] == []


def test_negative_control_without_its_note_a_voided_order_is_captured(sandbox, paypal, opened):
    reference = opened()
    paypal.void(reference, "void")
    paypal._client.note(reference, "pay-1")
    sandbox.approve(reference)
    assert paypal.fetch(reference).state == "succeeded"


def test_an_order_that_paypal_forgot_is_cancelled_by_void(paypal):
    gone = paypal.void("FORGOTTEN", "void")
    assert (gone.reference, gone.state, gone.facts) == ("FORGOTTEN", "cancelled", ())
    with pytest.raises(base.ProviderRefused):
        paypal.fetch("FORGOTTEN")


def test_a_declined_funding_closes_the_order(sandbox, paypal, opened):
    reference = opened()
    sandbox.approve(reference, "declined")
    outcome = paypal.fetch(reference)
    assert (outcome.state, outcome.decline_code, outcome.retryable) == ("declined", "instrument_declined", True)
    assert kinds(outcome) == [("failed", 1999)]
    sandbox.approve(reference, "balance")  # once more in the same window: the shop has moved on
    assert paypal.fetch(reference) == outcome
    assert sandbox.state()["paypal.capture"] == []


def test_a_capture_under_review_is_processing_and_ends(sandbox, paypal, opened):
    sandbox.faults(processing=2)
    good, bad = opened(1), opened(2)
    for reference in (good, bad):
        sandbox.approve(reference)
        assert kinds(paypal.fetch(reference)) == [("processing", 1999)]
    second, first = sandbox.state()["paypal.capture"]
    sandbox.control("paypal/settle", {"capture": first["id"]})
    sandbox.control("paypal/settle", {"capture": second["id"], "result": "failed"})
    assert kinds(paypal.fetch(good)) == [("captured", 1999), ("fee", 119)]
    ended = paypal.fetch(bad)
    assert (ended.state, kinds(ended)) == ("declined", [("failed", 1999)])


def test_more_than_what_is_held_is_refused_though_paypal_would_take_it(sandbox, paypal, opened):
    reference = opened(capture=False)
    sandbox.approve(reference)
    paypal.fetch(reference)
    asked = len(sandbox.state()["paypal.event"])
    with pytest.raises(base.ProviderRefused) as refused:
        paypal.capture(reference, usd(2100), "key")
    assert refused.value.code == "amount_too_large"
    assert len(sandbox.state()["paypal.event"]) == asked
    paypal._client.capture_authorization(
        sandbox.state()["paypal.authorization"][0]["id"],
        {"amount": {"currency_code": "USD", "value": "21.00"}, "final_capture": True},
        "by hand",
    )


@pytest.mark.parametrize(("result", "end"), [("won", "dispute_won"), ("lost", "dispute_lost")])
def test_a_dispute_and_its_end_are_facts(sandbox, paypal, opened, result, end):
    reference = opened()
    sandbox.approve(reference)
    capture = paypal.fetch(reference).facts[0].reference
    dispute = sandbox.control("paypal/dispute", {"capture": capture})["dispute_id"]
    told = paypal.fetch(reference).facts[-1]
    assert (told.kind, told.reference, told.amount) == ("disputed", dispute, usd(1999))
    assert told.reason == "merchandise_or_service_not_received"
    assert told.due_at is not None
    sandbox.control("paypal/dispute", {"dispute": dispute, "result": result})
    facts = paypal.fetch(reference).facts
    assert [(fact.kind, fact.reference) for fact in facts[-2:]] == [("disputed", dispute), (end, dispute)]


def test_messages_about_refunds_and_disputes_lead_to_the_order(sandbox, opened, paypal):
    reference = opened()
    sandbox.approve(reference)
    capture = paypal.fetch(reference).facts[0].reference
    paypal.refund(reference, usd(500), "refund")
    sandbox.control("paypal/dispute", {"capture": capture})
    box = sandbox.server.box
    events = [paypal_events.message(box, event) for event in box.store.newest(paypal_events.KIND, 10)]
    found = [paypal.parse_webhook(body, {name.upper(): value for name, value in headers.items()})
             for body, headers in events]  # fmt: skip
    assert [event.type for event in found] == [
        "CUSTOMER.DISPUTE.CREATED",
        "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.COMPLETED",
        "CHECKOUT.ORDER.APPROVED",
    ]
    assert {event.reference for event in found} == {reference}
    assert [event.payment_id for event in found] == [None, None, "pay-1", "pay-1"]


def test_a_token_that_paypal_forgot_is_fetched_anew(sandbox, paypal, opened):
    reference = opened()
    sandbox.server.box.store.rows("DELETE FROM objects WHERE kind = 'paypal.token'")
    assert paypal.fetch(reference).state == "requires_action"


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_a_wrong_client_is_refused(sandbox, request_for, secret):
    stranger = PayPal(client_id="x", client_secret=secret, webhook_id="x", api_base=f"{sandbox.url}/paypal")
    with pytest.raises(base.ProviderRefused) as refused:
        stranger.charge(request_for(None))
    assert refused.value.code == "invalid_client"


def test_nobody_there_is_unavailable(request_for):
    nobody = PayPal(client_id="x", client_secret="y", webhook_id="z", api_base="http://127.0.0.1:1/paypal")
    with pytest.raises(base.ProviderUnavailable):
        nobody.charge(request_for(None))


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_broken_paypal_is_unavailable_not_declined(sandbox, paypal, opened, status):
    reference = opened()
    sandbox.approve(reference)
    sandbox.faults(errors=1, status=status)
    with pytest.raises(base.ProviderUnavailable):
        paypal.fetch(reference)
    assert paypal.fetch(reference).state == "succeeded"


def test_a_lost_reply_is_mended_by_the_clients_own_retry(sandbox, opened):
    reference = opened()
    sandbox.approve(reference)
    sandbox.faults(lost_replies=1, path="capture$")
    assert sandbox.paypal(network_retries=1).fetch(reference).state == "succeeded"
    assert len(sandbox.state()["paypal.capture"]) == 1


def test_keys_of_any_length_are_kept_apart(sandbox, paypal, request_for):
    keys = ["k" * 255, "k" * 254 + "x"]
    references = {paypal.charge(request_for(None, idempotency_key=key)).reference for key in keys * 2}
    assert len(references) == 2


def test_a_hold_is_listed_when_it_was_made_not_when_it_was_taken(sandbox, paypal, opened):
    reference = opened(capture=False)
    sandbox.approve(reference)
    paypal.fetch(reference)
    store = sandbox.server.box.store
    hold = store.newest("paypal.authorization", 1)[0]
    store.put(hold | {"create_time": (db.clock() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")})
    paypal.capture(reference, usd(1999), "key")
    now = db.clock()
    assert list(paypal.list(now - timedelta(days=1), now + timedelta(days=1))) == []
    assert [one.outcome.reference for one in paypal.list(now - timedelta(days=40), now)] == [reference]


def test_money_that_paypal_cannot_say_is_refused_before_it_is_asked(sandbox, paypal, request_for):
    for amount, code in [(Money(1999, "HUF"), "amount_too_precise"), (Money(5, "RSD"), "currency_not_supported")]:
        with pytest.raises(base.ProviderRefused) as refused:
            paypal.charge(request_for(None, amount=amount))
        assert refused.value.code == code
    assert sandbox.state()["counts"] == {}


def test_what_this_shop_opened_bears_its_mark(sandbox, paypal, request_for, settings):
    now = db.clock()
    marks = {}
    for number, shop in enumerate((settings.SITE_URL, "https://another.example", "")):
        question = request_for(None, payment_id=f"pay-{number}", idempotency_key=f"k{number}", metadata={"shop": shop})
        reference = paypal.charge(question).reference
        sandbox.approve(reference)
        paypal.fetch(reference)
        marks[reference] = settings.SITE_URL if shop == settings.SITE_URL else ""
    listed = paypal.list(now - timedelta(minutes=5), now + timedelta(minutes=5))
    assert {one.outcome.reference: one.shop for one in listed} == marks
