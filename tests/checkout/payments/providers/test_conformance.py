"""What every provider of `PROVIDERS` must do alike. `tests/fakes/outsides.py` says how each is set up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from checkout.payments import calls, providers, rules
from checkout.payments.providers import base
from shop.core import db
from shop.core.money import Money
from tests.fakes.outsides import OUTSIDES, Outside

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ALL = list(providers.PROVIDERS)


@pytest.fixture(params=ALL)
def outside(request: pytest.FixtureRequest) -> Iterator[Outside]:
    with OUTSIDES[request.param]() as made:
        yield made


@pytest.fixture
def provider(outside: Outside) -> base.Provider:
    return outside.provider


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def names(*outcomes: base.Outcome) -> set[tuple[str, str, Money]]:
    return {(fact.kind, fact.reference, fact.amount) for outcome in outcomes for fact in outcome.facts}


def sums(*outcomes: base.Outcome) -> dict[str, int]:
    """The amounts that the shop would make of the facts; only those that are not 0."""
    entries = [rules.Entry(kind, reference, amount.minor) for kind, reference, amount in names(*outcomes)]
    found = rules.sums(entries)
    every = ("captured", "voided", "refunded", "refund_pending")
    return {name: getattr(found, name) for name in every if getattr(found, name)}


def held(outcome: base.Outcome) -> int:
    return sum(fact.amount.minor for fact in outcome.facts if fact.kind == "authorised")


def refused(call: Callable[[], object], *codes: str) -> None:
    """The call is refused, with one of the codes where some are named."""
    with pytest.raises(base.ProviderRefused) as said:
        call()
    assert not codes or said.value.code in codes


def test_every_provider_of_the_table_is_set_up() -> None:
    assert set(OUTSIDES) == set(providers.PROVIDERS)


@pytest.mark.parametrize("code", ALL)
def test_the_table_and_the_provider_agree(code: str) -> None:
    provider = providers.provider(code)
    assert provider.code == code
    assert str(provider.label)
    assert provider.reservation_ttl >= timedelta(minutes=10)
    for name in ("can_authorise", "can_save", "has_hosted_page"):
        assert isinstance(getattr(provider, name), bool), name


# --- charges


def test_a_charge_takes_the_money_or_says_how_to_send_it(outside: Outside) -> None:
    outcome = outside.pay(outside.request())
    if outside.is_by_hand:
        assert outcome.state in ("pending", "authorised")
        asked = set() if outside.provider.code == "cash" else {"iban", "reference"}  # it is in somebody's hand already
        assert asked <= set(outcome.instructions)
        assert sums(outcome) == {}
    else:
        assert (outcome.state, sums(outcome)) == ("succeeded", {"captured": 1999})
        assert outside.taken() == [(1999, "USD")]
        assert outcome.instructions == {}
    assert outcome.reference


def test_the_same_key_is_one_effect(outside: Outside) -> None:
    request = outside.request()
    first, second = outside.pay(request), outside.pay(request)
    assert first.reference == second.reference
    assert names(first) == names(second)
    assert outside.taken() == ([] if outside.is_by_hand else [(1999, "USD")])


def test_another_payment_is_another_effect(outside: Outside) -> None:
    first, second = outside.pay(outside.request()), outside.pay(outside.request())
    assert first.reference != second.reference
    assert outside.taken() == ([] if outside.is_by_hand else [(1999, "USD")] * 2)


def test_the_same_key_for_another_amount_is_refused(outside: Outside, provider: base.Provider) -> None:
    request = outside.request()
    provider.charge(request)
    if provider.code in ("bank_transfer", "cash"):  # nothing is kept: each answer says what to send
        return
    other = outside.request(payment_id=request.payment_id, amount=usd(2000), metadata=request.metadata)
    refused(lambda: provider.charge(other))


def test_a_decline_is_an_outcome_in_words(outside: Outside) -> None:
    if outside.is_by_hand:
        with pytest.raises(NotImplementedError):
            outside.declined()
        return
    outcome = outside.declined()
    assert (outcome.state, outcome.retryable) == ("declined", True)
    assert outcome.message
    assert outcome.decline_code
    assert (sums(outcome), held(outcome), outside.taken()) == ({}, 0, [])


def test_a_declined_payment_stays_declined(outside: Outside, provider: base.Provider) -> None:
    if not outside.talks:
        return
    outcome = outside.declined()
    again = provider.fetch(outcome.reference)
    assert (again.state, names(again), again.message) == ("declined", names(outcome), outcome.message)
    assert outside.taken() == []


@pytest.mark.parametrize("position", range(3))
def test_amounts_keep_their_currencys_digits(outside: Outside, position: int) -> None:
    amount = outside.currencies[position]
    outcome = outside.pay(outside.request(amount=amount))
    assert {fact.amount.currency for fact in outcome.facts} <= {amount.currency}
    if not outside.is_by_hand:
        assert sums(outcome) == {"captured": amount.minor}


def test_a_currency_that_it_does_not_take_is_refused_before_anybody_is_asked(outside: Outside) -> None:
    if outside.foreign is None:
        return
    amount = outside.foreign
    refused(lambda: outside.provider.charge(outside.request(amount=amount)), "currency_not_supported")
    refused(lambda: outside.provider.refund("any", amount, "key"), "currency_not_supported")
    assert outside.calls() == 0


# --- holds


def test_a_hold_takes_nothing_yet(outside: Outside, provider: base.Provider) -> None:
    request = outside.request(capture=False)
    if not provider.can_authorise:
        assert held(provider.charge(request)) == 0
        return
    outcome = outside.pay(request)
    assert (outcome.state, held(outcome), sums(outcome)) == ("authorised", 1999, {})
    assert outside.taken() == []


def test_a_hold_is_captured_in_parts_and_its_rest_let_go(outside: Outside, provider: base.Provider) -> None:
    hold = outside.pay(outside.request(capture=False))
    if outside.is_by_hand:
        refused(lambda: provider.capture(hold.reference, usd(500), "part"), "not_supported")
        return
    part = provider.capture(hold.reference, usd(500), "part", is_final=False)
    assert sums(hold, part) == {"captured": 500}
    last = provider.capture(hold.reference, usd(700), "last")
    assert (last.state, sums(hold, part, last)) == ("succeeded", {"captured": 1200, "voided": 799})
    now = provider.fetch(hold.reference)
    assert (sums(now), sums(now, hold, part, last)) == (sums(now, last), sums(hold, part, last))
    assert sum(minor for minor, _ in outside.taken()) == 1200


def test_a_captures_key_is_one_effect(outside: Outside, provider: base.Provider) -> None:
    if outside.is_by_hand:
        return
    hold = outside.pay(outside.request(capture=False))
    first = provider.capture(hold.reference, usd(500), "part", is_final=False)
    again = provider.capture(hold.reference, usd(500), "part", is_final=False)
    assert sums(first) == sums(again) == {"captured": 500}
    whole = provider.capture(hold.reference, usd(1499), "last")
    assert sums(whole, provider.capture(hold.reference, usd(1499), "last")) == {"captured": 1999}


@pytest.mark.parametrize("before", [0, 1500])
def test_more_than_what_is_held_is_not_captured(outside: Outside, provider: base.Provider, before: int) -> None:
    hold = outside.pay(outside.request(capture=False))
    if before and not outside.is_by_hand:
        hold = provider.capture(hold.reference, usd(before), "part", is_final=False)
    refused(lambda: provider.capture(hold.reference, usd(2000 - before), "too much"))
    assert sums(provider.fetch(hold.reference)) == ({"captured": before} if before and not outside.is_by_hand else {})


def test_what_is_taken_already_is_not_captured(outside: Outside, provider: base.Provider) -> None:
    paid = outside.pay(outside.request())
    refused(lambda: provider.capture(paid.reference, usd(100), "again"))
    assert names(provider.fetch(paid.reference)) == names(paid)


def test_void_lets_a_hold_go_and_may_be_repeated(outside: Outside, provider: base.Provider) -> None:
    hold = outside.pay(outside.request(capture=False))
    gone = provider.void(hold.reference, "void-1")
    assert (gone.state, sums(gone).get("captured")) == ("cancelled", None)
    assert held(gone) == sums(gone).get("voided", 0) == (1999 if provider.can_authorise else 0)
    again = provider.void(hold.reference, "void-2")
    assert (again.state, names(again)) == ("cancelled", names(gone))
    assert outside.taken() == []


def test_void_too_late_says_what_is_true(outside: Outside, provider: base.Provider) -> None:
    if outside.is_by_hand:
        return
    paid = outside.pay(outside.request())
    late = provider.void(paid.reference, "void")
    assert (late.state, names(late)) == ("succeeded", names(paid))


def test_void_of_a_hold_captured_in_part_lets_the_rest_go(outside: Outside, provider: base.Provider) -> None:
    if outside.is_by_hand:
        return
    hold = outside.pay(outside.request(capture=False))
    part = provider.capture(hold.reference, usd(500), "part", is_final=False)
    gone = provider.void(hold.reference, "void")
    assert sums(hold, part, gone) == {"captured": 500, "voided": 1499}
    assert sum(minor for minor, _ in outside.taken()) == 500


# --- refunds


def test_refunds_stop_at_what_was_captured(outside: Outside, provider: base.Provider) -> None:
    paid = outside.pay(outside.request())
    if outside.is_by_hand:
        return
    first = provider.refund(paid.reference, usd(700), "refund-1")
    second = provider.refund(paid.reference, usd(1000), "refund-2")
    assert (sums(first), sums(second)) == ({"refunded": 700}, {"refunded": 1000})
    assert names(provider.refund(paid.reference, usd(700), "refund-1")) == names(first)
    refused(lambda: provider.refund(paid.reference, usd(300), "refund-3"))
    assert sums(paid, first, second, provider.fetch(paid.reference)) == {"captured": 1999, "refunded": 1700}
    last = provider.refund(paid.reference, usd(299), "refund-5")
    assert sums(last) == {"refunded": 299}
    refused(lambda: provider.refund(paid.reference, usd(1), "refund-6"))


def test_a_refund_of_several_captures(outside: Outside, provider: base.Provider) -> None:
    if outside.is_by_hand:
        return
    hold = outside.pay(outside.request(capture=False))
    provider.capture(hold.reference, usd(900), "part", is_final=False)
    provider.capture(hold.reference, usd(600), "last")
    refused(lambda: provider.refund(hold.reference, usd(1501), "too much"))
    back = provider.refund(hold.reference, usd(1400), "back")
    assert (sums(back), len(back.facts)) == ({"refunded": 1400}, 1)  # one refund: more would be gifts of the merchant's
    assert names(provider.refund(hold.reference, usd(1400), "back")) == names(back)
    assert sums(provider.fetch(hold.reference))["refunded"] == 1400


def test_a_refund_that_a_merchant_sends_waits_for_him(outside: Outside, provider: base.Provider) -> None:
    if not outside.is_by_hand or provider.code == "invoice":  # an invoice gives back only what came: its own tests
        return
    paid = outside.pay(outside.request())
    back = provider.refund(paid.reference, usd(500), "refund-1")
    assert (back.state, sums(back)) == ("processing", {"refund_pending": 500})


# --- what is true


def test_fetch_tells_the_same_facts_as_the_calls(outside: Outside, provider: base.Provider) -> None:
    paid = outside.pay(outside.request())
    if outside.is_by_hand:
        assert names(provider.fetch(paid.reference)) == names(paid)
        return
    back = provider.refund(paid.reference, usd(500), "refund")
    now = provider.fetch(paid.reference)
    assert (now.reference, names(now)) == (paid.reference, names(paid, back))
    assert names(provider.fetch(paid.reference)) == names(now)


def test_a_payment_is_found_by_our_name_for_it(outside: Outside, provider: base.Provider) -> None:
    request = outside.request()
    paid = outside.pay(request)
    found = provider.find(request.payment_id)
    assert found is not None
    assert (found.reference, names(found)) == (paid.reference, names(paid))
    nobody = provider.find(str(db.uuid7()))
    assert nobody is None or not nobody.facts


def test_the_list_has_each_payment_once_within_its_time(outside: Outside, provider: base.Provider) -> None:
    request = outside.request()
    paid = outside.pay(request)
    now = db.clock()
    found = [one for one in provider.list(now - MINUTE, now + MINUTE) if one.payment_id == request.payment_id]
    if provider.code in ("bank_transfer", "cash"):  # the bank's statement is read by people
        assert found == []
        return
    assert [one.outcome.reference for one in found] == [paid.reference]
    assert names(found[0].outcome) == names(paid)
    assert now - MINUTE <= found[0].created_at < now + MINUTE
    assert list(provider.list(now - 3 * MINUTE, now - 2 * MINUTE)) == []


def test_an_unknown_payment_is_refused(provider: base.Provider) -> None:
    refused(lambda: provider.fetch("nobody"), "resource_missing")


# --- pages, kept methods


def test_a_hosted_page_waits_and_is_cancelled_or_refused(outside: Outside, provider: base.Provider) -> None:
    request = outside.request(token=None)
    urls = {"success_url": "https://shop.example/ok", "cancel_url": "https://shop.example/no"}
    if not provider.has_hosted_page:
        refused(lambda: provider.hosted_session(request, **urls), "not_supported")
        return
    session = provider.hosted_session(request, **urls)
    assert provider.hosted_session(request, **urls).reference == session.reference
    waiting = provider.fetch(session.reference)
    assert (waiting.state, waiting.action_url, sums(waiting)) == ("requires_action", session.url, {})
    assert provider.void(session.reference, "void").state == "cancelled"
    assert provider.fetch(session.reference).state == "cancelled"


def test_a_method_is_kept_and_forgotten_or_not_kept_at_all(outside: Outside, provider: base.Provider) -> None:
    provider.forget("unknown")
    provider.forget("unknown")
    if not provider.can_save:
        if outside.talks:
            refused(lambda: provider.charge(outside.request(save=True)), "not_supported")
        else:
            assert provider.charge(outside.request(save=True)).saved is None
        return
    saved = provider.charge(outside.request(save=True, customer_reference=str(db.uuid7()))).saved
    assert saved is not None
    again = outside.request(token=saved.token, customer=saved.customer)
    assert provider.charge(again).state == "succeeded"
    provider.forget(saved.token)
    provider.forget(saved.token)
    gone = outside.request(token=saved.token, customer=saved.customer)
    refused(lambda: provider.charge(gone))


# --- webhooks


def test_webhooks_lead_to_the_payment(outside: Outside, provider: base.Provider) -> None:
    request = outside.request()
    paid = outside.pay(request)
    if not outside.messages():
        assert not outside.talks
        return
    provider.refund(paid.reference, usd(500), "refund")
    events = [provider.parse_webhook(*message) for message in outside.messages()]
    assert {event.reference for event in events} == {paid.reference}
    assert {event.payment_id for event in events} == {request.payment_id, None}
    assert len({event.event_id for event in events}) == len(events)
    again = provider.parse_webhook(*outside.messages()[0])
    assert again.event_id == events[0].event_id


def _bad(outside: Outside) -> dict[str, tuple[bytes, dict[str, str]]]:
    body, headers = outside.messages()[0]
    forged = {name: f"{value[:-6]}AAAA{value[-2:]}" if "ign" in name.lower() or "sig" in name.lower() else value
              for name, value in headers.items()}  # fmt: skip
    return {
        "nothing": (b"", {}),
        "no signature": (body, {}),
        "another signature": (body, forged),
        "another body": (body.replace(b"1", b"2", 1), headers),
        "a space more": (body + b" ", headers) if outside.provider.code == "stripe" else (b" {}", headers),
        "no json": (b"no json", headers),
        "a list": (b"[1]", headers),
        "too old": outside.signed("any", {"id": "x"}, age=timedelta(days=5)),
    }


def test_what_the_provider_did_not_sign_is_refused(outside: Outside, provider: base.Provider) -> None:
    outside.pay(outside.request())
    cases = _bad(outside) if outside.talks else {"any": (b"{}", {})}
    for case, (body, headers) in cases.items():
        with pytest.raises((base.BadSignature, base.BadMessage)):
            pytest.fail(f"{case}: {provider.parse_webhook(body, headers)}")


def test_a_message_of_an_unknown_type_concerns_no_payment(outside: Outside, provider: base.Provider) -> None:
    if not outside.talks:
        return
    event = provider.parse_webhook(*outside.signed("SOMETHING.ELSE", {"id": "x", "object": "novelty"}))
    assert (event.reference, event.payment_id, event.type) == (None, None, "SOMETHING.ELSE")


# --- no answers


def test_F19_a_lost_reply_to_a_charge_is_one_charge(outside: Outside) -> None:
    if not outside.talks:
        return
    request = outside.request()
    outside.lose_reply("charge")
    with pytest.raises(base.ProviderUnavailable):
        outside.pay(request)
    assert outside.taken() == [(1999, "USD")]
    assert sums(outside.pay(request)) == {"captured": 1999}
    assert outside.taken() == [(1999, "USD")]


@pytest.mark.parametrize("of", ["capture", "refund"])
def test_F19_a_lost_reply_is_one_effect(outside: Outside, provider: base.Provider, of: str) -> None:
    if not outside.talks:
        return
    paid = outside.pay(outside.request(capture=of != "capture"))
    ask = provider.capture if of == "capture" else provider.refund
    outside.lose_reply(of)
    with pytest.raises(base.ProviderUnavailable):
        ask(paid.reference, usd(500), "key")
    again = ask(paid.reference, usd(500), "key")
    now = provider.fetch(paid.reference)
    wanted = {"captured": 500, "voided": 1499} if of == "capture" else {"captured": 1999, "refunded": 500}
    assert sums(paid, again, now) == sums(now) == wanted


def test_a_silent_provider_is_unavailable_not_declined(outside: Outside) -> None:
    if not outside.talks:
        return
    outside.go_silent()
    with pytest.raises(base.ProviderUnavailable):
        outside.provider.charge(outside.request())
    with pytest.raises(base.ProviderUnavailable):
        outside.provider.fetch("any")


def test_ten_at_once_with_one_key_are_one_charge(outside: Outside) -> None:
    if not outside.talks:
        return
    request, said = outside.request(), list[Any]()

    def pay() -> None:
        try:
            said.append(outside.pay(request).reference)
        except base.ProviderUnavailable:
            said.append("busy")

    threads = [threading.Thread(target=pay) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 10
    assert outside.pay(request).state == "succeeded"
    assert outside.taken() == [(1999, "USD")]


@pytest.mark.parametrize("code", ALL)
def test_nobody_is_asked_inside_a_transaction(code: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(using=db.DEFAULT):
        calls.ask(code, lambda provider: pytest.fail(f"{provider.code} was asked"))
    with pytest.raises(RuntimeError), transaction.atomic(using=db.DEFAULT):
        calls.heard(code, b"{}", {})
