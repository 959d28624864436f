"""E-mails that somebody asked to get no more of."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.notifications import optout
from shop.notifications.models import OptOut

pytestmark = pytest.mark.django_db
ADA = "ada@example.com"


def path(address: str = ADA, topic: str = "feedback") -> str:
    return urlsplit(optout.url(topic=topic, address=address)).path


def stopped(*addresses: str, topic: str = "feedback") -> set[str]:
    return optout.stopped(topic=topic, addresses=addresses)


def test_a_link_stops_one_topic_to_one_address() -> None:
    client = Client()
    assert "Stop asking" in client.get(path()).content.decode()
    assert stopped(ADA) == set()  # a look changes nothing
    assert "You get no more of these" in client.post(path()).content.decode()
    assert stopped(ADA, "bob@example.com") == {ADA}
    assert stopped(" ADA@Example.com ") == {" ADA@Example.com "}
    assert stopped(ADA, topic="other") == set()


def test_a_mail_program_stops_them_by_itself() -> None:
    client = Client(enforce_csrf_checks=True)  # it has no cookies of ours, nor a token
    assert client.post(path(), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert stopped(ADA) == {ADA}


def test_it_can_be_taken_back_and_done_twice() -> None:
    client = Client()
    for _twice in range(2):
        client.post(path())
    assert OptOut.objects.count() == 1
    for _twice in range(2):
        assert "You get them again" in client.post(path(), {"resume": "1"}).content.decode()
    assert stopped(ADA) == set()
    told = AuditEntry.objects.filter(action__startswith="email.").values_list("action", flat=True)
    assert sorted(told) == ["email.resume", "email.stop"]


def test_no_address_is_kept_or_told() -> None:
    Client().post(path())
    assert ADA not in path()
    row = OptOut.objects.values().get()
    assert ADA not in str(row)
    assert "ada@" not in str(list(AuditEntry.objects.filter(action="email.stop").values())).lower()  # ids may spell ada


@pytest.mark.parametrize("token", ["x", "feedback:abc", "feedback:abc:sig", "é", "a" * 900])
def test_A19_what_we_did_not_sign_is_not_found(token: str) -> None:
    assert Client().post(f"/emails/{token}/stop/").status_code == 404
    assert OptOut.objects.count() == 0


def test_a_link_cannot_be_turned_to_another_topic() -> None:
    other = path().replace("feedback", "offers")
    assert other != path()
    assert Client().post(other).status_code == 404


def test_a_customer_says_so_on_the_preferences_page(client: Client) -> None:
    ada = User.objects.create_user(ADA, "correct horse battery")
    client.force_login(ada)
    url = reverse("preferences")
    assert client.get(url).context["form"]["may_ask_for_feedback"].value() is True
    client.post(url, {"language": "en"})
    assert stopped(ADA) == {ADA}
    assert client.get(url).context["form"]["may_ask_for_feedback"].value() is False
    client.post(url, {"language": "en", "may_ask_for_feedback": "on"})
    assert stopped(ADA) == set()
