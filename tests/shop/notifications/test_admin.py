"""E-mails in the admin: what was sent to whom, without what it said; sent again by those who may."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from shop.accounts.models import User
from shop.notifications import labels
from shop.notifications.models import Notification

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/notification/"
SECRET = "https://shop.example/account/password/reset/key/abc-secret/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def mail() -> Notification:
    return Notification.objects.create(
        key="account:1", template="account", recipient="ada@example.com", context={"url": SECRET}, status="failed"
    )


def clerk(*permissions: str) -> Client:
    user = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def send_again(client: Client, mail: Notification) -> str:
    client.post(LIST, {"action": "send_again", "_selected_action": [str(mail.pk)]})
    mail.refresh_from_db()
    return mail.status


def test_an_e_mail_is_called_by_what_it_is(mail: Notification) -> None:
    assert str(mail) == "Account: sign-in and security → ada@example.com"


def test_a_link_that_opens_an_account_or_an_order_is_not_shown(mail: Notification) -> None:
    answer = clerk("view_notification").get(reverse("admin:shop_notification_change", args=[mail.pk]))
    html = answer.content.decode()
    assert (answer.status_code, "ada@example.com" in html, "secret" in html) == (200, True, False)


def test_mails_are_listed_and_filtered_by_what_they_are_called(mail: Notification) -> None:
    Notification.objects.create(key="o:1", template="order_link", recipient="ada@example.com", subject="Your order")
    Notification.objects.create(key="x:1", template="of_long_ago", recipient="ada@example.com")
    client = clerk("view_notification")

    def listed(query: str) -> list[str]:
        page = client.get(LIST + query)
        return re.findall(r'/change/[^"]*"[^>]*>\s*([^<]+?)\s*</a>', page.content.decode())

    assert listed("") == ["of_long_ago", "Order: link to its page", "Account: sign-in and security"]
    assert listed("?template=order_link") == ["Order: link to its page"]
    names = re.findall(r'"\?template=\w+"[^>]*>\s*([^<]+?)\s*</a>', client.get(LIST).content.decode())
    assert names == [name for _template, name in labels.choices()]


def test_a_mail_is_shown_with_its_name_and_subject() -> None:
    sent = Notification.objects.create(
        key="o:1", template="order_link", recipient="a@example.com", subject="Here it is"
    )
    html = clerk("view_notification").get(reverse("admin:shop_notification_change", args=[sent.pk])).content.decode()
    assert ("Order: link to its page" in html, "Here it is" in html, "order_link" in html) == (True, True, False)


def test_attempts_are_told_of_mails_that_failed_and_not_of_one_sent_at_once(mail: Notification) -> None:
    Notification.objects.filter(pk=mail.pk).update(attempts=8)
    Notification.objects.create(key="o:1", template="order_link", recipient="ada@example.com", status="sent")
    html = clerk("view_notification").get(LIST).content.decode()
    heads = re.findall(r"<th[^>]*column-failed_attempts[^>]*>(.*?)</th>", html, re.DOTALL)
    assert [re.sub("<[^>]*>", "", head).strip() for head in heads] == ["Failed attempts"]
    assert re.findall(r"field-failed_attempts[^>]*>\s*([^<]*?)\s*<", html) == ["", "8"]


def test_who_may_only_look_sends_nothing(mail: Notification) -> None:
    assert send_again(clerk("view_notification"), mail) == "failed"


def test_who_may_change_mails_has_them_sent_again(mail: Notification) -> None:
    assert send_again(clerk("view_notification", "change_notification"), mail) == "queued"
