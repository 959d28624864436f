"""Webhooks as the sandbox signs and sends them, through the shop's own door."""

from __future__ import annotations

import json
import time

import pytest
import stripe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from checkout.orders.models import Order
from checkout.payments import selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, ProviderEvent
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.fakes.sandbox import CHALLENGED, RunningSandbox

pytestmark = pytest.mark.django_db
URL = "/api/webhooks/stripe"


def message(payment: Payment, reference: str, *, event_id: str = "evt_1", kind: str = "succeeded") -> bytes:
    thing = {"object": "payment_intent", "id": reference, "metadata": {"payment_id": str(payment.pk)}}
    return json.dumps(
        {
            "id": event_id,
            "object": "event",
            "type": f"payment_intent.{kind}",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": thing},
        }
    ).encode()


def signature(body: bytes, *, secret: str = "", at: int | None = None) -> str:
    stamp = at or int(time.time())
    made = stripe.WebhookSignature._compute_signature(
        f"{stamp}.{body.decode()}", secret or settings.STRIPE_WEBHOOK_SECRET
    )
    return f"t={stamp},v1={made}"


def post(client: Client, body: bytes, header: str | None) -> int:
    headers = {} if header is None else {"stripe-signature": header}
    return client.post(URL, body, content_type="application/json", headers=headers).status_code


def challenged(shop_sandbox: RunningSandbox) -> Order:
    """An order whose 3-D Secure was passed while nobody told the shop."""
    order = make.placed(token=CHALLENGED)
    outbox.drain()
    shop_sandbox.challenge(make.payment_of(order).reference)
    return order


def process_all() -> None:
    for event in ProviderEvent.objects.filter(processed_at=None):
        payments.process(event_id=event.pk)


def test_the_address_is_the_contracts() -> None:
    assert reverse("stripe_webhook") == URL


def test_F13_the_webhook_finishes_what_the_browser_did_not(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = challenged(shop_sandbox)
    payment = make.payment_of(order)
    body = message(payment, payment.reference)
    assert post(client, body, signature(body)) == 200
    order.refresh_from_db()
    assert order.status == "payment_pending"  # stored and answered; a task does the rest
    process_all()
    order.refresh_from_db()
    assert order.status == "payment_confirmed"
    assert violations() == []


def test_F16_each_message_five_times_is_stored_and_used_once(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = challenged(shop_sandbox)
    payment = make.payment_of(order)
    body = message(payment, payment.reference)
    for _ in range(5):
        assert post(client, body, signature(body)) == 200
        process_all()
    event = ProviderEvent.objects.get()
    assert (event.attempts, event.last_error) == (1, "")
    order.refresh_from_db()
    assert [step.trigger for step in order.steps.all()] == ["place", "initiate_payment", "payment_success"]
    assert violations() == []


def test_F17_a_late_message_cannot_undo_what_is_true(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = challenged(shop_sandbox)
    payment = make.payment_of(order)
    for number, kind in enumerate(("succeeded", "processing", "requires_action", "payment_failed")):
        body = message(payment, payment.reference, event_id=f"evt_{number}", kind=kind)
        assert post(client, body, signature(body)) == 200
        process_all()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status) == ("payment_confirmed", "paid")


def test_F15_a_message_from_before_the_order_is_parked_and_used_later(
    client: Client, shop_sandbox: RunningSandbox
) -> None:
    order = make.placed()
    payment = make.payment_of(order)
    outcome = shop_sandbox.provider().charge(_request(payment))
    body = message(payment, outcome.reference)
    Payment.objects.filter(pk=payment.pk).update(provider="bank_transfer")  # as if it were not there yet
    assert post(client, body, signature(body)) == 200
    process_all()
    assert ProviderEvent.objects.get().last_error == "no such payment yet"
    Payment.objects.filter(pk=payment.pk).update(provider="stripe")
    process_all()
    order.refresh_from_db()
    assert order.status == "payment_confirmed"


def test_A36_what_stripe_did_not_sign_is_400_and_leaves_nothing(client: Client) -> None:
    payment = make.payment_of(make.placed())
    body = message(payment, "pi_1")
    bad = [
        None,
        "",
        "t=1,v1=abc",
        signature(body, secret="whsec_other"),
        signature(body, at=int(time.time()) - 600),
        signature(body + b" "),
    ]
    assert [post(client, body, header) for header in bad] == [400] * len(bad)
    for broken in (b"", b"null", b"[]", b"{}", b"{", b"\xff\xfe"):
        header = signature(broken) if broken.isascii() else "t=1,v1=a"
        assert post(client, broken, header) == 400
    assert ProviderEvent.objects.count() == 0


NOT_EVENTS = {
    "deep": b"[" * 100_000,
    "text": b"hello",
    "list": b"[]",
    "null": b"null",
    "empty": b"{}",
    "no data": b'{"id": "evt_1", "type": "x", "created": 1, "livemode": false}',
    "no time": b'{"id": "evt_1", "type": "x", "created": "abc", "livemode": false, "data": {"object": {}}}',
    "NUL": b'{"id": "evt\\u0000", "type": "x", "created": 1, "livemode": false, "data": {"object": {}}}',
    "NUL inside": b'{"id": "evt_1", "type": "x", "created": 1, "livemode": false, "data": {"object":'
    b' {"metadata": {"payment_id": "\\u0000"}}}}',
}


@pytest.mark.parametrize("name", NOT_EVENTS)
def test_A36_a_signed_body_that_is_no_event_is_told_so(client: Client, name: str) -> None:
    body = NOT_EVENTS[name]
    answer = client.post(URL, body, content_type="application/json", headers={"stripe-signature": signature(body)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_message")
    assert not ProviderEvent.objects.exists()


def test_A36_a_body_over_the_limit_is_400(client: Client) -> None:
    for size in (300_000, 2_000_000):
        body = b" " * size
        assert post(client, body, signature(body)) == 400
    assert ProviderEvent.objects.count() == 0


def test_other_methods_are_refused(client: Client) -> None:
    assert client.get(URL).status_code == 405


def test_nothing_personal_of_a_message_is_kept(client: Client) -> None:
    payment = make.payment_of(make.placed())
    body = message(payment, "pi_1").replace(b'"metadata"', b'"receipt_email": "ada@example.com", "metadata"')
    assert post(client, body, signature(body)) == 200
    event = ProviderEvent.objects.get()
    assert set(event.payload) == {"payment_id", "occurred_at"}
    assert event.payload["payment_id"] == str(payment.pk)


def test_an_unreachable_provider_leaves_the_message_for_later(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = challenged(shop_sandbox)
    payment = make.payment_of(order)
    body = message(payment, payment.reference)
    post(client, body, signature(body))
    shop_sandbox.faults(error_percent=100)
    process_all()
    event = ProviderEvent.objects.get()
    assert event.processed_at is None
    assert event.last_error.startswith("Failed")
    shop_sandbox.faults()
    process_all()
    order.refresh_from_db()
    assert order.status == "payment_confirmed"


def _request(payment: Payment) -> object:
    from checkout.payments import collecting

    return collecting.request_for(selectors.payment(payment.pk))


def changed(body: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(body), **values}).encode()


@pytest.mark.parametrize("values", [{"livemode": True}, {"account": "acct_other"}])
def test_a_message_about_another_account_or_real_money_is_refused(
    client: Client, shop_sandbox: RunningSandbox, values: dict[str, object]
) -> None:
    payment = make.payment_of(make.placed())
    body = changed(message(payment, "pi_1"), **values)
    headers = {"stripe-signature": signature(body)}
    answer = client.post(URL, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "wrong_account")
    assert not ProviderEvent.objects.exists()


def test_a_message_of_ten_megabytes_is_refused_unread(client: Client, shop_sandbox: RunningSandbox) -> None:
    body = b"{" + b" " * 10_000_000
    answer = client.post(URL, body, content_type="application/json", headers={"stripe-signature": signature(body)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "body_too_large")
    assert not ProviderEvent.objects.exists()


def test_an_unknown_kind_of_message_is_kept_and_does_nothing(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    body = changed(message(make.payment_of(order), "pi_1"), type="radar.rule.changed", data={"object": {"id": "x"}})
    assert post(client, body, signature(body)) == 200
    process_all()
    [event] = ProviderEvent.objects.all()
    assert (event.event_type, event.processed_at is not None, event.last_error) == ("radar.rule.changed", True, "")
    assert Order.objects.get(pk=order.pk).version == order.version


def test_a_card_whose_holder_calls_the_money_back_is_a_dispute(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = make.placed(token="pm_card_createDispute")
    outbox.drain()
    [dispute] = shop_sandbox.state()["dispute"]
    thing = {key: dispute[key] for key in ("id", "object", "payment_intent", "status")}
    payment = make.payment_of(order)
    Payment.objects.filter(pk=payment.pk).update(updated_at=order.placed_at)
    body = changed(message(payment, "x", event_id="evt_d"), type="charge.dispute.created", data={"object": thing})
    assert post(client, body, signature(body)) == 200
    process_all()
    assert [(one.reference, one.status) for one in order.disputes.all()] == [(dispute["id"], "open")]
    assert violations() == []
