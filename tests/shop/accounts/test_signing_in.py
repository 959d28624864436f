"""Signing up, in and out; what outsiders may not learn."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from shop.accounts.models import User
from shop.events.models import OutboxEvent
from tests.factories.accounts import PASSWORD, UserFactory
from tests.outbox import drain

pytestmark = pytest.mark.django_db
SIGNUP, LOGIN, RESET = "account_signup", "account_login", "account_reset_password"


def sent() -> list[tuple[str, str]]:
    """(recipient, subject) of what was mailed."""
    drain()
    return [(message.to[0], message.subject) for message in mail.outbox]


def link() -> str:
    """The path of the link in the last e-mail, which must be on the shop's own address."""
    drain()
    found = re.search(r"http://127\.0\.0\.1:8000(/account/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def sign_up(client: Client, email: str, **extra: str):
    return client.post(reverse(SIGNUP), {"email": email, "password1": PASSWORD}, **extra)


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str):
    return client.post(reverse(LOGIN), {"login": email, "password": password}, **extra)


def test_sign_up_proves_the_address_before_anything_else(client: Client) -> None:
    answer = sign_up(client, "New@Example.com")
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_email_verification_sent"))
    assert sent() == [("new@example.com", "Please confirm your e-mail address")]
    user = User.objects.get()
    assert (user.email, user.is_staff) == ("new@example.com", False)
    assert client.get(reverse("address_list")).status_code == 302

    confirm = link()
    assert client.get(confirm).status_code == 200
    assert not EmailAddress.objects.get().verified  # looking at the page proves nothing: mail scanners look at it
    client.post(confirm)
    assert EmailAddress.objects.get().verified
    event = OutboxEvent.objects.get(event_type="CustomerRegistered")
    assert event.data == {"customer_id": str(user.pk)}
    if not client.session.get("_auth_user_id"):
        sign_in(client, "new@example.com")
    assert client.get(reverse("address_list")).status_code == 200


@pytest.mark.parametrize("password", ["short", "password123", "1234567890"])
def test_weak_passwords_are_refused(client: Client, password: str) -> None:
    answer = client.post(reverse(SIGNUP), {"email": "new@example.com", "password1": password})
    assert answer.status_code == 200
    assert User.objects.count() == 0


def test_A10_nobody_signs_up_as_staff(client: Client) -> None:
    data = {"email": "new@example.com", "password1": PASSWORD, "is_staff": "1", "is_superuser": "1"}
    client.post(reverse(SIGNUP), data)
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_A19_sign_up_says_the_same_whether_the_address_is_known() -> None:
    UserFactory(email="known@example.com")
    answers = [sign_up(Client(), email) for email in ("known@example.com", "KNOWN@example.com", "new@example.com")]
    pages = [Client().get(answer["Location"]).content for answer in answers]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert len({re.sub(rb"[0-9a-zA-Z]{64}", b"", page) for page in pages}) == 1
    assert User.objects.count() == 2
    assert sorted(sent()) == [  # one each: nobody's mailbox is flooded by somebody else's tries
        ("known@example.com", "You have an account already"),
        ("new@example.com", "Please confirm your e-mail address"),
    ]


def test_A19_sign_in_says_the_same_whether_the_address_is_known() -> None:
    UserFactory(email="known@example.com")
    errors = []
    for email in ("known@example.com", "new@example.com"):
        answer = sign_in(Client(), email, "wrong password")
        assert answer.status_code == 200
        errors.append(answer.context["form"].errors.as_json())
    assert errors[0] == errors[1] != "{}"


def test_A19_password_reset_says_the_same_whether_the_address_is_known() -> None:
    UserFactory(email="known@example.com")
    answers = [Client().post(reverse(RESET), {"email": e}) for e in ("known@example.com", "new@example.com")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_reset_password_done"))
    ] * 2
    assert sorted(sent()) == [
        ("known@example.com", "Choose a new password"),
        ("new@example.com", "You have no account yet"),
    ]


def test_A18_guessing_passwords_is_throttled_and_a_reset_lets_the_owner_in(client: Client) -> None:
    UserFactory(email="known@example.com")
    for _ in range(5):
        sign_in(client, "known@example.com", "wrong password")
    answer = sign_in(client, "known@example.com")  # right, but too late
    assert not client.session.get("_auth_user_id")
    assert "Too many failed" in answer.context["form"].errors.as_json()

    client.post(reverse(RESET), {"email": "known@example.com"})
    form = client.get(link(), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "another long one", "password2": "another long one"})
    sign_in(client, "known@example.com", "another long one")
    assert client.session.get("_auth_user_id")


def test_A20_a_reset_link_works_once_and_points_to_the_shop(client: Client) -> None:
    UserFactory(email="known@example.com")
    client.post(reverse(RESET), {"email": "known@example.com"}, headers={"host": "localhost"})
    path = link()
    form = client.get(path, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": "another long one", "password2": "another long one"})
    assert done.status_code == 302
    assert User.objects.get().check_password("another long one")
    again = Client().get(path, follow=True)
    assert again.context["token_fail"] is True
    assert ("known@example.com", "Your password was reset") in sent()


def test_A22_the_session_changes_its_key_at_sign_in(client: Client) -> None:
    UserFactory(email="known@example.com")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client, "known@example.com")
    assert client.session.get("_auth_user_id")
    assert client.session.session_key != before


def test_A23_a_new_password_ends_all_other_sessions(client: Client) -> None:
    user = UserFactory(email="known@example.com")
    other = Client()
    sign_in(client, user.email)
    sign_in(other, user.email)
    assert other.get(reverse("address_list")).status_code == 200
    data = {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"}
    client.post(reverse("account_change_password"), data)
    user.refresh_from_db()
    assert user.check_password("another long one")
    assert other.get(reverse("address_list")).status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "https:evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:a=b//\r\nX: y",
    ],
)
def test_A25_no_redirect_leaves_the_shop(client: Client, target: str) -> None:
    UserFactory(email="known@example.com")
    answer = client.post(reverse(LOGIN), {"login": "known@example.com", "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert answer["Location"] == "/account/"


def test_A25_the_hosts_header_makes_no_target_safe(client: Client) -> None:
    UserFactory(email="known@example.com")
    data = {"login": "known@example.com", "password": PASSWORD, "next": "http://localhost/elsewhere"}
    answer = client.post(reverse(LOGIN), data, headers={"host": "localhost"})
    assert answer["Location"] == "/account/"


def test_a_redirect_within_the_shop_is_followed(client: Client) -> None:
    UserFactory(email="known@example.com")
    answer = client.post(
        reverse(LOGIN), {"login": "known@example.com", "password": PASSWORD, "next": "/account/addresses/"}
    )
    assert answer["Location"] == "/account/addresses/"


def test_A21_a_new_address_needs_the_password_again_and_its_own_proof(client: Client) -> None:
    user = UserFactory(email="old@example.com")
    client.force_login(user)
    answer = client.post(reverse("account_email"), {"email": "new@example.com", "action_add": ""})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert sent() == []
    client.post(answer["Location"], {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "new@example.com", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "old@example.com"
    client.post(link())
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert ("old@example.com", "The e-mail address of your account was changed") in sent()


def test_A19_changing_to_an_address_that_is_taken_says_the_same(client: Client) -> None:
    UserFactory(email="taken@example.com")
    pages = []
    for email in ("taken@example.com", "free@example.com"):
        person = Client()
        sign_in(person, UserFactory(email=f"me-{email}").email)
        answer = person.post(reverse("account_email"), {"email": email, "action_add": ""})
        answer = person.post(answer["Location"], {"password": PASSWORD}, follow=True)
        pages.append((answer.status_code, [str(message) for message in answer.context["messages"]]))
    assert pages[0][0] == pages[1][0]
    assert pages[0][1] == [text.replace("free@", "taken@") for text in pages[1][1]]


def test_signing_out_asks_and_then_ends_the_session(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("address_list")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("address_list")).status_code == 302


def test_signing_out_stays_in_the_language(client: Client) -> None:
    for language, home in (("de", "/de/"), ("en", "/")):
        client.force_login(UserFactory())
        with translation.override(language):
            assert client.post(reverse("account_logout"))["Location"] == home


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_reset_password",
        "account_email_verification_sent",
        "account_reset_password_done",
    ],
)
def test_pages_for_guests_stand(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


OWN = ["account", "account_email", "account_change_password", "account_logout", "mfa_index", "preferences"]


@pytest.mark.parametrize("name", OWN)
def test_pages_for_customers_stand_and_are_closed_to_guests(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302
    client.force_login(UserFactory())
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
