"""What is known of people."""

from __future__ import annotations

import pytest

from shop.accounts import selectors
from shop.accounts.models import User
from shop.core import actors, db

pytestmark = pytest.mark.django_db


def test_actors_are_named_in_one_query(django_assert_num_queries: object) -> None:
    staff, customer = (User.objects.create_user(f"{name}@example.com", "a long password") for name in "ab")
    gone, known = (
        f"staff:{db.uuid7()}",
        {f"staff:{staff.pk}": "a@example.com", f"customer:{customer.pk}": "b@example.com"},
    )
    with django_assert_num_queries(1):  # type: ignore[operator]
        names = selectors.names_of([*known, *known, gone, "guest", "system", "staff:1", ""])
    assert names == known | {gone: gone, "guest": "a guest", "system": "the shop", "staff:1": "staff:1", "": ""}


def test_without_people_nothing_is_asked(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert selectors.names_of(["guest", "system"]) == {"guest": "a guest", "system": "the shop"}


def test_an_address_leads_to_the_actor_that_its_owner_is() -> None:
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    ada = User.objects.create_user("ada@example.com", "a long password")
    asked = ["Clerk@example.com ", "ada@example.com", "bob@example.com", ""]
    assert [actors.of_email(email) for email in asked] == [f"staff:{clerk.pk}", f"customer:{ada.pk}", None, None]


def test_customers_are_told_with_address_and_name(django_assert_num_queries: object) -> None:
    ada = User.objects.create_user("ada@example.com", "a long password", first_name="Ada", last_name="Lovelace")
    bob = User.objects.create_user("bob@example.com", "a long password")
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = selectors.customers([ada.pk, bob.pk, db.uuid7()])
    assert found == {ada.pk: ("ada@example.com", "Ada Lovelace"), bob.pk: ("bob@example.com", "")}
