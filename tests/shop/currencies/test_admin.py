"""The merchant sets a currency up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shop.currencies import selectors
from shop.currencies.models import Currency, ExchangeRate
from tests.factories import cart as carts
from tests.factories import catalog
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
        ({"rate": "0"}, "A rate is a number from 0.00000001 to 1,000,000,000: how many units of it are one USD."),
        ({"rate": "0.0000000001"}, "A rate is a number from 0.00000001"),
        ({"rate": "9999999999"}, "A rate is a number from 0.00000001"),
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


class TestRatesThatJump:
    VALUES = {"is_active": "on", "is_converted": "on", "step": "", "ending": "", "mode": "half_up"}

    @pytest.mark.parametrize("typed", ["0.092", "9.2", "1.0121", "0.8279"])
    def test_are_asked_about_once(self, client: Client, typed: str) -> None:
        row = currency("EUR", "0.92")
        url = reverse("admin:shop_currency_change", args=[row.pk])
        assert 'name="is_sure"' not in client.get(url).content.decode()
        html = client.post(url, self.VALUES | {"rate": typed}).content.decode()
        off = {"0.092": 90, "9.2": 900}.get(typed, 10)
        asked = f"The rate was 0.92: {typed} is {off} % away from it. If it is right, say so below and save again."
        assert [asked in html, 'name="is_sure"' in html] == [True, True]
        row.refresh_from_db()
        assert row.rate == Decimal("0.92")
        assert client.post(url, self.VALUES | {"rate": typed, "is_sure": "on"}).status_code == 302
        row.refresh_from_db()
        assert row.rate == Decimal(typed)

    @pytest.mark.parametrize("typed", ["1.012", "0.828", "0.92"])
    def test_others_are_taken(self, client: Client, typed: str) -> None:
        row = currency("EUR", "0.92")
        url = reverse("admin:shop_currency_change", args=[row.pk])
        assert client.post(url, self.VALUES | {"rate": typed}).status_code == 302


class TestWhatCannotBeSoldInIt:
    def told(self, client: Client, **values: Any) -> list[str]:
        given = {key: value for key, value in (NEW | values).items() if value}
        answer = client.post(reverse("admin:shop_currency_add"), given, follow=True)
        return [str(one) for one in answer.context["messages"]][:-1]

    def test_is_told_when_it_is_switched_on(self, client: Client) -> None:
        catalog.product(indexed=False, amount=900, currency="GBP")
        catalog.product(indexed=False)
        catalog.product(indexed=False, amount=900, currency="GBP", status="draft")
        assert self.told(client, code="GBP", is_converted="") == [
            "1 of 2 products have a price in GBP: only these are sold and listed in it.",
            "No way of delivery has a price in GBP: nothing can be ordered in it.",
        ]

    def test_is_not_told_of_one_that_is_converted_or_off(self, client: Client) -> None:
        carts.rates()
        catalog.product(indexed=False)
        assert self.told(client) == []
        assert self.told(client, code="GBP", is_converted="", is_active="") == []
