"""The shop's bank account as customers read it."""

from __future__ import annotations

from checkout.payments import transfers


def test_an_account_is_told_holder_first_and_in_words() -> None:
    account = {"bank": "First", "iban": "GB33BUKB20201555555555", "bic": "BUKBGB22", "account_holder": "Holdfast"}
    assert transfers.rows(account) == [
        ("Account holder", "Holdfast"), ("Bank", "First"), ("IBAN", "GB33 BUKB 2020 1555 5555 55"), ("BIC", "BUKBGB22"),
    ]  # fmt: skip


def test_what_a_transfer_needs_is_told_as_a_banks_form_asks_for_it() -> None:
    told = {
        "reference": "ORD-1",
        "amount": "$5.00",
        "sort_code": "20-00-00",
        "IBAN": "DE00",
        "account_holder": "Holdfast",
    }
    assert transfers.rows(told) == [
        ("Account holder", "Holdfast"), ("Amount", "$5.00"), ("Reference", "ORD-1"), ("Sort code", "20-00-00"),
        ("IBAN", "DE00"),
    ]  # fmt: skip
