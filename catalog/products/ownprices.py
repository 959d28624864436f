"""The prices of lists for who has a price list of their own, or pays in another currency than the shop's own.

Lists are found, filtered and cached at everybody's prices in the shop's own currency; what somebody else pays is put
over them when they are shown, so that no cache holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.products import offering
from catalog.products.cards import Card
from catalog.products.charging import PUBLIC
from catalog.products.models import ListingPrice, Product
from shop.core.money import Money
from shop.currencies import selectors as currencies


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """What a product costs from, without a sale as well, and whether its variants differ."""

    price: Money
    regular: Money
    has_range: bool


def own_prices(product_ids: Iterable[UUID], *, currency: str, price_list: str) -> dict[UUID, OwnPrice]:
    """Of the products that have another price than everybody's in the shop's own currency: in this list, or all that
    are sold in another currency. One query, none for everybody's list in the shop's own.
    """
    if currency != settings.DEFAULT_CURRENCY:
        found = offering.lowest(product_ids, currency=currency, price_list=price_list)
        return {
            key: OwnPrice(Money(low.amount, currency), Money(low.regular, currency), low.has_range)
            for key, low in found.items()
        }
    if price_list == PUBLIC:
        return {}
    rows = ListingPrice.objects.filter(product_id__in=list(product_ids), currency=currency, price_list=price_list)
    columns = rows.values_list("product_id", "amount_minor", "regular_minor", "has_range")
    return {
        key: OwnPrice(Money(amount, currency), Money(regular, currency), has_range)
        for key, amount, regular, has_range in columns
    }


def lack(currency: str, *, is_converted: bool) -> str:
    """What the merchant must know of a currency in which only some products have a price; else nothing."""
    if is_converted:
        return ""
    every = Product.objects.visible().count()
    priced = ListingPrice.objects.filter(currency=currency, product__in=Product.objects.visible())
    known = priced.values("product_id").distinct().count()
    told = {"known": known, "every": every, "currency": currency}
    return (
        _("%(known)s of %(every)s products have a price in %(currency)s: only these are sold and listed in it.") % told
    )


def on_cards(cards: Sequence[Card], *, currency: str, price_list: str) -> list[Card]:
    """The same cards with what they cost who has this price list and pays in this currency. What is not sold in it says
    so; where nothing is converted to it, that is left out, as it is in lists.
    """
    own = own_prices([card.product_id for card in cards], currency=currency, price_list=price_list)
    is_sold = currency == settings.DEFAULT_CURRENCY
    if currencies.only_in(currency):
        cards = [card for card in cards if card.product_id in own]
    return [
        _priced(card, own[card.product_id])
        if card.product_id in own
        else replace(card, is_sellable=card.is_sellable and is_sold)
        for card in cards
    ]


def _priced(card: Card, own: OwnPrice) -> Card:
    return replace(
        card,
        is_sellable=True,
        price=own.price,
        regular_price=own.regular if own.regular > own.price else None,
        price_from=own.has_range,
    )
