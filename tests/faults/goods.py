"""A few products, delivery and tax for a shop that was just made: `python -m tests.faults.goods` in its surroundings."""

from __future__ import annotations

import django


def fill() -> None:
    from tests.factories import cart, catalog

    cart.rates()
    for number in range(3):
        catalog.product(units=1000, amount=2500 + number)


if __name__ == "__main__":
    django.setup()
    fill()
