"""The API as a stranger sees it, over HTTP: keys, CORS, idempotency, parameters, errors."""

import threading

import pytest
import requests

from tests.fakes.sandbox import running_sandbox

CARD = {
    "type": "card",
    "card[number]": "4242 4242 4242 4242",
    "card[exp_month]": "12",
    "card[exp_year]": "34",
    "card[cvc]": "123",
}
INTENT = {"amount": "1000", "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}


@pytest.fixture
def api(sandbox):
    with requests.Session() as session:

        def call(method, path, data=None, *, key="sk_test_sandbox", **headers):
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            return session.request(
                method,
                f"{sandbox.url}/v1/{path}",
                data=data,
                headers={"Authorization": f"Bearer {key}", **headers},
                timeout=10,
            )

        yield call


def error(response):
    return response.status_code, response.json()["error"].get("code"), response.json()["error"]["type"]


def test_browsers_make_payment_methods_with_the_publishable_key(api):
    made = api("POST", "payment_methods", CARD, key="pk_test_sandbox", Origin="http://shop.example")
    assert made.status_code == 200
    assert made.json()["card"]["last4"] == "4242"
    assert made.headers["Access-Control-Allow-Origin"] == "http://shop.example"
    assert "4242424242424242" not in made.text
    assert not any(name.startswith("_") for name in made.json())


def test_only_the_shops_origin_may_call_where_one_is_named():
    with running_sandbox(shop_origins=("http://shop.example",)) as sandbox:
        url = f"{sandbox.url}/v1/payment_methods"
        allowed = requests.options(url, headers={"Origin": "http://shop.example"}, timeout=5)
        other = requests.options(url, headers={"Origin": "http://evil.example"}, timeout=5)
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (204, "http://shop.example")
    assert "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize(("key", "status"), [("pk_test_sandbox", 403), ("sk_test_wrong", 401), ("", 401)])
def test_other_keys_may_not_charge(api, sandbox, key, status):
    assert api("POST", "payment_intents", INTENT, key=key).status_code == status
    assert sandbox.state()["counts"] == {}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.5"}, "amount"),
        ({"amount": "100000000"}, "amount"),
        ({"amount": "49"}, "amount"),
        ({"currency": "dollars"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"capture_method": "sometimes"}, "capture_method"),
        ({"colour": "red"}, "colour"),
        ({"metadata": "text"}, "metadata"),
        ({"expand[]": "nothing"}, "expand"),
    ],
)
def test_bad_parameters_do_nothing(api, sandbox, change, param):
    response = api("POST", "payment_intents", INTENT | change)
    assert (response.status_code, response.json()["error"]["param"]) == (400, param)
    assert sandbox.state()["counts"] == {}


def test_unknown_things_and_addresses_are_404(api):
    assert error(api("GET", "payment_intents/pi_x"))[:2] == (404, "resource_missing")
    assert error(api("POST", "payment_intents", INTENT | {"payment_method": "pm_x"}))[:2] == (404, "resource_missing")
    assert api("GET", "nowhere").status_code == 404
    assert api("DELETE", "payment_intents").status_code == 404


def test_a_body_over_the_limit_is_refused(api):
    assert api("POST", "payment_intents", "a" * 1_000_001).status_code == 413


def test_the_first_answer_is_the_answer(api, sandbox):
    first = api("POST", "payment_intents", INTENT, Idempotency_Key="k")
    again = api("POST", "payment_intents", INTENT, Idempotency_Key="k")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert sandbox.state()["counts"]["charge"] == 1


def test_a_decline_is_replayed_too(api, sandbox):
    declined = INTENT | {"payment_method": "pm_card_chargeDeclined"}
    first, again = (api("POST", "payment_intents", declined, Idempotency_Key="k") for _ in range(2))
    assert error(first) == (402, "card_declined", "card_error")
    assert again.content == first.content
    assert sandbox.state()["counts"]["charge"] == 1


def test_a_key_for_another_request_is_refused(api):
    api("POST", "payment_intents", INTENT, Idempotency_Key="k")
    assert error(api("POST", "payment_intents", INTENT | {"amount": "2000"}, Idempotency_Key="k")) == (
        400,
        None,
        "idempotency_error",
    )


def test_a_failed_validation_leaves_the_key_free(api):
    assert api("POST", "payment_intents", INTENT | {"amount": "x"}, Idempotency_Key="k").status_code == 400
    assert api("POST", "payment_intents", INTENT, Idempotency_Key="k").status_code == 200


def test_a_stored_500_is_replayed_and_a_plain_one_is_not(api, sandbox):
    sandbox.faults(stored_errors=1)
    assert [api("POST", "payment_intents", INTENT, Idempotency_Key="a").status_code for _ in range(2)] == [500, 500]
    sandbox.faults(errors=1)
    assert [api("POST", "payment_intents", INTENT, Idempotency_Key="b").status_code for _ in range(2)] == [500, 200]


def test_a_twin_of_a_running_request_is_told_so(api, sandbox):
    sandbox.faults(delay=0.3)
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.append(api("POST", "payment_intents", INTENT, Idempotency_Key="k").status_code)
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    assert sandbox.state()["counts"]["charge"] == 1


@pytest.mark.parametrize("length", [0, 256])
def test_keys_have_a_length(api, length):
    assert api("POST", "payment_intents", INTENT, Idempotency_Key="k" * length).status_code == 400


def test_a_declined_intent_takes_another_card(api, sandbox):
    declined = api("POST", "payment_intents", INTENT | {"payment_method": "pm_card_chargeDeclined"}).json()["error"]
    intent = declined["payment_intent"]
    assert (intent["status"], intent["last_payment_error"]["charge"]) == ("requires_payment_method", declined["charge"])
    paid = api(
        "POST",
        f"payment_intents/{intent['id']}/confirm",
        {"payment_method": "pm_card_visa", "expand[]": "latest_charge"},
    )
    assert (paid.json()["status"], paid.json()["latest_charge"]["paid"]) == ("succeeded", True)
    assert error(api("POST", f"payment_intents/{intent['id']}/confirm"))[:2] == (400, "payment_intent_unexpected_state")


def test_an_intent_waits_for_confirmation(api):
    intent = api("POST", "payment_intents", {"amount": "500", "currency": "EUR"}).json()
    assert (intent["status"], intent["currency"], intent["latest_charge"]) == ("requires_payment_method", "eur", None)
    assert error(api("POST", f"payment_intents/{intent['id']}/confirm"))[:2] == (400, "parameter_missing")
    assert (
        api("POST", f"payment_intents/{intent['id']}/confirm", {"payment_method": "pm_card_visa"}).json()["status"]
        == "succeeded"
    )
    assert api("GET", "payment_intents?limit=1").json()["data"][0]["id"] == intent["id"]


def test_lists_go_on_behind_an_id(api):
    ids = [api("POST", "payment_intents", INTENT).json()["id"] for _ in range(3)]
    first = api("GET", "payment_intents?limit=2").json()
    assert ([one["id"] for one in first["data"]], first["has_more"]) == (ids[:0:-1], True)
    rest = api("GET", f"payment_intents?limit=2&starting_after={ids[1]}").json()
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == (ids[:1], False)


def test_customers_and_events(api):
    customer = api("POST", "customers", {"email": "a@example.com"}).json()
    assert api("GET", f"customers/{customer['id']}").json() == customer
    assert api("POST", "payment_intents", INTENT | {"customer": customer["id"]}).json()["customer"] == customer["id"]
    assert error(api("POST", "payment_intents", INTENT | {"customer": "cus_x"}))[0] == 404
    assert [event["type"] for event in api("GET", "events").json()["data"]] == [
        "payment_intent.succeeded",
        "charge.succeeded",
    ]


def test_nothing_uncaptured_is_refunded(api):
    held = api("POST", "payment_intents", INTENT | {"capture_method": "manual"}).json()
    assert error(api("POST", "refunds", {"payment_intent": held["id"]}))[:2] == (400, "charge_not_captured")
    assert api("POST", f"payment_intents/{held['id']}/cancel").json()["status"] == "canceled"
    assert api("GET", f"charges/{held['latest_charge']}").json()["refunded"] is True
    assert error(api("POST", f"payment_intents/{held['id']}/capture"))[:2] == (400, "payment_intent_unexpected_state")


@pytest.mark.parametrize("amount", ["0", "-1", "1001", "x"])
def test_impossible_refunds(api, amount):
    paid = api("POST", "payment_intents", INTENT).json()
    assert api("POST", "refunds", {"payment_intent": paid["id"], "amount": amount}).status_code == 400
    assert api("GET", f"refunds?payment_intent={paid['id']}").json()["data"] == []


def test_the_switches_need_the_secret_key_and_right_names(sandbox):
    url = f"{sandbox.url}/_sandbox/faults"
    assert requests.post(url, json={"errors": 1}, timeout=5).status_code == 401
    auth = {"Authorization": "Bearer sk_test_sandbox"}
    for body in ({"errors": -1}, {"errors": "1"}, {"_lock": 1}, {"what": 1}, {"webhooks": 1}, {"path": "("}, [1]):
        assert requests.post(url, json=body, headers=auth, timeout=5).status_code == 400
    assert requests.post(url, data=b"{", headers=auth, timeout=5).status_code == 400
    assert sandbox.state()["faults"]["errors"] == 0


def test_a_path_limits_faults(api, sandbox):
    sandbox.faults(errors=1, path="refunds")
    assert api("POST", "payment_intents", INTENT).status_code == 200
    assert api("POST", "refunds", {}).status_code == 500


def test_reset_forgets_everything(api, sandbox):
    api("POST", "payment_intents", INTENT, Idempotency_Key="k")
    sandbox.reset()
    assert sandbox.state()["counts"] == {}
    assert "Idempotent-Replayed" not in api("POST", "payment_intents", INTENT, Idempotency_Key="k").headers
