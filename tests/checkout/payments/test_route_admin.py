"""The merchant's pages of routes, store credit and receivables, as a merchant uses them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.payments.models import PaymentRoute
from checkout.storecredit import selectors as credit
from shop.core.money import Money
from tests.factories.accounts import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
ROUTE = {"position": 1, "is_active": "on", "method": "card", "share": 100, "provider": "stripe"}


@pytest.fixture
def merchant(settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    return signed_in(is_superuser=True)


def signed_in(**about: Any) -> Client:
    client = Client()
    client.force_login(StaffFactory(**about))
    return client


def add(client: Client, **given: Any) -> Any:
    return client.post(reverse("admin:checkout_paymentroute_add"), ROUTE | given)


def errors(response: Any) -> list[str]:
    form = response.context["adminform"].form
    return [text for texts in form.errors.values() for text in texts]


def test_a_route_is_added_with_its_conditions(merchant: Client) -> None:
    response = add(merchant, currency="usd", countries="us, ca", minimum="50", maximum="500.50", provider="paypal")
    assert response.status_code == 302
    [route] = PaymentRoute.objects.all()
    assert (route.currency, route.countries, route.minimum_minor, route.maximum_minor) == ("USD", "CA US", 5000, 50050)
    page = merchant.get(reverse("admin:checkout_paymentroute_changelist")).content.decode()
    assert "Card, USD, CA US, $50.00 to $500.50" in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"currency": "DOLLARS"}, "“DOLLARS” is not a currency, as USD."),
        ({"countries": "US XX"}, "No country has the code XX."),
        ({"minimum": "5"}, "Amounts need a currency: a number alone is no price."),
        ({"currency": "JPY", "minimum": "5.5"}, "That has more digits than an amount in JPY."),
        ({"currency": "USD", "minimum": "9", "maximum": "5"}, "This is less than where the route begins."),
        ({"provider": "bank_transfer"}, "This provider does not take this method. Choose one of: stripe, paypal."),
        ({"provider": "square"}, "Select a valid choice. square is not one of the available choices."),
    ],
)
def test_what_makes_no_sense_is_said(merchant: Client, given: dict[str, Any], sentence: str) -> None:
    response = add(merchant, **given)
    assert (response.status_code, errors(response)) == (200, [sentence])
    assert not PaymentRoute.objects.exists()


def test_shares_of_the_same_conditions_come_to_a_hundred(merchant: Client) -> None:
    add(merchant, share=60)
    response = add(merchant, share=50, provider="paypal")
    assert errors(response) == ["Routes with the same conditions have 60 % already: at most 40 % are left."]
    assert add(merchant, share=40, provider="paypal").status_code == 302
    assert add(merchant, share=100, currency="EUR").status_code == 302


@pytest.mark.parametrize("share", [0, 101, 500])
def test_a_share_is_a_percentage(merchant: Client, share: int) -> None:
    response = add(merchant, share=share)
    assert response.context["adminform"].form.errors == {"share": ["Enter a share from 1 to 100 percent."]}


def test_the_list_warns_of_shares_that_do_not_come_to_a_hundred(merchant: Client) -> None:
    add(merchant, share=60)
    url = reverse("admin:checkout_paymentroute_changelist")
    text = "Shares of active routes with the same conditions do not come to 100 %."
    assert text in merchant.get(url).content.decode()
    add(merchant, share=40, provider="paypal")
    assert text not in merchant.get(url).content.decode()


def test_shares_are_changed_together_in_the_list(merchant: Client) -> None:
    rows = [PaymentRoute.objects.create(position=n, method="card", provider=code, share=50)
            for n, code in enumerate(("stripe", "paypal"))]  # fmt: skip

    def save(*shares: int) -> Any:
        data: dict[str, Any] = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
        for n, (row, share) in enumerate(zip(rows, shares, strict=True)):
            data |= {f"form-{n}-id": row.pk, f"form-{n}-position": n, f"form-{n}-is_active": "on",
                     f"form-{n}-share": share}  # fmt: skip
        return merchant.post(reverse("admin:checkout_paymentroute_changelist"), data)

    refused = save(70, 50)
    assert refused.status_code == 200
    assert "must come to 100 %" in refused.content.decode()
    assert save(70, 30).status_code == 302
    assert list(PaymentRoute.objects.values_list("share", flat=True)) == [70, 30]


def test_the_simulator_says_what_would_happen(merchant: Client) -> None:
    add(merchant, share=60, currency="USD")
    add(merchant, share=40, currency="USD", provider="paypal")
    url = reverse("admin:checkout_paymentroute_simulate")
    assert merchant.get(url).status_code == 200
    wish = {"method": "card", "currency": "usd", "country": "us", "amount": "20"}
    rows = merchant.get(url, wish).context["result"]
    assert [(row["share"], [one["code"] for one in row["providers"]]) for row in rows] == [
        (60, ["stripe", "paypal"]), (40, ["paypal", "stripe"])
    ]  # fmt: skip
    assert merchant.get(url, wish | {"currency": "nope"}).context["result"] is None


class TestCredit:
    def give(self, client: Client, email: str, **given: Any) -> Any:
        url = reverse("admin:checkout_creditaccount_give")
        page = client.get(url)
        if page.status_code != 200:
            return page
        key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]  # type: ignore[index]
        wish = {"direction": "grant", "email": email, "amount": "20", "currency": "USD", "reason": "Sorry", "key": key}
        return client.post(url, wish | given)

    def test_is_given_with_a_reason_once(self, merchant: Client) -> None:
        customer = UserFactory()
        key = "0192c0a0-0000-7000-8000-000000000001"
        for _click in range(2):
            assert self.give(merchant, customer.email.upper(), key=key).status_code == 302
        assert credit.balance(customer.pk, "USD") == Money(2000, "USD")
        assert self.give(merchant, customer.email, direction="withdraw", amount="5").status_code == 302
        assert credit.balance(customer.pk, "USD") == Money(1500, "USD")
        for name in ("creditaccount", "creditentry"):
            page = merchant.get(reverse(f"admin:checkout_{name}_changelist"))
            assert page.status_code == 200

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"email": "nobody@example.com"}, "No customer has this address."),
            ({"amount": "0"}, "Enter more than nothing."),
            ({"amount": "100000.01"}, "At most $100,000.00 can be given at once."),
            ({"amount": "0.001"}, "That has more digits than an amount in this currency."),
            ({"direction": "withdraw"}, "There are only $0.00."),
            ({"reason": ""}, "This field is required."),
        ],
    )
    def test_mistakes_are_said(self, merchant: Client, given: dict[str, Any], sentence: str) -> None:
        customer = UserFactory()
        response = self.give(merchant, **{"email": customer.email, **given})
        assert [text for texts in response.context["form"].errors.values() for text in texts] == [sentence]
        assert not credit.accounts_of(customer.pk)

    def test_A09_only_staff_with_the_permission_give_it(self, merchant: Client) -> None:
        customer = UserFactory()
        low = StaffFactory()
        low.user_permissions.add(Permission.objects.get(codename="view_creditaccount"))
        client = Client()
        client.force_login(low)
        assert self.give(client, customer.email).status_code == 403
        low.user_permissions.add(Permission.objects.get(codename="grant_credit"))
        client.force_login(low)
        assert self.give(client, customer.email).status_code == 302


@pytest.mark.parametrize("standing", ["", "open", "overdue"])
def test_receivables_are_listed(merchant: Client, standing: str) -> None:
    assert merchant.get(reverse("admin:checkout_receivable_changelist"), {"standing": standing}).status_code == 200
