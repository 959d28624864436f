"""Stripe's webhooks: signed, read, and led back to the payment."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
from checkout.payments.sandbox.webhooks import signature
from shop.core.money import Money
from tests.fakes.sandbox import CARD, DECLINED, receiver, running_sandbox


def test_webhooks_lead_to_the_payment(request_for):
    with receiver() as shop, running_sandbox(webhook_url=shop.url) as sandbox:
        sandbox.faults(webhooks={"hold": True})
        provider = sandbox.provider()
        outcome = provider.charge(request_for(CARD))
        provider.refund(outcome.reference, Money(100, "USD"), "refund")
        sandbox.deliver()
        events = [provider.parse_webhook(body, headers) for body, headers in shop.got]
    assert [event.type for event in events] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
        "refund.updated",
    ]
    assert {event.reference for event in events} == {outcome.reference}
    assert [event.payment_id for event in events] == ["pay-1", "pay-1", None, "pay-1", None]
    assert not any(event.livemode for event in events)
    assert all(
        abs(event.occurred_at - datetime.fromtimestamp(time.time(), UTC)) < timedelta(minutes=1) for event in events
    )


def test_duplicates_have_one_event_id(request_for):
    with receiver() as shop, running_sandbox(webhook_url=shop.url) as sandbox:
        sandbox.faults(webhooks={"hold": True})
        provider = sandbox.provider()
        provider.charge(request_for(DECLINED))
        sandbox.deliver(copies=3)
        events = [provider.parse_webhook(body, headers) for body, headers in shop.got]
    assert [event.type for event in events] == ["charge.failed"] * 3 + ["payment_intent.payment_failed"] * 3
    assert len({event.event_id for event in events}) == 2


THING = {"object": "payment_intent", "id": "pi_1"}
BODY = json.dumps(
    {"id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "livemode": True, "data": {"object": THING}}
).encode()


@pytest.fixture
def offline():
    return Stripe(secret_key="sk_live_1", webhook_secret="whsec_right")


def test_a_good_signature_is_read_in_any_letter_case(offline):
    header = signature(BODY, "whsec_right", int(time.time()))
    for name in ("Stripe-Signature", "stripe-signature"):
        event = offline.parse_webhook(BODY, {"Host": "x", name: header})
        assert (event.event_id, event.reference, event.payment_id, event.livemode) == ("evt_1", "pi_1", None, True)


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (BODY, None),
        (BODY, ""),
        (BODY, "nonsense"),
        (BODY, "t=1,v0=abc"),
        (BODY, signature(BODY, "whsec_wrong", int(time.time()))),
        (BODY + b" ", signature(BODY, "whsec_right", int(time.time()))),
        (BODY, signature(BODY, "whsec_right", int(time.time()) - 400)),
        (b"\xff\xfe", "t=1,v1=abc"),
    ],
    ids=[  # the signatures hold the time: they would be other names in every worker
        "none", "empty", "nonsense", "old scheme", "wrong secret", "other body", "too old", "no text",
    ],
)  # fmt: skip
def test_a_bad_signature_or_body_is_refused(offline, body, header):
    with pytest.raises(base.BadSignature):
        offline.parse_webhook(body, {} if header is None else {"Stripe-Signature": header})


def test_without_a_secret_nothing_is_believed():
    careless = Stripe(secret_key="sk", webhook_secret="")
    with pytest.raises(base.BadSignature):
        careless.parse_webhook(BODY, {"Stripe-Signature": signature(BODY, "", int(time.time()))})
