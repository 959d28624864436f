import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from shop.accounts.models import User
from tests.factories.accounts import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
ALLAUTH = {"account", "mfa", "socialaccount"}


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


def change(user: User) -> str:
    return reverse("admin:shop_user_change", args=[user.pk])


def form(client: Client, user: User) -> dict[str, object]:
    """What the browser would send if nothing were touched."""
    page = client.get(change(user)).context
    fields = {name: value for name, value in page["adminform"].form.initial.items() if value is not None}
    management = {f"addresses-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    return {**fields, **management}


def test_a_superuser_makes_staff_with_a_password(client: Client) -> None:
    client.force_login(StaffFactory(is_superuser=True))
    data = {
        "email": "helper@example.com",
        "usable_password": "true",
        "password1": "a long password",
        "password2": "a long password",
    }
    assert client.post(reverse("admin:shop_user_add"), data).status_code == 302
    helper = User.objects.get(email="helper@example.com")
    assert helper.check_password("a long password")
    client.post(change(helper), {**form(client, helper), "is_staff": "on"})
    helper.refresh_from_db()
    assert helper.is_staff


def test_the_lists_stand(client: Client) -> None:
    client.force_login(StaffFactory(is_superuser=True))
    for url in (reverse("admin:shop_user_changelist"), reverse("admin:auth_group_changelist"), change(UserFactory())):
        assert client.get(url).status_code == 200


def test_A09_low_staff_make_nobody_staff_and_do_not_touch_staff(client: Client) -> None:
    clerk, customer, boss = StaffFactory(), UserFactory(), StaffFactory(is_superuser=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(clerk)
    data = {**form(client, customer), "is_staff": "on", "is_superuser": "on", "first_name": "Ada", "email": "x@x.com"}
    assert client.post(change(customer), data).status_code == 302
    customer.refresh_from_db()
    assert (customer.first_name, customer.is_staff, customer.is_superuser) == ("Ada", False, False)
    assert customer.email != "x@x.com"
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert client.post(password, {"password1": "mine now please", "password2": "mine now please"}).status_code == 403
    assert client.post(change(boss), data).status_code == 403
    assert client.post(change(clerk), {**data, "is_superuser": "on"}).status_code == 403


def test_nobody_is_deleted(client: Client) -> None:
    client.force_login(StaffFactory(is_superuser=True))
    customer = UserFactory()
    answer = client.post(reverse("admin:shop_user_delete", args=[customer.pk]), {"post": "yes"})
    assert answer.status_code == 403
    assert User.objects.filter(pk=customer.pk).exists()


def test_A09_no_page_shows_secrets_of_others_or_proves_their_addresses(client: Client) -> None:
    """allauth brings such pages: second factors with their secrets, and e-mail addresses to be changed at will."""
    foreign = [model._meta.label for model in admin.site._registry if model._meta.app_label in ALLAUTH]
    assert foreign == []
    client.force_login(StaffFactory(is_superuser=True))
    for app, model in (("mfa", "authenticator"), ("account", "emailaddress"), ("socialaccount", "socialapp")):
        assert client.get(f"/admin/{app}/{model}/").status_code == 404
