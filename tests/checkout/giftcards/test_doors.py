"""Gift cards through the shop's doors: the page of the balance, the payment page, the order's page and REST."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.giftcards import services
from checkout.orders.models import Order
from checkout.payments.models import Payment
from shop.core import db
from shop.core.money import Money
from tests.checkout.api.test_shopper import BODY, call
from tests.checkout.purchase.test_views import enter, pay, put_in
from tests.factories import cart as carts
from tests.factories.currencies import currency
from tests.factories.giftcards import card, code, left

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def page(client: Client) -> str:
    put_in(client, carts.product())
    enter(client)
    return client.get(reverse("payment")).content.decode()


def use(client: Client, typed: str, **more: str) -> Any:
    return client.post(reverse("gift_card_use"), {"code": typed, "next": reverse("payment"), **more}, follow=True)


def opened() -> list[tuple[str, str, int]]:
    return list(Payment.objects.order_by("id").values_list("provider", "token", "amount_minor"))


class TestRefusal:
    def test_is_said_at_the_field_with_what_was_typed_once(self, client: Client) -> None:
        page(client)
        answer = client.post(reverse("gift_card_use"), {"code": "AAAA-BBBB", "next": reverse("payment")})
        assert (answer.status_code, answer["Location"]) == (303, f"{reverse('payment')}#gift-code")
        shown = client.get(reverse("payment"))
        assert shown.context["gift_typed"] == "AAAA-BBBB"
        text = shown.content.decode()
        assert re.search(r'<input id="gift-code"[^>]* value="AAAA-BBBB" aria-invalid="true"', text)
        assert re.search(r'<div class="field__error" id="gift-code_error" role="alert">We do not know this code', text)
        assert "gift-code_error" not in client.get(reverse("payment")).content.decode()

    def test_a_code_that_a_card_has_is_not_kept(self, client: Client) -> None:
        page(client)
        typed = code(card(currency="EUR"))
        client.post(reverse("gift_card_use"), {"code": typed, "next": reverse("payment")})
        assert typed not in str(dict(client.session.items()))
        assert client.get(reverse("payment")).context["gift_problem"]


class TestBalance:
    def test_is_told_for_a_code_however_it_is_typed(self, client: Client) -> None:
        gift = card(1234)
        assert client.get(reverse("gift_card")).status_code == 200
        response = client.post(reverse("gift_card"), {"code": code(gift).lower().replace("-", " ")})
        assert (response.status_code, "$12.34" in response.content.decode()) == (200, True)
        assert code(gift) not in str(response.headers)

    @pytest.mark.parametrize("typed", ["0000-0000-0000-0000", "x", "ÄÖÜ", "A" * 41, ""])
    def test_unknown_codes_tell_nothing(self, client: Client, typed: str) -> None:
        assert client.post(reverse("gift_card"), {"code": typed}).status_code == 422

    def test_A19_an_ended_card_is_answered_like_an_unknown_one(self, client: Client) -> None:
        gift = card()
        services.end(card_id=gift.pk, by="staff:1")
        answers = [
            client.post(reverse("gift_card"), {"code": typed}).content.decode().count("We do not know this code")
            for typed in (code(gift), "0000-0000-0000-0000")
        ]
        assert answers[0] == answers[1] > 0

    def test_A18_guessing_is_stopped_on_both_pages_together(self, client: Client, settings: Any) -> None:
        settings.RATELIMIT_ENABLE = True
        gift = card()
        for _guess in range(9):
            client.post(reverse("gift_card"), {"code": "0000-0000-0000-0000"})
        use(client, "0000-0000-0000-0000")
        response = client.post(reverse("gift_card"), {"code": code(gift)})
        assert (response.status_code, "$20.00" in response.content.decode()) == (429, False)


class TestPaymentPage:
    def test_a_part_is_paid_with_a_card(self, client: Client) -> None:
        gift = card(2000)
        page(client)
        text = use(client, code(gift)).content.decode()
        assert f"Gift card ending in {gift.last4}" in text
        assert "Pays $20.00 of the $20.00 on it" in text
        assert 'name="seen_gift" value="2000"' in text
        pay(client, seen_gift="2000")
        order = Order.objects.get()
        assert opened() == [
            ("gift_card", str(gift.pk), 2000), ("stripe", "pm_card_visa", order.total_minor - 2000),
        ]  # fmt: skip
        assert client.session["gift_cards"] == []

    def test_all_is_paid_with_cards_and_nothing_else_is_asked_for(self, client: Client) -> None:
        first, second = card(1000), card(100_000)
        page(client)
        use(client, code(first))
        text = use(client, code(second)).content.decode()
        assert "card-number-input" not in text
        assert "with gift card" in text
        total = Order.objects.count() or pay(client, payment_token="", method="", seen_gift="")
        order = Order.objects.get()
        assert total.status_code == 303
        assert opened() == [
            ("gift_card", str(first.pk), 1000), ("gift_card", str(second.pk), order.total_minor - 1000),
        ]  # fmt: skip

    def test_a_card_is_removed_again(self, client: Client) -> None:
        gift = card(2000)
        page(client)
        use(client, code(gift))
        client.post(reverse("gift_card_drop"), {"card": str(gift.pk), "next": reverse("payment")})
        pay(client)
        assert opened() == [("stripe", "pm_card_visa", Order.objects.get().total_minor)]
        assert left(gift) == 2000

    def test_a_changed_balance_is_asked_about_and_nothing_is_lost(self, client: Client) -> None:
        gift = card(2000)
        page(client)
        use(client, code(gift))
        services.withdraw(card_id=gift.pk, amount=Money(500, "USD"), reason="x", key="w", by="staff:1")
        response = pay(client, seen_gift="2000")
        text = response.content.decode()
        assert (response.status_code, Order.objects.count()) == (400, 0)
        assert "The balance of your gift card has changed" in text
        assert "Pays $15.00" in text

    @pytest.mark.parametrize("what", ["unknown", "empty", "expired", "euros", "nothing left"])
    def test_what_cannot_pay_says_why(self, client: Client, what: str) -> None:
        page(client)
        gift = card(2000, currency="EUR" if what == "euros" else "USD")
        typed = {"unknown": "0000-0000-0000-0000", "empty": ""}.get(what) or code(gift)
        if what == "expired":
            type(gift).objects.update(expires_at=db.clock())
        if what == "nothing left":
            services.withdraw(card_id=gift.pk, amount=gift.balance, reason="x", key="w", by="staff:1")
        told = {
            "unknown": "We do not know this code", "empty": "Enter the code", "expired": "has expired",
            "euros": "This gift card is in EUR", "nothing left": "Nothing is left",
        }  # fmt: skip
        text = use(client, typed if what != "empty" else "").content.decode()
        assert told[what] in text
        assert 'data-testid="gift-card"' not in text

    def test_a_card_that_cannot_pay_in_another_currency_stays_and_says_so(self, client: Client) -> None:
        currency("EUR", "0.5")
        gift = card(2000)
        page(client)
        use(client, code(gift))
        client.post("/currency/", {"currency": "EUR"})
        text = client.get(reverse("payment")).content.decode()
        told = "This gift card is in USD; here you pay in EUR. It does not pay here."
        assert [told in text, "seen_gift" in text] == [True, False]
        client.post("/currency/", {"currency": "USD"})
        text = client.get(reverse("payment")).content.decode()
        assert [told in text, 'name="seen_gift" value="2000"' in text] == [False, True]

    def test_a_card_that_was_ended_meanwhile_says_no_more_than_an_unknown_one(self, client: Client) -> None:
        gift = card(2000)
        page(client)
        use(client, code(gift))
        services.end(card_id=gift.pk, by="staff:1")
        text = client.get(reverse("payment")).content.decode()
        assert "We do not know this code." in text
        client.post(reverse("gift_card_drop"), {"card": str(gift.pk), "next": reverse("payment")})
        assert "We do not know this code." not in client.get(reverse("payment")).content.decode()

    def test_a_currency_that_is_switched_off_meanwhile_is_told(self, client: Client) -> None:
        currency("EUR", "0.5")
        client.post("/currency/", {"currency": "EUR"})
        assert "€" in page(client)
        currency("EUR", "0.5", is_active=False)
        text = client.get(reverse("payment")).content.decode()
        told = "We do not sell in EUR any more; all prices are in our own currency now."
        assert [told in text, "€" in text] == [True, False]

    @pytest.mark.parametrize("seen", ["-1", "x", "99999999999999999999"])
    def test_A12_amounts_of_the_browser_pay_nothing(self, client: Client, seen: str) -> None:
        gift = card(2000)
        page(client)
        use(client, code(gift))
        assert (pay(client, seen_gift=seen).status_code, Order.objects.count()) == (400, 0)

    def test_A25_another_site_is_not_led_to(self, client: Client) -> None:
        page(client)
        for url in (
            "https://evil.example/",
            "//evil.example/",
            "javascript:alert(1)",
            "/\\\\evil.example",
            "https:evil",
        ):
            response = client.post(reverse("gift_card_use"), {"code": code(card()), "next": url})
            assert response["Location"] == reverse("payment")

    def test_no_more_than_five(self, client: Client) -> None:
        page(client)
        for _number in range(5):
            use(client, code(card(100)))
        assert "No more gift cards" in use(client, code(card(100))).content.decode()


class TestRest:
    def place(self, client: Client, payment: dict[str, Any], key: str = "k") -> Any:
        cart = carts.cart((carts.product(amount=2500), 2))
        body = {**BODY, "payment": payment}
        return call(client, "POST", "orders", body, X_Cart_Token=cart.token, Idempotency_Key=key)

    def test_gift_cards_pay_first(self, client: Client) -> None:
        gift = card(2000)
        payment = {"provider": "stripe", "token": "pm_card_visa", "giftCards": [code(gift)]}
        assert self.place(client, payment).status_code == 201
        assert opened() == [("gift_card", str(gift.pk), 2000), ("stripe", "pm_card_visa", 3912)]

    def test_gift_cards_pay_everything(self, client: Client) -> None:
        gift = card(20_000)
        assert self.place(client, {"provider": "gift_card", "giftCards": [code(gift)]}).status_code == 201
        assert opened() == [("gift_card", str(gift.pk), 5912)]

    @pytest.mark.parametrize("given", [["0000-0000-0000-0000"], ["x"], [""], [1, 2], "x", ["a"] * 6])
    def test_what_cannot_pay_is_refused_and_nothing_is_done(self, client: Client, given: Any) -> None:
        response = self.place(client, {"provider": "stripe", "token": "pm_card_visa", "giftCards": given})
        assert (response.status_code, response.json()["error"]["code"]) == (400, "validation_error")
        assert not Order.objects.exists()

    def test_a_card_that_does_not_pay_everything_is_refused_alone(self, client: Client) -> None:
        response = self.place(client, {"provider": "gift_card", "giftCards": [code(card(100))]})
        assert (response.status_code, Order.objects.count()) == (400, 0)
