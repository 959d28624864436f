"""The waiting line's pages, with and without script."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cart.carts.models import CartLine
from catalog.products.models import Product
from catalog.restock import access, services
from catalog.restock.models import RestockRequest
from inventory.stock import services as stock
from inventory.waitlist import services as waitlist
from inventory.waitlist.models import WaitingEntry
from tests.factories import cart as carts
from tests.factories import catalog
from tests.factories.waitlist import lapse, statuses
from tests.outbox import drain

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def sold_out() -> tuple[Product, UUID]:
    made = catalog.product(units=0, indexed=False, name="Oak stool")
    return made, carts.variant_of(made).pk


def ask(client: Client, made: Product, variant: Any, email: str = "ada@example.com", **headers: str) -> Any:
    form = {"variant": str(variant), "email": email}
    return client.post(reverse("restock_ask", args=[made.slug]), form, headers=headers)


def waiting(variant: UUID, email: str = "ada@example.com") -> UUID:
    return services.ask(variant_id=variant, email=email, language="en", customer_id=None, by="guest")


def held(variant: UUID, email: str = "ada@example.com") -> UUID:
    entry = waiting(variant, email)
    stock.receive(variant_id=variant, sku="SKU", quantity=1, reason="delivery", by="staff:1")
    drain()
    return entry


def place(entry: UUID) -> str:
    return reverse("restock_place", args=[access.token_of(entry)])


def leave(entry: UUID) -> str:
    return reverse("restock_leave", args=[access.token_of(entry)])


class TestProductPage:
    def test_a_sold_out_variant_has_the_form(self, client: Client) -> None:
        made, variant = sold_out()
        page = client.get(made.get_absolute_url()).content.decode()
        assert f'action="{reverse("restock_ask", args=[made.slug])}"' in page
        assert f'name="variant" value="{variant}"' in page

    def test_what_can_be_bought_has_none(self, client: Client) -> None:
        made = catalog.product(units=1, indexed=False)
        assert 'id="restock"' not in client.get(made.get_absolute_url()).content.decode()

    def test_a_customers_address_is_filled_in(self, client: Client) -> None:
        made, _variant = sold_out()
        client.force_login(carts.customer("eve@example.com"))
        assert 'name="email" value="eve@example.com"' in client.get(made.get_absolute_url()).content.decode()


class TestAsk:
    def test_without_script(self, client: Client) -> None:
        made, variant = sold_out()
        answer = ask(client, made, variant)
        assert (answer.status_code, answer["Location"]) == (303, reverse("restock_asked", args=[made.slug]))
        assert "You are in line." in client.get(answer["Location"]).content.decode()
        assert RestockRequest.objects.get().email == "ada@example.com"

    def test_with_htmx_in_place(self, client: Client) -> None:
        made, variant = sold_out()
        answer = ask(client, made, variant, **HTMX)
        assert answer.status_code == 200
        assert next(template.name for template in answer.templates) == "catalog/restock/_asked.html"

    def test_a_known_address_reads_what_an_unknown_one_reads(self, client: Client) -> None:
        made, variant = sold_out()
        answers = [ask(client, made, variant, **HTMX).content for _ in range(2)]
        answers += [ask(client, made, variant, "bob@example.com", **HTMX).content]
        assert len(set(answers)) == 1

    def test_a_customer_is_remembered_as_one(self, client: Client) -> None:
        made, variant = sold_out()
        person = carts.customer()
        client.force_login(person)
        ask(client, made, variant)
        assert RestockRequest.objects.get().customer_id == person.pk

    @pytest.mark.parametrize("email", ["", "ada", "a@b", "x" * 250 + "@example.com", "a@example.com\nBcc: b@c.de"])
    def test_what_is_no_address_is_refused_and_kept_in_the_form(self, client: Client, email: str) -> None:
        made, variant = sold_out()
        assert ask(client, made, variant, email).status_code == 422
        assert ask(client, made, variant, email, **HTMX).status_code == 200
        assert not RestockRequest.objects.exists()

    def test_what_is_available_again_says_so(self, client: Client) -> None:
        made = catalog.product(units=1, indexed=False)
        answer = ask(client, made, carts.variant_of(made).pk)
        assert answer.status_code == 409
        assert "available now" in answer.content.decode()

    @pytest.mark.parametrize("variant", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_an_unknown_variant(self, client: Client, variant: str) -> None:
        made, _variant = sold_out()
        assert ask(client, made, variant).status_code in {409, 422}
        assert not RestockRequest.objects.exists()

    def test_an_unknown_product(self, client: Client) -> None:
        assert client.get(reverse("restock_ask", args=["nothing"])).status_code == 404

    def test_the_form_has_a_page_of_its_own(self, client: Client) -> None:
        made, variant = sold_out()
        page = client.get(reverse("restock_ask", args=[made.slug]), {"variant": str(variant)})
        assert f'value="{variant}"' in page.content.decode()

    def test_ten_in_ten_minutes(self, client: Client, settings: Any) -> None:
        settings.RATELIMIT_ENABLE = True
        made, variant = sold_out()
        answers = [ask(client, made, variant, f"a{n}@example.com").status_code for n in range(11)]
        assert answers == [303] * 10 + [429]
        cache.delete_pattern("*")


class TestPlace:
    def test_the_place_of_who_waits(self, client: Client) -> None:
        _made, variant = sold_out()
        waiting(variant)
        second = waiting(variant, "bob@example.com")
        page = client.get(place(second))
        assert "You are number 2 in line" in page.content.decode()
        assert page["Referrer-Policy"] == "same-origin"

    def test_looking_changes_nothing(self, client: Client) -> None:
        _made, variant = sold_out()
        entry = held(variant)
        for address in (place(entry), leave(entry)):
            assert client.get(address).status_code == 200
            assert client.head(address).status_code == 200
        assert statuses(entry) == ["offered"]
        assert not CartLine.objects.exists()

    def test_one_press_puts_the_held_unit_into_the_cart(self, client: Client) -> None:
        made, variant = sold_out()
        entry = held(variant)
        assert "It is your turn" in client.get(place(entry)).content.decode()
        for _ in range(2):
            answer = client.post(reverse("cart_claim"), {"token": access.token_of(entry)})
            assert (answer.status_code, answer["Location"]) == (303, reverse("cart"))
        line = CartLine.objects.get()
        assert (line.variant_id, line.quantity, line.claim_id) == (variant, 1, entry)
        page = client.get(reverse("cart"))
        assert "Held for you until" in page.content.decode()
        assert page.context["cart"].can_checkout
        assert client.get(made.get_absolute_url()).context["variant"].stock == "out"

    @pytest.mark.parametrize(
        ("end", "words"),
        [
            ("passed", "Your turn has passed"),
            ("taken", "It has been ordered"),
            ("left", "You are out of the line"),
            ("gone", "This link is no longer in use"),
        ],
    )
    def test_a_link_that_is_over_says_so_and_gives_nothing(self, client: Client, end: str, words: str) -> None:
        _made, variant = sold_out()
        entry = held(variant)
        if end == "passed":
            lapse(entry)
        elif end == "taken":
            waitlist.reserve(
                quantities={variant: 1}, reference=uuid4(), ttl=timedelta(minutes=15), claims=[entry], by="guest"
            )
        elif end == "left":
            services.leave(entry_id=entry, by="guest")
        else:
            entry = uuid4()
        assert words in client.get(place(entry)).content.decode()
        answer = client.post(reverse("cart_claim"), {"token": access.token_of(entry)}, follow=True)
        assert answer.redirect_chain == [(place(entry), 303)]
        refusal = {"taken": "What this link held for you was ordered already."}
        assert refusal.get(end, "Nothing is held for you any more.") in answer.content.decode()
        assert not CartLine.objects.exists()

    @pytest.mark.parametrize("token", ["nonsense", "0" * 32 + ":forged"])
    def test_a_forged_link_is_not_found(self, client: Client, token: str) -> None:
        for name in ("restock_place", "restock_leave"):
            assert client.get(reverse(name, args=[token])).status_code == 404
        assert client.post(reverse("restock_leave", args=[token])).status_code == 404
        assert client.post(reverse("cart_claim"), {"token": token}).status_code == 404
        assert client.post(reverse("cart_claim")).status_code == 404

    def test_a_claim_is_posted(self, client: Client) -> None:
        assert client.get(reverse("cart_claim")).status_code == 405


class TestLeave:
    def test_asks_first_then_leaves(self, client: Client) -> None:
        _made, variant = sold_out()
        entry = waiting(variant)
        assert "Leave the line?" in client.get(leave(entry)).content.decode()
        answer = client.post(leave(entry), follow=True)
        assert answer.redirect_chain == [(place(entry), 303)]
        assert "You are out of the line" in answer.content.decode()
        assert statuses(entry) == ["left"]
        assert "There is nothing to leave" in client.get(leave(entry)).content.decode()
        client.post(leave(entry))
        assert WaitingEntry.objects.get().status == "left"


def test_a_customer_sees_where_they_wait(client: Client) -> None:
    person = carts.customer()
    client.force_login(person)
    page = client.get(reverse("account")).content.decode()
    assert "Waiting for" not in page
    made, variant = sold_out()
    ask(client, made, variant)
    entry = RestockRequest.objects.get().pk
    page = client.get(reverse("account")).content.decode()
    assert "Number 1 in line" in page
    assert place(entry) in page
    stock.receive(variant_id=variant, sku="SKU", quantity=1, reason="delivery", by="staff:1")
    drain()
    assert "It is your turn" in client.get(reverse("account")).content.decode()
