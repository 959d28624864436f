"""The merchant sets a currency up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shop.currencies import selectors
from shop.currencies.models import Currency, ExchangeRate
from tests.factories.accounts import StaffFactory
from tests.factories.currencies import currency

pytestmark = pytest.mark.django_db

NEW = {
    "code": "eur", "is_active": "on", "is_converted": "on", "rate": "0.92", "step": "1", "ending": "0.99", "mode": "up",
}  # fmt: skip


@pytest.fixture
def client(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def test_adds_one_and_says_what_becomes_of_an_amount(client: Client) -> None:
    assert client.post(reverse("admin:shop_currency_add"), NEW).status_code == 302
    row = Currency.objects.get()
    assert (row.code, row.rate, row.step_minor, row.ending_minor, row.mode) == ("EUR", Decimal("0.92"), 100, 99, "up")
    assert row.source == "by hand"
    selectors.forget()
    html = client.get(reverse("admin:shop_currency_change", args=[row.pk])).content.decode()
    assert ["$12.34 → €11.99" in html, "1 USD = 0.92 EUR" in html] == [True, True]
    assert "$12.34 → €11.99" in client.get(reverse("admin:shop_currency_changelist")).content.decode()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"code": "XXY"}, "no currency of ISO 4217"),
        ({"code": "USD"}, "own currency"),
        ({"rate": "0"}, "number above 0"),
        ({"rate": ""}, "needs a rate"),
        ({"step": "0.999"}, "more digits"),
        ({"ending": "1"}, "below the step"),
        ({"step": ""}, "below the step"),
    ],
)
def test_says_beside_the_field_what_makes_no_sense(client: Client, values: dict[str, Any], told: str) -> None:
    answer = client.post(reverse("admin:shop_currency_add"), NEW | values)
    assert (answer.status_code, told in answer.content.decode()) == (200, True)
    assert not Currency.objects.exists()


def test_changes_rounding_and_keeps_the_rate(client: Client) -> None:
    row = currency("JPY", "149")
    values = {"is_active": "on", "is_converted": "on", "rate": "149", "step": "10", "ending": "", "mode": "down"}
    assert client.post(reverse("admin:shop_currency_change", args=[row.pk]), values).status_code == 302
    row.refresh_from_db()
    assert (row.step_minor, row.ending_minor, row.mode, row.rate) == (10, 0, "down", 149)
    assert ExchangeRate.objects.count() == 1
