"""Results in a customer's own order: never far from what fits the words, and only with consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog.recommendations import behaviour
from catalog.search import curations, personal
from catalog.search.engine import Hit
from catalog.search.models import Curation
from shop.accounts import services as accounts
from shop.accounts.models import User
from tests.factories import catalog
from tests.factories.accounts import UserFactory

HIT = Hit(
    product_id=UUID(int=0), external_id="", name="", slug="", brand_name="", brand_slug="", category_path="",
    price_minor=1, regular_minor=1, shown_currency="USD", has_range=False, is_sellable=True, is_in_stock=True,
    rating_average=0.0, rating_count=0, card={},
)  # fmt: skip


def hits(count: int, sold_out: int = 0) -> list[Hit]:
    return [
        replace(HIT, product_id=UUID(int=number), name=f"n{number}", is_in_stock=number < count)
        for number in range(count + sold_out)
    ]


def order(found: list[Hit]) -> list[int]:
    return [hit.product_id.int for hit in found]


@pytest.mark.parametrize(
    ("suits", "fixed", "expected"),
    [
        ({}, 0, [0, 1, 2, 3, 4, 5, 6]),
        ({6: 2.0}, 0, [0, 1, 6, 2, 3, 4, 5]),
        ({6: 2.0}, 4, [0, 1, 2, 3, 6, 4, 5]),
        ({1: 1.04}, 0, [0, 1, 2, 3, 4, 5, 6]),
        ({0: 0.1}, 0, [1, 2, 3, 4, 0, 5, 6]),
        ({2: 1.5, 1: 1.2}, 0, [2, 1, 0, 3, 4, 5, 6]),
    ],
)
def test_what_suits_climbs_a_little(suits: dict[int, float], fixed: int, expected: list[int]) -> None:
    factors = {UUID(int=key): value for key, value in suits.items()}

    assert order(personal.reordered(hits(7), factors, fixed=fixed)) == expected


def test_what_is_sold_out_stays_behind() -> None:
    assert order(personal.reordered(hits(2, sold_out=2), {UUID(int=3): 9.0})) == [0, 1, 3, 2]


@given(
    st.integers(0, 24), st.integers(0, 6), st.dictionaries(st.integers(0, 30), st.floats(0, 5), max_size=30),
    st.integers(0, 24),
)  # fmt: skip
def test_nothing_is_lost_and_nobody_goes_far(count: int, sold_out: int, factors: dict[int, float], fixed: int) -> None:
    before = hits(count, sold_out)

    after = personal.reordered(before, {UUID(int=key): value for key, value in factors.items()}, fixed=fixed)

    assert sorted(order(after)) == order(before)
    assert after[:fixed] == before[:fixed]
    assert all(abs(after.index(hit) - place) <= personal.MOST_PLACES for place, hit in enumerate(before))
    assert [hit.is_in_stock for hit in after[fixed:]] == sorted(
        (hit.is_in_stock for hit in after[fixed:]), reverse=True
    )


def test_what_was_typed_exactly_stays() -> None:
    found = hits(4)
    found[0] = replace(found[0], name="Desk Lamp")
    found[1] = replace(found[1], card={"sku": "DL-100"})

    assert personal.exact(found, "desk lamp", ()) == 1
    assert personal.exact(found[1:], "dl 100", ()) == 1
    assert personal.exact(found, "lamp", {UUID(int=0), UUID(int=1)}) == 2
    assert personal.exact(found[:1], "desk lamp", ()) == 1


def agree(customer: User, agrees: bool) -> None:
    accounts.save_preferences(
        customer_id=customer.pk, language="en", has_marketing_consent=False, has_profiling_consent=agrees, by="guest"
    )


@pytest.mark.django_db
def test_a_page_follows_a_customer_who_agreed(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    home, garden = catalog.category("Home"), catalog.category("Garden")
    liked = [catalog.product(name=f"Lamp liked {number}", brand="Loved", category=home) for number in range(3)]
    for number in range(3):
        catalog.product(name=f"Lamp {number}", brand="Acme", category=garden)
    catalog.product(name="Torch")
    customer = UserFactory()
    client.force_login(customer)

    def names(address: str) -> list[str]:
        return [card.name for card in client.get(address).context["cards"]]

    plain = names("/products/?q=lamp")
    agree(customer, True)
    for product in liked:
        behaviour.look(customer_id=customer.pk, product_id=product.pk, device="phone")
    behaviour.refresh(customer_id=customer.pk)

    mine = client.get("/products/?q=lamp")
    own = [card.name for card in mine.context["cards"]]
    assert sorted(own) == sorted(plain)
    assert sum(own.index(one.name) for one in liked) < sum(plain.index(one.name) for one in liked)
    assert mine.context["impersonal_url"] == "/products/?q=lamp&personal=0"
    usual = client.get("/products/?q=lamp&personal=0")
    assert names("/products/?q=lamp&personal=0") == plain
    assert usual.context["personal_url"] == "/products/?q=lamp"
    assert "Show my own order" in usual.content.decode()
    assert names("/products/?q=lamp&sort=newest") == names("/products/?q=lamp&sort=newest&personal=0")
    assert names("/products/?q=lamp+0")[0] == "Lamp 0"

    with django_capture_on_commit_callbacks(execute=True):
        curations.pin(Curation.objects.create(words="lamp", key="lamp"), [(catalog.product(name="Pinned").pk, False)])
    assert names("/products/?q=lamp")[0] == "Pinned"

    agree(customer, False)
    assert names("/products/?q=lamp")[1:] == plain
    assert "personal_url" not in client.get("/products/?q=lamp&personal=0").context
