"""Stripe's objects read into facts, with shapes that the sandbox does not make."""

import pytest

from checkout.payments.providers import base
from checkout.payments.providers import stripe_answers as answers
from shop.core.money import Money


def refund(id="re_1", amount=300, status="succeeded", balance="txn_1", created=5):
    return {
        "id": id,
        "amount": amount,
        "currency": "usd",
        "status": status,
        "balance_transaction": balance,
        "created": created,
    }


def intent(*refunds, captured=1000, status="succeeded", capture_method="automatic", **charge):
    return {
        "id": "pi_1",
        "status": status,
        "amount": 1000,
        "currency": "usd",
        "capture_method": capture_method,
        "payment_method": "pm_1",
        "latest_charge": {
            "id": "ch_1",
            "status": "succeeded",
            "amount": 1000,
            "amount_captured": captured,
            "currency": "usd",
            "created": 1,
            "refunds": {"data": list(refunds)},
        }
        | charge,
    }


def facts(thing):
    return [(fact.kind, fact.reference, fact.amount.minor) for fact in answers.intent_outcome(thing).facts]


PAID = [("authorised", "ch_1", 1000), ("captured", "ch_1", 1000)]


@pytest.mark.parametrize(
    ("status", "kind", "state"),
    [
        ("succeeded", "refunded", "succeeded"),
        ("pending", "refund_pending", "processing"),
        ("requires_action", "refund_pending", "processing"),
        ("failed", "refund_failed", "declined"),
        ("canceled", "refund_failed", "declined"),
    ],
)
def test_a_refund_says_how_far_it_came(status, kind, state):
    assert facts(intent(refund(status=status))) == [*PAID, (kind, "re_1", 300)]
    outcome = answers.refund_outcome(refund(status=status), "pi_1")
    assert (outcome.reference, outcome.state, outcome.facts[0].kind) == ("pi_1", state, kind)


def test_only_the_oldest_refund_without_movement_is_the_released_rest():
    release = refund("re_1", 400, balance=None, created=2)
    pending = refund("re_2", 400, "pending", balance=None, created=3)
    assert facts(intent(pending, release, captured=600, capture_method="manual")) == [
        ("authorised", "ch_1", 1000),
        ("captured", "ch_1#sum=600", 600),
        ("voided", "ch_1", 400),
        ("refund_pending", "re_2", 400),
    ]


def test_a_pending_refund_of_a_full_capture_is_no_release():
    assert facts(intent(refund("re_1", 1000, "pending", balance=None))) == [*PAID, ("refund_pending", "re_1", 1000)]


def test_a_cancelled_hold_is_voided_not_refunded():
    release = refund("re_1", 1000, balance=None)
    assert facts(intent(release, captured=0, status="canceled", capture_method="manual")) == [
        ("authorised", "ch_1", 1000),
        ("voided", "ch_1", 1000),
    ]


def test_the_rest_of_a_hold_that_is_captured_in_parts_is_not_let_go_yet():
    assert facts(intent(captured=600, status="requires_capture", capture_method="manual")) == [
        ("authorised", "ch_1", 1000),
        ("captured", "ch_1#sum=600", 600),
    ]


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        ("needs_response", ["disputed"]),
        ("under_review", ["disputed"]),
        ("won", ["disputed", "dispute_won"]),
        ("lost", ["disputed", "dispute_lost"]),
        ("warning_needs_response", []),
        ("warning_closed", []),
    ],
)
def test_a_dispute_takes_money_until_it_is_won_and_an_inquiry_takes_none(status, kinds):
    dispute = {"id": "dp_1", "status": status, "amount": 400, "currency": "usd", "created": 7, "reason": "fraudulent"}
    dispute["evidence_details"] = {"due_by": 9}
    outcome = answers.intent_outcome(intent(disputed=True), disputes=[dispute])
    found = [fact for fact in outcome.facts if fact.reference == "dp_1"]
    assert [fact.kind for fact in found] == kinds
    assert [(fact.reason, fact.due_at) for fact in found[:1]] == [("fraudulent", answers.moment(9))][: len(kinds)]


def test_only_an_expanded_charge_tells_of_disputes():
    assert answers.is_disputed(intent(disputed=True))
    assert not answers.is_disputed(intent())
    assert not answers.is_disputed({"latest_charge": "ch_1"})
    assert not answers.is_disputed(None)


def test_when_a_manual_capture_happened_is_not_known():
    moments = {fact.kind: fact.occurred_at for fact in answers.intent_outcome(intent(capture_method="manual")).facts}
    assert moments["captured"] is None
    assert moments["authorised"] is not None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("requires_payment_method", "pending"),
        ("requires_confirmation", "pending"),
        ("requires_action", "requires_action"),
        ("processing", "processing"),
        ("canceled", "cancelled"),
    ],
)
def test_states_without_money(status, state):
    thing = {
        "id": "pi_1",
        "status": status,
        "amount": 5,
        "currency": "usd",
        "payment_method": None,
        "next_action": None,
    }
    outcome = answers.intent_outcome(thing)
    assert (outcome.state, outcome.action_url, outcome.message) == (state, None, None)


def test_a_card_of_no_use_is_not_to_be_tried_again():
    thing = {"id": "pi_1", "status": "requires_payment_method", "amount": 5, "currency": "usd"}
    error = {"code": "card_declined", "decline_code": "card_not_supported", "charge": "ch_1"}
    outcome = answers.intent_outcome(thing | {"last_payment_error": error})
    assert (outcome.state, outcome.retryable, outcome.facts[0].reference) == ("declined", False, "ch_1")


@pytest.mark.parametrize(
    ("amount", "sent"),
    [
        (Money(1999, "USD"), 1999),
        (Money(500, "JPY"), 500),
        (Money(1234, "KWD"), 1234),
        (Money(700, "ISK"), 70000),
        (Money(700, "RSD"), 70000),
    ],
)
def test_amounts_come_back_as_they_went(amount, sent):
    assert answers.stripe_amount(amount) == sent
    assert answers.money(sent, amount.currency.lower()) == amount


def test_an_amount_that_stripe_cannot_say_is_refused(monkeypatch):
    monkeypatch.setattr(answers, "exponent", lambda currency: 3)
    assert answers.stripe_amount(Money(1230, "USD")) == 123
    with pytest.raises(base.ProviderRefused):
        answers.stripe_amount(Money(1234, "USD"))
