import time

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client, override_settings

from shop.accounts.models import User
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, give_second_factor

pytestmark = pytest.mark.django_db
TOKEN, REFRESH = "/api/auth/token", "/api/auth/refresh"


def ask(email: str, password: str = PASSWORD, **more: str):
    return Client().post(TOKEN, {"email": email, "password": password, **more}, content_type="application/json")


def whoami(token: str) -> tuple[int, dict]:
    """What a staff call says to the token: 400 (let in, bad input), 403 (known, not staff) or 401."""
    answer = Client().post(
        "/api/products/", {}, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    return answer.status_code, answer.headers


def is_known(token: str) -> bool:
    status, headers = whoami(token)
    if status == 401:
        assert headers["WWW-Authenticate"] == "Bearer"
    return status != 401


def test_a_token_for_address_and_password() -> None:
    UserFactory(email="ada@example.com")
    answer = ask("Ada@example.com")
    assert answer.status_code == 200
    assert sorted(answer.json()) == ["accessToken", "refreshToken"]
    assert answer.cookies == {}
    assert is_known(answer.json()["accessToken"])


@pytest.mark.parametrize(("email", "password"), [("ada@example.com", "wrong"), ("nobody@example.com", PASSWORD)])
def test_A19_wrong_password_and_unknown_address_get_the_same_answer(email: str, password: str) -> None:
    UserFactory(email="ada@example.com")
    answer = ask(email, password)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_credentials"


@pytest.mark.parametrize("body", [{}, {"email": "x"}, {"email": ["a"], "password": {}}, [], "text"])
def test_senseless_input_is_refused(body: object) -> None:
    answer = Client().post(TOKEN, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"validation_error", "invalid_json"}


def test_A18_guessing_is_throttled() -> None:
    UserFactory(email="ada@example.com")
    assert [ask("ada@example.com", "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    refused = ask("ada@example.com")
    assert (refused.json()["error"]["code"], refused["Retry-After"]) == ("rate_limited", "600")


def test_no_token_before_the_address_is_proven_or_for_a_closed_account() -> None:
    UserFactory(email="new@example.com", proven=False)
    assert (ask("new@example.com").status_code, ask("new@example.com").json()["error"]["code"]) == (
        403,
        "email_not_verified",
    )
    UserFactory(email="closed@example.com", is_active=False)
    assert ask("closed@example.com").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e" * 5000])
def test_an_invalid_token_is_401(token: str) -> None:
    assert not is_known(token)


def test_a_changed_token_is_401() -> None:
    UserFactory(email="ada@example.com")
    head, body, signature = ask("ada@example.com").json()["accessToken"].split(".")
    assert not is_known(f"{head}.{body}.{signature[::-1]}")
    assert not is_known(f"{head}.{body}.")


def test_an_expired_token_is_401() -> None:
    UserFactory(email="ada@example.com")
    now = int(time.time())  # the token's times are whole seconds
    with time_machine.travel(now, tick=False):
        token = ask("ada@example.com").json()["accessToken"]
    with time_machine.travel(now + 3599, tick=False):
        assert is_known(token)
    with time_machine.travel(now + 3601, tick=False):
        assert not is_known(token)


def test_a_refresh_token_is_not_an_access_token_and_works_once() -> None:
    UserFactory(email="ada@example.com")
    refresh = ask("ada@example.com").json()["refreshToken"]
    assert not is_known(refresh)
    answer = Client().post(REFRESH, {"refreshToken": refresh}, content_type="application/json")
    assert is_known(answer.json()["accessToken"])
    again = Client().post(REFRESH, {"refreshToken": refresh}, content_type="application/json")
    assert (again.status_code, again.json()["error"]["code"]) == (401, "invalid_token")
    assert Client().post(REFRESH, {"refreshToken": "x"}, content_type="application/json").status_code == 401


@pytest.mark.parametrize("change", ["password", "closed"])
def test_A23_a_token_ends_with_a_new_password_or_a_closed_account(change: str) -> None:
    user = UserFactory(email="ada@example.com")
    token = ask("ada@example.com").json()["accessToken"]
    assert is_known(token)
    if change == "password":
        user.set_password("another long one")
        user.save()
    else:
        User.objects.update(is_active=False)
    assert not is_known(token)


def test_customers_are_known_but_are_not_staff() -> None:
    UserFactory(email="ada@example.com")
    assert whoami(ask("ada@example.com").json()["accessToken"])[0] == 403


def test_staff_without_a_second_factor_get_no_token() -> None:
    StaffFactory(email="staff@example.com")
    with override_settings(STAFF_MFA_REQUIRED=True):
        answer = ask("staff@example.com")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "mfa_setup_required")
    with override_settings(STAFF_MFA_REQUIRED=False):
        assert ask("staff@example.com").status_code == 200


def test_who_has_a_second_factor_must_use_it() -> None:
    secret = give_second_factor(StaffFactory(email="staff@example.com"))
    assert ask("staff@example.com").json()["error"]["code"] == "mfa_required"
    assert ask("staff@example.com", code="000000").json()["error"]["code"] == "invalid_credentials"
    counter = next(yield_hotp_counters_from_time())
    assert ask("staff@example.com", code=format_hotp_value(hotp_value(secret, counter))).status_code == 200
