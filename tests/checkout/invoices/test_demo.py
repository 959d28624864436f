"""The demo's papers say who the merchant is."""

from __future__ import annotations

import pytest
from django.conf import settings

from cart.tax import vat
from checkout.invoices import demo, selectors
from checkout.invoices import services as invoices
from checkout.orders import emails

pytestmark = pytest.mark.django_db


def test_papers_of_a_new_shop_bear_its_address_and_a_vat_id_that_nobody_has() -> None:
    bank = selectors.details().bank
    assert demo.load()
    found = selectors.details()
    assert [found.name, *found.address.splitlines()] == settings.RETURN_ADDRESS
    assert (found.vat_id, found.bank) == ("XX000000000", bank)
    found.full_clean()
    assert vat.objection(found.vat_id) == ""


def test_an_account_that_nobody_has_entered_says_what_its_numbers_are(settings: object) -> None:
    settings.BANK_TRANSFER = {"account_holder": "Ada", "iban": "GB33BUKB20201555555555", "bic": "BUKBGB22"}  # type: ignore[attr-defined]
    assert selectors.details().bank.splitlines() == ["Ada", "IBAN GB33 BUKB 2020 1555 5555 55", "BIC BUKBGB22"]


def test_the_example_address_names_its_country_as_addresses_of_shoppers_do() -> None:
    assert settings.RETURN_ADDRESS[-1] == emails.address_lines({"country": "US"})[-1]


def test_what_the_merchant_has_entered_stays() -> None:
    details = selectors.details()
    details.address = "1 Quay"
    invoices.save_details(details=details, by="staff:1")
    assert not demo.load()
    assert (selectors.details().address, selectors.details().vat_id) == ("1 Quay", "")
