"""The shop's bank account as customers read it."""

from __future__ import annotations

from checkout.payments import transfers


def test_an_account_is_told_holder_first_and_in_words() -> None:
    account = {"bank": "First", "iban": "GB33BUKB20201555555555", "bic": "BUKBGB22", "account_holder": "Holdfast"}
    assert transfers.rows(account) == [
        ("Account holder", "Holdfast"), ("IBAN", "GB33 BUKB 2020 1555 5555 55"), ("BIC", "BUKBGB22"), ("bank", "First"),
    ]  # fmt: skip
