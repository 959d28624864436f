import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.test import Client
from django.urls import reverse

from catalog.products.models import Product
from shop.accounts.models import User
from shop.core import db
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, give_second_factor
from tests.factories.catalog import ProductFactory
from tests.outbox import drain

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


def test_the_way_to_an_objects_page_knows_every_shape_of_key(client: Client, settings) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(StaffFactory(is_superuser=True))
    product = ProductFactory()
    shop, people = (ContentType.objects.get_for_model(model).pk for model in (Product, User))
    for kind, key in ((shop, "1"), (shop, "no-uuid"), (shop, db.uuid7()), (people, "a/b"), ("x", "1"), (9**9, "1")):
        assert client.get(f"{ADMIN}r/{kind}/{key}/").status_code == 404, (kind, key)
    answer = client.get(reverse("admin:view_on_site", args=[shop, product.pk]))
    assert (answer.status_code, answer["Location"]) == (302, f"http://testserver{product.get_absolute_url()}")


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_A42_staff_set_up_an_authenticator_app_and_need_it_from_then_on(
    client: Client, settings, django_capture_on_commit_callbacks
) -> None:
    settings.STAFF_MFA_REQUIRED = True
    user = StaffFactory(is_superuser=True)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    activate = reverse("mfa_activate_totp")
    asked = client.get(activate)
    if asked.status_code == 302:
        client.post(asked["Location"], {"password": PASSWORD})
    secret = client.get(activate).context["form"].secret
    assert client.post(activate, {"code": "000000"}).status_code == 200
    assert client.get(ADMIN).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        client.post(activate, {"code": code(secret)})
    assert client.get(ADMIN).status_code == 200
    drain()
    assert "The authenticator app was switched on" in [message.subject for message in mail.outbox]

    again = Client()
    answer = again.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": ADMIN})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert again.get(ADMIN).status_code == 302
    codes = RecoveryCodes.activate(user).get_unused_codes()
    assert again.get(answer["Location"]).status_code == 200
    assert again.post(answer["Location"], {"code": "000000"}).status_code == 200
    assert again.post(answer["Location"], {"code": codes[0]})["Location"] == ADMIN
    assert again.get(ADMIN).status_code == 200
