"""Tax as merchants set it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cart.tax import selectors
from cart.tax.models import TaxConfiguration, TaxExemption, TaxRate
from catalog.products.models import ProductType
from shop.audit.models import AuditEntry
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db

RATE = {
    "name": "City tax", "rate": "4.5", "tax_class": "standard", "country": "US", "state": "new york", "level": "2",
    "postal_codes": "10001..10292", "valid_from": "2025-01-01", "source": "Publication 718",
}  # fmt: skip


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    return client


def add(merchant: Client, model: str, fields: dict[str, str]) -> Any:
    return merchant.post(reverse(f"admin:cart_{model}_add"), fields)


def test_a_rate_is_kept_counts_at_once_and_is_written_down(
    merchant: Client, django_capture_on_commit_callbacks: Any
) -> None:
    address = {"country": "US", "state": "NY", "postal_code": "10025"}
    before = {rate.name for rate in selectors.ruling(address).regime.rates}
    with django_capture_on_commit_callbacks(execute=True):
        assert add(merchant, "taxrate", RATE).status_code == 302
    row = TaxRate.objects.get(name="City tax")
    assert (row.state, row.level, row.postal_codes, row.rate) == ("NY", 2, "10001..10292", Decimal("0.045"))
    page = merchant.get(reverse("admin:cart_taxrate_change", args=[row.pk]))
    assert page.context["adminform"].form.initial["rate"] == "4.5"
    assert {rate.name for rate in selectors.ruling(address).regime.rates} - before == {row.name}
    entry = AuditEntry.objects.get(action="taxrate.add")
    assert entry.object_id == str(row.pk)
    assert add(merchant, "taxrate", RATE).context["errors"] == [
        ["Another rate of this level is in force there at the same time. End it first, or choose a level."]
    ]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"state": "Bavaria"}, "state", "This country has no such state."),
        ({"rate": "100.5"}, "rate", "Ensure this value is less than or equal to 100."),
        ({"level": "0"}, "level", "Ensure this value is greater than or equal to 1."),
        ({"postal_codes": "20..10"}, "postal_codes",
         "A range goes from a lower code to a higher one of the same length, as 90001..90899."),
        ({"valid_until": "2024-12-31"}, "valid_until", "The last day is before the first one."),
        ({"tax_class": "standart"}, "tax_class",
         "Select a valid choice. standart is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_at_the_field(
    merchant: Client, changes: dict[str, str], field: str, sentence: str
) -> None:
    answer = add(merchant, "taxrate", {**RATE, **changes})
    assert answer.context["adminform"].form.errors[field] == [sentence]


def test_a_class_is_one_of_goods_and_a_rate_keeps_its_own(merchant: Client) -> None:
    ProductType.objects.create(name="Books", code="books", tax_class="books")
    assert add(merchant, "taxrate", {**RATE, "tax_class": "books"}).status_code == 302
    row = TaxRate.objects.get(name="City tax")
    ProductType.objects.filter(code="books").delete()
    page = reverse("admin:cart_taxrate_change", args=[row.pk])

    choices = merchant.get(page).context["adminform"].form.fields["tax_class"].choices
    assert ("books", "books (no product type has it)") in [(value, str(label)) for value, label in choices]
    assert merchant.post(page, {**RATE, "tax_class": "books", "name": "County tax"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, str(row)) == ("County tax", "County tax 4.5 %")


def test_settings_count_in_the_next_quote(merchant: Client, django_capture_on_commit_callbacks: Any) -> None:
    address, kept = {"country": "US", "state": "NY"}, django_capture_on_commit_callbacks
    assert selectors.ruling(address).regime.rates
    fields = {"country": "US", "entry": "rate", "shown": "entered", "rounding": "up", "rounding_level": "order"}
    with kept(execute=True):
        assert add(merchant, "taxconfiguration", fields).status_code == 302
    assert selectors.ruling(address).regime.rates == ()
    row = TaxConfiguration.objects.get()
    with kept(execute=True):
        merchant.post(reverse("admin:cart_taxconfiguration_change", args=[row.pk]), {**fields, "is_taxed": "on"})
    assert selectors.ruling(address).regime.rates
    with kept(execute=True):
        merchant.post(reverse("admin:cart_taxconfiguration_delete", args=[row.pk]), {"post": "yes"})
    assert selectors.ruling(address).setting.how.rounding.value == "half_up"


def test_an_exemption(merchant: Client) -> None:
    fields = {"email": "Ada@Example.com", "reason": "Charity", "valid_from": "2025-01-01", "state": "NY"}
    answer = add(merchant, "taxexemption", fields)
    assert answer.context["adminform"].form.errors["country"] == ["Say of which country this is a state."]
    answer = add(merchant, "taxexemption", {**fields, "country": "US", "valid_until": "2024-12-31"})
    assert answer.context["adminform"].form.errors == {"valid_until": ["The last day is before the first one."]}
    assert add(merchant, "taxexemption", {**fields, "country": "US"}).status_code == 302
    row = TaxExemption.objects.get()
    assert (row.email, row.state, row.actor[:6]) == ("ada@example.com", "NY", "staff:")


@pytest.mark.parametrize("model", ["taxrate", "taxconfiguration", "taxexemption", "vatcheck"])
def test_the_lists_open(merchant: Client, model: str) -> None:
    assert merchant.get(reverse(f"admin:cart_{model}_changelist")).status_code == 200
