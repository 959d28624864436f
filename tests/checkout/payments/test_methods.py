"""What shoppers may choose from when they pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from rest_framework.exceptions import ValidationError

from checkout.api import shapes
from checkout.payments import methods
from shop.core.money import Money
from tests.factories.accounts import UserFactory

GUEST = methods.Shopper(None, Money(3000, "USD"), "US")


def offered(shopper: methods.Shopper = GUEST) -> list[str]:
    assert [choice["id"] for choice in methods.choices(shopper)] == list(methods.on_offer(shopper))
    return list(methods.on_offer(shopper))


def test_what_has_no_account_behind_it_is_not_offered(settings: Any) -> None:
    settings.PAYPAL_CLIENT_ID = ""
    settings.BANK_TRANSFER = {"account_holder": "Shop", "iban": "GB33BUKB20201555555555"}
    assert offered() == ["card", "bank_transfer"]
    settings.BANK_TRANSFER = {"account_holder": "Shop", "bic": "BUKBGB22"}
    settings.PAYPAL_CLIENT_ID = "client"
    assert offered() == ["card", "paypal"]


@pytest.mark.django_db
class TestInvoice:
    @pytest.fixture
    def customer(self) -> Any:
        customer = UserFactory()
        customer.groups.add(Group.objects.create(name="Invoice customers"))
        return customer

    def shopper(self, customer: Any, minor: int = 3000, currency: str = "USD") -> methods.Shopper:
        return methods.Shopper(customer.pk, Money(minor, currency), "US")

    def test_is_for_customers_whom_the_merchant_knows(self, customer: Any) -> None:
        assert "invoice" in offered(self.shopper(customer))
        assert "invoice" not in offered(self.shopper(UserFactory()))
        assert "invoice" not in offered()

    def test_ends_at_the_limit_and_with_the_group(self, customer: Any, settings: Any) -> None:
        settings.INVOICE_LIMIT = Decimal(50)
        assert "invoice" in offered(self.shopper(customer, 5000))
        assert "invoice" not in offered(self.shopper(customer, 5001))
        assert "invoice" not in offered(self.shopper(customer, 5000, "EUR"))
        customer.groups.clear()
        assert "invoice" not in offered(self.shopper(customer))

    def test_is_not_for_an_account_that_was_closed(self, customer: Any) -> None:
        customer.is_active = False
        customer.save()
        assert "invoice" not in offered(self.shopper(customer))


def test_what_is_done_by_hand_serves_its_own_method_alone() -> None:
    assert methods.takers("card") == ["stripe", "paypal"]
    assert methods.takers("invoice") == ["invoice"]
    assert methods.takers("bank_transfer") == ["bank_transfer"]


def test_programs_are_offered_no_more_than_shoppers(settings: object) -> None:
    given = shapes.PaymentIn(data={"provider": "bank_transfer"})
    given.is_valid(raise_exception=True)
    settings.BANK_TRANSFER = {}  # type: ignore[attr-defined]
    given = shapes.PaymentIn(data={"provider": "bank_transfer"})
    with pytest.raises(ValidationError, match="does not take it"):
        given.is_valid(raise_exception=True)
