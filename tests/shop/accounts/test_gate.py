import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import StaffFactory, UserFactory, give_second_factor

pytestmark = pytest.mark.django_db
ADMIN = "/admin/"


def test_guests_sign_in_where_tries_are_counted(client: Client) -> None:
    answer = client.get(ADMIN, follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert answer.redirect_chain[-1][0].endswith("next=%2Fadmin%2F")


def test_customers_are_refused(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(ADMIN, follow=True).status_code == 403


def test_A42_staff_without_a_second_factor_are_sent_to_set_one_up(client: Client, settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    client.force_login(StaffFactory(is_superuser=True))
    answer = client.get(ADMIN, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_index")
    assert "Staff need a second factor" in answer.content.decode()


def test_staff_with_a_second_factor_enter(client: Client, settings) -> None:
    settings.STAFF_MFA_REQUIRED = True
    user = StaffFactory(is_superuser=True)
    give_second_factor(user)
    client.force_login(user)
    assert client.get(ADMIN).status_code == 200


def test_the_demo_may_do_without(client: Client, settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(StaffFactory(is_superuser=True))
    assert client.get(ADMIN).status_code == 200


def test_closed_staff_accounts_stay_out(client: Client, settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    user = StaffFactory(is_superuser=True)
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get(ADMIN).status_code == 302
