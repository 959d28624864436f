"""Second factors in the admin: seen and taken off by those who may, without the secrets."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from shop.accounts.models import User
from shop.audit.models import AuditEntry
from tests.factories.accounts import StaffFactory, UserFactory, give_second_factor

pytestmark = pytest.mark.django_db
LIST = "/admin/shop/user/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


def clerk(*permissions: str) -> Client:
    user = StaffFactory()
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def guarded() -> User:
    user = UserFactory()
    give_second_factor(user)
    RecoveryCodes.activate(user)
    return user


def factor(user: User) -> str:
    return reverse("admin:shop_user_take_off_factor", args=[user.pk])


def change(user: User) -> str:
    return reverse("admin:shop_user_change", args=[user.pk])


def test_the_list_says_who_has_one(client: Client) -> None:
    boss, plain, user = StaffFactory(is_superuser=True), UserFactory(), guarded()
    client.force_login(boss)

    def listed(query: str) -> list[User]:
        return list(client.get(LIST + query).context["cl"].result_list)

    assert [(one, one.has_factor) for one in listed("")] == [(user, True), (plain, False), (boss, False)]
    assert (listed("?factor=1"), listed("?factor=0")) == ([user], [plain, boss])


def test_nobody_reads_what_it_is(client: Client) -> None:
    user = UserFactory()
    secret = give_second_factor(user)
    kept = Authenticator.objects.get().data["secret"]
    client.force_login(StaffFactory(is_superuser=True))
    html = client.get(change(user)).content.decode()
    assert ("Take off the second factor" in html, secret in html, kept in html) == (True, False, False)
    assert f"{user.email} (proven)" in html


def test_it_is_taken_off_for_who_lost_the_phone() -> None:
    user = guarded()
    client = clerk("view_user", "change_user")
    assert client.get(factor(user)).status_code == 200
    assert Authenticator.objects.count() == 2
    assert client.post(factor(user))["Location"] == change(user)
    assert (Authenticator.objects.count(), AuditEntry.objects.get().action) == (0, "account.factor_off")
    html = client.get(change(user)).content.decode()
    assert ("The second factor is off." in html, "Take off the second factor" in html) == (True, False)
    client.post(factor(user))
    assert ("There is no second factor any more." in client.get(change(user)).content.decode()) is True


def test_A09_who_may_only_look_takes_nothing_off() -> None:
    user = guarded()
    client = clerk("view_user")
    assert "Take off the second factor" not in client.get(change(user)).content.decode()
    assert [client.get(factor(user)).status_code, client.post(factor(user)).status_code] == [403, 403]
    assert Authenticator.objects.count() == 2


def test_A09_staff_are_for_superusers_and_nobody_takes_off_their_own(client: Client) -> None:
    colleague, boss = StaffFactory(), StaffFactory(is_superuser=True)
    give_second_factor(colleague)
    give_second_factor(boss)
    assert clerk("view_user", "change_user").post(factor(colleague)).status_code == 403
    client.force_login(boss)
    assert client.post(factor(boss)).status_code == 403
    assert Authenticator.objects.count() == 2
    client.post(factor(colleague))
    assert list(Authenticator.objects.values_list("user", flat=True)) == [boss.pk]


def test_A09_somebody_who_is_not_there_has_none(client: Client) -> None:
    client.force_login(StaffFactory(is_superuser=True))
    assert client.get("/admin/shop/user/no-uuid/factor/").status_code == 403
