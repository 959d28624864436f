import time

import pytest

from checkout.payments.sandbox.webhooks import signature
from tests.fakes.sandbox import CARD, CHALLENGED, receiver, running_sandbox


@pytest.fixture
def shop():
    with receiver() as listening:
        yield listening


@pytest.fixture
def sandbox(shop):
    with running_sandbox(webhook_url=shop.url) as running:
        yield running


def wait_for(condition, seconds=3.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.01)


PAID = ["charge.succeeded", "payment_intent.succeeded"]


def test_the_signature_is_stripes():
    # printf '1.{}' | openssl dgst -sha256 -hmac whsec
    assert signature(b"{}", "whsec", 1) == "t=1,v1=6ab13b5991724d5a0c7f02d7989ba3425b580e39d5b9a0a6258a7f5d0419173a"


def test_events_are_sent_by_themselves(shop, sandbox, request_for):
    sandbox.provider().charge(request_for(CARD))
    wait_for(lambda: len(shop.got) == 2)
    assert shop.types() == PAID
    wait_for(lambda: sandbox.state()["waiting_webhooks"] == 0)


def test_what_the_shop_refuses_comes_again(shop, sandbox, request_for):
    shop.status = 500
    sandbox.provider().charge(request_for(CARD))
    wait_for(lambda: len(shop.got) == 2)
    assert sandbox.state()["waiting_webhooks"] == 2
    shop.status = 200
    wait_for(lambda: sandbox.state()["waiting_webhooks"] == 0)
    assert sorted(shop.types()) == sorted(PAID * 2)


def test_switched_off_nothing_is_ever_sent(shop, sandbox, request_for):
    sandbox.faults(webhooks={"off": True})
    sandbox.provider().charge(request_for(CARD))
    assert sandbox.deliver() == []
    assert shop.got == []
    assert sandbox.state()["counts"]["event"] == 2


def test_held_and_reversed_by_hand(shop, sandbox, request_for):
    sandbox.faults(webhooks={"hold": True})
    sandbox.provider().charge(request_for(CARD))
    assert [sent["status"] for sent in sandbox.deliver(order="reversed", copies=2)] == [200, 200]
    assert shop.types() == [PAID[1], PAID[1], PAID[0], PAID[0]]
    assert sandbox.deliver() == []


def test_reversed_by_themselves(shop, sandbox, request_for):
    sandbox.faults(webhooks={"reversed": True})
    sandbox.provider().charge(request_for(CARD))
    wait_for(lambda: len(shop.got) == 2)
    assert shop.types() == PAID[::-1]


def test_late_and_many(shop, sandbox, request_for):
    sandbox.faults(webhooks={"delay": 0.3, "copies": 3})
    began = time.monotonic()
    sandbox.provider().charge(request_for(CARD))
    wait_for(lambda: len(shop.got) == 6)
    assert time.monotonic() - began > 0.3


def test_the_life_of_a_payment_in_events(shop, sandbox, request_for):
    sandbox.faults(webhooks={"hold": True})
    provider = sandbox.provider()
    sandbox.challenge(provider.charge(request_for(CHALLENGED)).reference)
    held = provider.charge(request_for(CARD, capture=False))
    provider.void(held.reference, "v")
    session = provider.hosted_session(request_for(None), success_url="https://a/", cancel_url="https://b/")
    provider.void(session.reference, "s")
    sandbox.deliver()
    assert shop.types() == [
        "payment_intent.requires_action",
        *PAID,
        "payment_intent.amount_capturable_updated",
        "charge.refunded",
        "payment_intent.canceled",
        "checkout.session.expired",
    ]
