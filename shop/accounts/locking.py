"""The row lock of an account: its address book and preferences change only under it."""

from __future__ import annotations

from uuid import UUID

from shop.accounts.models import User
from shop.core import db


def customer(customer_id: UUID) -> User:
    """Lock and return the user. Raises `User.DoesNotExist`."""
    return User.objects.using(db.DEFAULT).select_for_update(no_key=True).get(pk=customer_id)
