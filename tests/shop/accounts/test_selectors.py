"""What is known of people."""

from __future__ import annotations

import pytest

from shop.accounts import selectors
from shop.accounts.models import User
from shop.core import db

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
