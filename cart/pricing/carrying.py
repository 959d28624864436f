"""The ways of delivery for units that an order has, or will have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from cart.pricing import baskets
from cart.shipping import selectors as deliveries
from cart.shipping.rules import Goods
from cart.shipping.selectors import DeliveryOption
from cart.tax import selectors as taxation
from catalog.products import selectors as products
from shop.core.money import Money


def delivery_options(
    *, units: Mapping[UUID, int], currency: str, address: Mapping[str, Any], subtotal: Money
) -> list[DeliveryOption]:
    """What serves `address` (country, state and postcode are read) for these units by variant, worth `subtotal` after
    discounts. At most three queries. What is in stock makes no difference: the units are the order's.
    """
    wanted = {variant: count for variant, count in units.items() if count > 0}
    offers = products.offers(wanted, currency=currency)
    if len(offers) == len(wanted) and baskets.is_by_email(
        [baskets.Wanted(offer, Money.zero(currency), wanted[variant]) for variant, offer in offers.items()]
    ):
        return [deliveries.by_email(currency)]
    goods = [
        baskets.goods(baskets.Wanted(offers[variant], Money.zero(currency), count), Money.zero(currency))
        if variant in offers
        else Goods(variant, count)
        for variant, count in wanted.items()
    ]
    if goods:  # bands and limits look at the sum: how it is divided makes no difference
        goods[0] = replace(goods[0], value=max(0, subtotal.minor))
    place = taxation.place_of(address)
    return deliveries.delivery_options(
        country=place.country, state=place.state, postal_code=place.postal_code, currency=currency, subtotal=subtotal,
        goods=goods, is_placed=True,
    )  # fmt: skip
