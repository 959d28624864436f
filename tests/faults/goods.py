"""A few products, delivery and tax for a new shop: `python -m tests.faults.goods` in its surroundings."""

from __future__ import annotations

import sys

import django


def fill() -> None:
    from tests.factories import cart, catalog

    cart.rates()
    for number in range(3):
        catalog.product(units=1000, amount=2500 + number)


def customer() -> None:
    """Ada, with an address that is proven."""
    from allauth.account.models import EmailAddress

    from tests.factories import cart

    ada = cart.customer()
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)


if __name__ == "__main__":
    django.setup()
    customer() if "customer" in sys.argv else fill()
