"""What shoppers may choose from when they pay."""

from __future__ import annotations

import pytest
from rest_framework.exceptions import ValidationError

from checkout.api import shapes
from checkout.payments import methods


def offered() -> list[str]:
    assert [choice["id"] for choice in methods.choices()] == list(methods.by_id())
    return list(methods.by_id())


def test_a_transfer_is_offered_only_with_an_account_to_send_it_to(settings: object) -> None:
    settings.BANK_TRANSFER = {"account_holder": "Shop", "iban": "GB33BUKB20201555555555"}  # type: ignore[attr-defined]
    assert offered() == ["card", "bank_transfer"]
    settings.BANK_TRANSFER = {"account_holder": "Shop", "bic": "BUKBGB22"}  # type: ignore[attr-defined]
    assert offered() == ["card"]


def test_programs_are_offered_no_more_than_shoppers(settings: object) -> None:
    given = shapes.PaymentIn(data={"provider": "bank_transfer"})
    given.is_valid(raise_exception=True)
    settings.BANK_TRANSFER = {}  # type: ignore[attr-defined]
    given = shapes.PaymentIn(data={"provider": "bank_transfer"})
    with pytest.raises(ValidationError, match="does not take it"):
        given.is_valid(raise_exception=True)
