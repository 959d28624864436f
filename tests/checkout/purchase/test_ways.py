"""Ways to pay through the shop's doors: the payment page, the order's page and REST."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from checkout.cards import services as cards
from checkout.cards.models import SavedCard
from checkout.orders.models import Order
from checkout.payments.models import Payment, PaymentRoute
from checkout.storecredit import services as credit
from shop.core import db
from shop.core.money import Money
from tests.checkout.api.test_shopper import BODY, call
from tests.checkout.purchase.test_views import enter, pay, put_in
from tests.factories import cart as carts
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


@pytest.fixture
def customer(client: Client) -> Any:
    made = UserFactory()
    client.force_login(made)
    return made


def give(customer: Any, minor: int) -> None:
    amount = Money(minor, "USD")
    credit.grant(customer_id=customer.pk, amount=amount, reason="Sorry", key=str(db.uuid7()), by="staff:1")


def card_of(customer: Any) -> SavedCard:
    cards.keep(
        customer_id=customer.pk, provider="stripe", reference="cus_1", token="pm_kept", brand="visa", last4="4242",
        expires="2031-04",
    )  # fmt: skip
    return SavedCard.objects.get(customer_id=customer.pk)


def page(client: Client) -> str:
    put_in(client, carts.product())
    enter(client)
    return client.get(reverse("payment")).content.decode()


def opened() -> list[tuple[str, str, int]]:
    return list(Payment.objects.order_by("id").values_list("provider", "token", "amount_minor"))


class TestPage:
    def test_a_guest_sees_neither_credit_nor_cards(self, client: Client) -> None:
        text = page(client)
        assert 'name="use_credit"' not in text
        assert 'name="save_card"' not in text
        assert 'value="invoice"' not in text

    def test_a_customer_sees_credit_cards_and_the_invoice(self, client: Client, customer: Any) -> None:
        give(customer, 2000)
        card_of(customer)
        customer.groups.add(Group.objects.create(name="Invoice customers"))
        text = page(client)
        assert "Use store credit ($20.00)" in text
        assert "Visa ending in 4242" in text
        assert "expires 04/31" in text
        assert "Save this card for next time" in text
        assert 'value="invoice"' in text

    def test_a_part_is_paid_with_credit(self, client: Client, customer: Any) -> None:
        give(customer, 2000)
        page(client)
        pay(client, use_credit="1")
        order = Order.objects.get()
        assert opened() == [("store_credit", "", 2000), ("stripe", "pm_card_visa", order.total_minor - 2000)]

    def test_all_is_paid_with_credit_and_no_card_is_asked_for(self, client: Client, customer: Any) -> None:
        give(customer, 100_000)
        assert "data-pays-all" in page(client)
        pay(client, use_credit="1", payment_token="", method="")
        assert opened() == [("store_credit", "", Order.objects.get().total_minor)]

    def test_a_saved_card_needs_no_token(self, client: Client, customer: Any) -> None:
        card = card_of(customer)
        page(client)
        pay(client, saved_card=str(card.pk), payment_token="", hosted="1")
        assert opened() == [("stripe", "pm_kept", Order.objects.get().total_minor)]

    def test_A05_another_customers_card_is_refused_without_an_echo(self, client: Client, customer: Any) -> None:
        card = card_of(UserFactory())
        page(client)
        response = pay(client, saved_card=str(card.pk), payment_token="")
        assert (response.status_code, Order.objects.count()) == (400, 0)
        assert str(card.pk) not in response.content.decode()

    def test_A12_what_the_browser_says_of_credit_is_not_believed(self, client: Client, customer: Any) -> None:
        page(client)
        response = pay(client, use_credit="1", payment_token="", balance="9999")
        assert (response.status_code, Order.objects.count()) == (400, 0)

    def test_A10_an_invoice_is_not_had_by_asking_for_it(self, client: Client, customer: Any) -> None:
        page(client)
        assert pay(client, method="invoice").status_code == 400
        assert not Order.objects.exists()

    def test_cards_routed_to_another_provider_are_entered_there(self, client: Client) -> None:
        PaymentRoute.objects.create(position=1, method="card", provider="paypal")
        text = page(client)
        assert "card-number-input" not in text
        assert "You enter your card on the page of PayPal" in text
        response = pay(client, payment_token="")
        order = Order.objects.get()
        assert response["Location"].startswith(reverse("order_payment_page", args=[order.number]))
        assert opened() == [("paypal", "", order.total_minor)]


class TestRest:
    def place(self, client: Client, **payment: Any) -> Any:
        put_in(client, carts.product())
        return call(client, "POST", "orders", BODY | {"payment": payment}, **{"Idempotency-Key": str(db.uuid7())})

    def test_A05_another_customers_card_is_400_without_an_echo(self, client: Client, customer: Any) -> None:
        card = card_of(UserFactory())
        answer = self.place(client, provider="stripe", savedCard=str(card.pk))
        assert (answer.status_code, Order.objects.count()) == (400, 0)
        assert list(json.loads(answer.content)["error"]["fields"]["payment"]) == ["savedCard"]
        assert str(card.pk) not in answer.content.decode()

    def test_store_credit_that_is_not_there_is_400(self, client: Client, customer: Any) -> None:
        assert self.place(client, provider="store_credit").status_code == 400
        assert not Order.objects.exists()

    def test_an_invoice_for_who_may_not_is_400(self, client: Client, customer: Any) -> None:
        assert self.place(client, provider="invoice").status_code == 400


class TestAccount:
    def test_A07_cards_of_others_are_404(self, client: Client, customer: Any) -> None:
        card = card_of(UserFactory())
        for name in ("saved_card_delete", "saved_card_default"):
            assert client.post(reverse(name, args=[card.pk])).status_code == 404
        card.refresh_from_db()
        assert card.removed_at is None

    def test_a_card_is_deleted_after_a_question(self, client: Client, customer: Any) -> None:
        card = card_of(customer)
        assert "4242" in client.get(reverse("saved_cards")).content.decode()
        url = reverse("saved_card_delete", args=[card.pk])
        assert "Delete this card?" in client.get(url).content.decode()
        assert client.post(url).status_code == 303
        assert "4242" not in client.get(reverse("saved_cards")).content.decode()

    def test_a_card_is_made_the_default(self, client: Client, customer: Any) -> None:
        card = card_of(customer)
        assert client.post(reverse("saved_card_default", args=[card.pk])).status_code == 303

    def test_credit_shows_balance_and_history(
        self, client: Client, customer: Any, django_assert_max_num_queries: Any
    ) -> None:
        give(customer, 2000)
        for number in range(5):
            give(customer, 100 + number)
        with django_assert_max_num_queries(7):  # one to learn which currencies there are
            text = client.get(reverse("store_credit")).content.decode()
        assert "$25.10" in text
        assert text.count("Sorry") == 6
        client.logout()
        assert client.get(reverse("store_credit")).status_code == 302
