"""The hosted page and the challenge page, as a browser without JavaScript uses them."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.fakes.sandbox import CHALLENGED, receiver, running_sandbox

FORM = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "Jane Doe"}
SUCCESS, CANCEL = "https://shop.example/done?session={CHECKOUT_SESSION_ID}", "https://shop.example/checkout/payment/"


@pytest.fixture
def session(provider, request_for):
    return provider.hosted_session(request_for(None), success_url=SUCCESS, cancel_url=CANCEL)


def post(url, form):
    return requests.post(url, form, allow_redirects=False, timeout=5)


def get(url):
    return requests.get(url, allow_redirects=False, timeout=5)


def problem(page):
    return re.search(r'role="alert"[^>]*>([^<]*)<', page.text)[1]


def test_the_page_shows_what_is_paid_and_forbids_scripts(session):
    page = get(session.url)
    assert page.status_code == 200
    assert "<h1>Pay 19.99 USD</h1>" in page.text
    assert "ORD-2026000001" in page.text
    assert f'href="{CANCEL}"' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self' https://shop.example;"
    )
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_paying_leads_to_the_shop_and_only_once(sandbox, provider, session):
    done = SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.reference)
    for response in (post(session.url, FORM), post(session.url, FORM), get(session.url)):
        assert (response.status_code, response.headers["Location"]) == (303, done)
    assert sandbox.state()["counts"]["charge"] == 1
    outcome = provider.fetch(session.reference)
    assert outcome.state == "succeeded"
    assert provider.fetch(outcome.reference) == outcome == provider.find("pay-1")
    assert provider.void(session.reference, "v") == outcome


def test_a_decline_keeps_the_page_and_another_card_pays_the_same_intent(sandbox, provider, session):
    declined = post(session.url, FORM | {"number": "4000 0000 0000 0002"})
    assert (declined.status_code, problem(declined)) == (402, "Your card was declined.")
    assert 'value="Jane Doe"' in declined.text
    assert "4000" not in declined.text.partition("<details>")[0]
    assert provider.fetch(session.reference).state == "requires_action"
    assert post(session.url, FORM).status_code == 303
    assert sandbox.state()["counts"]["payment_intent"] == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": ""}, "Your card number is incorrect."),
        ({"number": "4242 4242 4242 4241"}, "Your card number is incorrect."),
        ({"expiry": "13 / 34"}, "Your card&#x27;s expiration month is invalid."),
        ({"expiry": "1234"}, "Your card&#x27;s expiration month is invalid."),
        ({"expiry": "12 /"}, "Your card&#x27;s expiration year is invalid."),
        ({"cvc": "12"}, "Your card&#x27;s security code is invalid."),
    ],
)
def test_wrong_fields_are_said_in_words(sandbox, session, change, sentence):
    page = post(session.url, FORM | change)
    assert (page.status_code, problem(page)) == (402, sentence)
    assert "charge" not in sandbox.state()["counts"]


def test_what_shoppers_type_is_escaped(session):
    page = post(session.url, FORM | {"number": "1", "name": '"><script>alert(1)</script>'})
    assert "<script" not in page.text


def test_a_challenge_on_the_hosted_page_failed_then_passed(provider, session):
    asked = post(session.url, FORM | {"number": "4000002500003155"})
    challenge = asked.headers["Location"]
    assert "https://shop.example" in get(challenge).headers["Content-Security-Policy"]
    back = get(post(challenge, {"result": "fail"}).headers["Location"])
    assert problem(back) == "The bank could not confirm that it was you. Please try again or use another card."
    challenge = post(session.url, FORM | {"number": "4000002500003155"}).headers["Location"]
    done = get(post(challenge, {"result": "complete"}).headers["Location"])
    assert done.headers["Location"] == SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.reference)
    assert provider.fetch(session.reference).state == "succeeded"


@pytest.mark.parametrize(("result", "status"), [("complete", "succeeded"), ("fail", "failed"), ("other", "failed")])
def test_a_challenge_returns_as_stripe_does(provider, request_for, result, status):
    outcome = provider.charge(request_for(CHALLENGED))
    back = urlsplit(post(outcome.action_url, {"result": result}).headers["Location"])
    query = parse_qs(back.query)
    assert (back.netloc, back.path) == ("shop.example", "/orders/ORD-2026000001/")
    assert (query["from"], query["payment_intent"], query["redirect_status"]) == (
        ["bank"],
        [outcome.reference],
        [status],
    )
    assert urlsplit(get(outcome.action_url).headers["Location"]) == back  # an old tab leads on, and decides nothing
    assert urlsplit(post(outcome.action_url, {"result": "complete"}).headers["Location"]) == back


def test_a_challenge_is_not_guessed(sandbox, provider, request_for):
    outcome = provider.charge(request_for(CHALLENGED))
    for url in (f"{sandbox.url}/challenge/{outcome.reference}/key_x", f"{sandbox.url}/challenge/{outcome.reference}"):
        assert post(url, {"result": "complete"}).status_code == 404
    assert provider.fetch(outcome.reference).state == "requires_action"


def test_a_cancelled_session_takes_no_card(provider, session):
    provider.void(session.reference, "v")
    assert (get(session.url).status_code, post(session.url, FORM).status_code) == (410, 410)
    assert provider.fetch(session.reference).state == "cancelled"


def test_a_session_expires_by_itself(provider, session, time_machine):
    time_machine.move_to(time.time() + 90_000)
    assert get(session.url).status_code == 410
    assert provider.fetch(session.reference).state == "cancelled"


def test_a_session_that_ends_during_a_challenge_cancels_it(provider, session):
    challenge = post(session.url, FORM | {"number": "4000002500003155"}).headers["Location"]
    provider.void(session.reference, "v")
    assert provider.fetch(session.reference).state == "cancelled"
    assert "redirect_status=failed" in post(challenge, {"result": "complete"}).headers["Location"]
    assert provider.fetch(session.reference).state == "cancelled"


def test_voiding_the_intent_of_an_open_page_closes_the_page(sandbox, provider, session):
    post(session.url, FORM | {"number": "4000 0000 0000 0002"})
    intent = sandbox.state()["payment_intent"][0]["id"]
    assert provider.void(intent, "v").state == "cancelled"
    assert post(session.url, FORM).status_code == 410
    assert provider.fetch(session.reference).state == "cancelled"


def test_while_a_hosted_challenge_is_open_the_page_is_what_counts(provider, session):
    post(session.url, FORM | {"number": "4000002500003155"})
    waiting = provider.fetch(session.reference)
    assert (waiting.reference, waiting.state, waiting.action_url) == (session.reference, "requires_action", session.url)


def test_the_shop_hears_of_it(request_for):
    with receiver() as shop, running_sandbox(webhook_url=shop.url) as sandbox:
        sandbox.faults(webhooks={"hold": True})
        provider = sandbox.provider()
        session = provider.hosted_session(request_for(None), success_url=SUCCESS, cancel_url=CANCEL)
        post(session.url, FORM)
        sandbox.deliver()
        events = [provider.parse_webhook(body, headers) for body, headers in shop.got]
    assert [event.type for event in events] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert {event.payment_id for event in events} == {"pay-1"}
    assert len({event.reference for event in events}) == 1


@pytest.mark.parametrize(
    "path", ["/", "/pay/cs_test_x", "/nothing", "/challenge/x", "/assets/page.html", "/assets/../app.py"]
)
def test_other_addresses_are_404(sandbox, path):
    assert get(sandbox.url + path).status_code == 404


def test_the_stylesheet_is_its_own(sandbox):
    sheet = get(f"{sandbox.url}/assets/sandbox.css")
    assert (sheet.status_code, sheet.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
