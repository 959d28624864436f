"""The price that a shopper was told, on the line: what a change of it is told by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from cart.carts import locking
from cart.carts.models import Cart, CartLine
from catalog.customizations import rules as customizing
from catalog.products import selectors as products
from shop.accounts import selectors as accounts
from shop.core import db
from shop.core.money import Money


def offers(variant_ids: Iterable[UUID], cart: Cart) -> dict[UUID, products.Offer]:
    """What the catalogue offers whose cart it is."""
    price_list = accounts.standing(cart.customer_id).price_list
    return products.offers(variant_ids, currency=cart.currency, price_list=price_list)


def note(line: CartLine, offer: products.Offer, quantity: int | None = None) -> None:
    """What the shopper sees now that a unit costs, made as the line says, of so many as are in it. The caller saves
    it."""
    price = _price(line, offer, quantity or line.quantity)
    if price is not None:
        line.unit_price_minor, line.currency = price.minor, price.currency


def follow(line: CartLine, offer: products.Offer | None, quantity: int) -> None:
    """The same for another quantity, unless there is a price of which the shopper has not heard yet."""
    if offer and _price(line, offer, line.quantity) == Money(line.unit_price_minor, line.currency):
        note(line, offer, quantity)


def _price(line: CartLine, offer: products.Offer, quantity: int) -> Money | None:
    price = offer.for_quantity(quantity)
    more = customizing.answers(offer.asked, line.customizations).price_minor
    return None if price is None else price + Money(more, price.currency)


def acknowledge(*, cart: Cart, prices: Mapping[str, int]) -> None:
    """The shopper has seen these unit prices (minor units, by line's key) and goes on: remember them on the lines."""
    with transaction.atomic(using=db.DEFAULT):
        locking.cart(cart.pk)
        for line in CartLine.objects.filter(cart_id=cart.pk):
            seen = prices.get(line.key, line.unit_price_minor)
            if (line.unit_price_minor, line.currency) != (seen, cart.currency) and line.key in prices:
                line.unit_price_minor, line.currency = seen, cart.currency
                line.save(update_fields=["unit_price_minor", "currency"])
