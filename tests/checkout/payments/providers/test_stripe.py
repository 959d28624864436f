"""The Stripe provider against the sandbox, over real HTTP."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from checkout.payments import providers
from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
from shop.core.money import Money
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED, POOR


def kinds(outcome):
    return [(fact.kind, fact.amount.minor) for fact in outcome.facts]


def names(outcome):
    return {(fact.kind, fact.reference, fact.amount) for fact in outcome.facts}


def in_(**ahead):
    return datetime.fromtimestamp(int(time.time()), UTC) + timedelta(**ahead)


def usd(minor):
    return Money(minor, "USD")


def test_a_good_card_is_charged_once_and_fetch_says_the_same(sandbox, provider, request_for):
    outcome = provider.charge(request_for(CARD))
    assert outcome.state == "succeeded"
    assert kinds(outcome) == [("authorised", 1999), ("captured", 1999)]
    assert provider.fetch(outcome.reference) == outcome
    intent = sandbox.state()["payment_intent"][0]
    assert intent["metadata"] == {"payment_id": "pay-1", "order_number": "ORD-2026000001"}
    assert (intent["amount_received"], intent["currency"], intent["payment_method_types"]) == (1999, "usd", ["card"])


@pytest.mark.parametrize(
    ("token", "code", "sentence"),
    [
        (
            DECLINED,
            "card_declined",
            "Your bank declined this card. Nothing was charged. Please use another card or ask your bank.",
        ),
        (POOR, "insufficient_funds", "There is not enough money on this card. Please use another card."),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "This card has expired. Please use another card."),
    ],
)
def test_a_decline_is_an_outcome_in_words(provider, request_for, token, code, sentence):
    outcome = provider.charge(request_for(token))
    assert (outcome.state, outcome.decline_code, outcome.message) == ("declined", code, sentence)
    assert outcome.retryable
    assert kinds(outcome) == [("failed", 1999)]
    assert names(provider.fetch(outcome.reference)) == names(outcome)


def test_another_card_after_a_decline_is_another_attempt(sandbox, provider, request_for):
    assert provider.charge(request_for(DECLINED)).state == "declined"
    assert provider.charge(request_for(CARD)).state == "succeeded"
    assert sum(intent["amount_received"] for intent in sandbox.state()["payment_intent"]) == 1999
    found = provider.find("pay-1")
    assert found is not None
    assert found.state == "succeeded"


def test_no_payment_method_is_refused_without_asking(sandbox, provider, request_for):
    with pytest.raises(base.ProviderRefused):
        provider.charge(request_for(None))
    assert sandbox.state()["counts"] == {}


def test_3ds_completed(sandbox, provider, request_for):
    outcome = provider.charge(request_for(CHALLENGED))
    assert outcome.state == "requires_action"
    assert outcome.action_url is not None
    assert outcome.action_url.startswith(f"{sandbox.url}/challenge/{outcome.reference}/")
    assert kinds(outcome) == [("action_required", 1999)]
    assert provider.fetch(outcome.reference) == outcome
    sandbox.challenge(outcome.reference)
    done = provider.fetch(outcome.reference)
    assert (done.state, done.action_url) == ("succeeded", None)
    assert kinds(done) == [("authorised", 1999), ("captured", 1999)]


def test_3ds_failed(sandbox, provider, request_for):
    outcome = provider.charge(request_for(CHALLENGED))
    sandbox.challenge(outcome.reference, "fail")
    failed = provider.fetch(outcome.reference)
    assert (failed.state, failed.decline_code) == ("declined", "payment_intent_authentication_failure")
    assert failed.message == "Your bank could not confirm that it was you. Please try again or use another card."
    assert kinds(failed) == [("failed", 1999)]


def test_3ds_completed_but_then_no_money(sandbox, provider, request_for):
    outcome = provider.charge(request_for("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"))
    sandbox.challenge(outcome.reference)
    assert provider.fetch(outcome.reference).decline_code == "insufficient_funds"


def test_processing_ends_later(sandbox, provider, request_for):
    sandbox.faults(processing=1)
    outcome = provider.charge(request_for(CARD))
    assert (outcome.state, kinds(outcome)) == ("processing", [("processing", 1999)])
    sandbox.settle(outcome.reference)
    assert provider.fetch(outcome.reference).state == "succeeded"


def test_a_hold_is_captured_in_part_and_the_rest_let_go(provider, request_for):
    held = provider.charge(request_for(CARD, capture=False))
    assert (held.state, kinds(held)) == ("authorised", [("authorised", 1999)])
    taken = provider.capture(held.reference, usd(1500), "capture-1")
    assert (taken.state, kinds(taken)) == ("succeeded", [("authorised", 1999), ("captured", 1500), ("voided", 499)])
    assert provider.fetch(held.reference) == taken
    assert provider.capture(held.reference, usd(1500), "capture-1") == taken
    with pytest.raises(base.ProviderRefused):
        provider.capture(held.reference, usd(400), "capture-2")


def test_more_than_the_hold_is_not_captured(provider, request_for):
    held = provider.charge(request_for(CARD, capture=False))
    with pytest.raises(base.ProviderRefused) as refused:
        provider.capture(held.reference, usd(2000), "capture-1")
    assert refused.value.code == "amount_too_large"
    assert provider.fetch(held.reference) == held


def test_refunds_in_parts_stop_at_what_was_captured(provider, request_for):
    paid = provider.charge(request_for(CARD))
    first = provider.refund(paid.reference, usd(700), "refund-1")
    second = provider.refund(paid.reference, usd(1000), "refund-2")
    assert (first.state, kinds(first), kinds(second)) == ("succeeded", [("refunded", 700)], [("refunded", 1000)])
    assert provider.refund(paid.reference, usd(700), "refund-1") == first
    with pytest.raises(base.ProviderRefused):
        provider.refund(paid.reference, usd(300), "refund-3")
    now = provider.fetch(paid.reference)
    assert names(now) == names(paid) | names(first) | names(second)
    assert kinds(provider.refund(paid.reference, usd(299), "refund-4")) == [("refunded", 299)]
    with pytest.raises(base.ProviderRefused) as refused:
        provider.refund(paid.reference, usd(1), "refund-5")
    assert refused.value.code == "charge_already_refunded"


def test_refunds_after_a_partial_capture_stop_at_what_was_captured(provider, request_for):
    held = provider.charge(request_for(CARD, capture=False))
    provider.capture(held.reference, usd(1000), "capture")
    with pytest.raises(base.ProviderRefused):
        provider.refund(held.reference, usd(1001), "refund-1")
    provider.refund(held.reference, usd(999), "refund-2")  # as much as was let go, and yet no release
    assert kinds(provider.fetch(held.reference)) == [
        ("authorised", 1999),
        ("captured", 1000),
        ("voided", 999),
        ("refunded", 999),
    ]


def test_void_lets_a_hold_go_and_may_be_repeated(provider, request_for):
    held = provider.charge(request_for(CARD, capture=False))
    gone = provider.void(held.reference, "void-1")
    assert (gone.state, kinds(gone)) == ("cancelled", [("authorised", 1999), ("voided", 1999)])
    assert provider.void(held.reference, "void-2") == gone


def test_void_of_an_open_challenge_cancels_it(provider, request_for):
    waiting = provider.charge(request_for(CHALLENGED))
    gone = provider.void(waiting.reference, "void-1")
    assert (gone.state, gone.facts, gone.action_url) == ("cancelled", (), None)


def test_void_too_late_says_what_is_true(provider, request_for):
    paid = provider.charge(request_for(CARD))
    assert provider.void(paid.reference, "void-1") == paid


def test_an_unknown_reference_is_refused(provider):
    for call in (provider.fetch, lambda reference: provider.void(reference, "k")):
        with pytest.raises(base.ProviderRefused) as refused:
            call("pi_nobody")
        assert refused.value.code == "resource_missing"
    assert provider.find("nobody") is None


def test_F19_lost_reply_then_the_same_key_is_one_charge(sandbox, provider, request_for):
    sandbox.faults(lost_replies=1)
    with pytest.raises(base.ProviderUnavailable):
        provider.charge(request_for(CARD))
    assert len(sandbox.state()["charge"]) == 1
    outcome = provider.charge(request_for(CARD))
    assert outcome.state == "succeeded"
    assert [charge["id"] for charge in sandbox.state()["charge"]] == [outcome.facts[1].reference]


def test_F19_negative_control_another_key_charges_twice(sandbox, provider, request_for):
    sandbox.faults(lost_replies=1)
    with pytest.raises(base.ProviderUnavailable):
        provider.charge(request_for(CARD))
    provider.charge(request_for(CARD, idempotency_key="a new one"))
    assert len(sandbox.state()["charge"]) == 2


def test_a_lost_reply_is_mended_by_the_clients_own_retry(sandbox, request_for):
    sandbox.faults(lost_replies=1)
    assert sandbox.provider(network_retries=1).charge(request_for(CARD)).state == "succeeded"
    assert len(sandbox.state()["charge"]) == 1


def test_a_lost_reply_of_a_payment_without_reference_is_found(sandbox, provider, request_for):
    sandbox.faults(lost_replies=1)
    with pytest.raises(base.ProviderUnavailable):
        provider.charge(request_for(CARD, payment_id="it's \\ odd"))
    found = provider.find("it's \\ odd")
    assert found is not None
    assert kinds(found) == [("authorised", 1999), ("captured", 1999)]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_broken_provider_is_unavailable_not_declined(sandbox, provider, request_for, status):
    sandbox.faults(errors=1, status=status)
    with pytest.raises(base.ProviderUnavailable):
        provider.charge(request_for(CARD))
    assert "charge" not in sandbox.state()["counts"]
    assert provider.charge(request_for(CARD)).state == "succeeded"


def test_a_500_is_replayed_for_its_key_as_stripe_does(sandbox, provider, request_for):
    sandbox.faults(stored_errors=1)
    for _ in range(2):
        with pytest.raises(base.ProviderUnavailable):
            provider.charge(request_for(CARD))
    assert provider.find("pay-1") is None


def test_a_slow_provider_is_unavailable(sandbox, request_for):
    sandbox.faults(delay=0.4)
    with pytest.raises(base.ProviderUnavailable):
        sandbox.provider(timeout=(1.0, 0.1)).charge(request_for(CARD))


def test_nobody_there_is_unavailable(request_for):
    nobody = Stripe(secret_key="sk", webhook_secret="wh", api_base="http://127.0.0.1:1", network_retries=0)
    with pytest.raises(base.ProviderUnavailable):
        nobody.charge(request_for(CARD))


def test_a_wrong_key_is_refused(sandbox, request_for):
    stranger = Stripe(secret_key="sk_test_other", webhook_secret="wh", api_base=sandbox.url, network_retries=0)
    with pytest.raises(base.ProviderRefused):
        stranger.charge(request_for(CARD))


def test_the_same_key_for_another_amount_is_refused(sandbox, provider, request_for):
    provider.charge(request_for(CARD))
    with pytest.raises(base.ProviderRefused):
        provider.charge(request_for(CARD, amount=usd(2000)))
    assert len(sandbox.state()["charge"]) == 1


def test_ten_at_once_with_one_key_are_one_charge(sandbox, provider, request_for):
    results: list[str] = []

    def pay() -> None:
        try:
            results.append(provider.charge(request_for(CARD)).reference)
        except base.ProviderUnavailable:
            results.append("busy")

    threads = [threading.Thread(target=pay) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sandbox.state()["charge"]) == 1
    assert len(results) == 10
    assert len(set(results) - {"busy"}) == 1


@pytest.mark.parametrize(("currency", "minor", "sent"), [("JPY", 500, 500), ("KWD", 1500, 1500), ("ISK", 700, 70000)])
def test_amounts_travel_in_stripes_units(sandbox, provider, request_for, currency, minor, sent):
    outcome = provider.charge(request_for(CARD, amount=Money(minor, currency)))
    assert sandbox.state()["payment_intent"][0]["amount"] == sent
    assert outcome.facts[1].amount == Money(minor, currency)


def test_hosted_session_waits_then_is_cancelled(provider, request_for):
    session = provider.hosted_session(
        request_for(None), success_url="https://shop.example/ok", cancel_url="https://shop.example/no"
    )
    waiting = provider.fetch(session.reference)
    assert (waiting.reference, waiting.state, waiting.action_url) == (session.reference, "requires_action", session.url)
    assert provider.void(session.reference, "void").state == "cancelled"
    assert provider.fetch(session.reference).state == "cancelled"


def test_hosted_session_has_the_end_it_was_given(provider, request_for):
    urls = {"success_url": "https://a/", "cancel_url": "https://b/"}
    end = in_(hours=1)
    session = provider.hosted_session(
        request_for(None), success_url="https://a/", cancel_url="https://b/", expires_at=end
    )
    assert session.expires_at == end
    too_soon = in_(minutes=5)
    with pytest.raises(base.ProviderRefused):
        provider.hosted_session(request_for(None, idempotency_key="k2"), **urls, expires_at=too_soon)


def test_the_table_makes_each_provider_once(settings):
    for code in providers.PROVIDERS:
        assert providers.provider(code).code == code
        assert providers.provider(code) is providers.provider(code)
    with pytest.raises(providers.UnknownProvider):
        providers.provider("barter")
