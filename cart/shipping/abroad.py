"""Ways of delivery in a currency in which the merchant has not priced them.

What they cost is worked out in the shop's own currency and converted at the end, so that no rounding adds up. Values by
which they go (free from, bands, the least and the most that they take) are converted before, so that they are even
amounts where people read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cart.shipping.calendars import Method
from cart.shipping.rules import Band, Basis, Terms
from shop.core.money import Money
from shop.currencies.rules import Terms as Exchange


def methods(known: Sequence[Method], currency: str, *, converted_from: str | None) -> list[Method]:
    """Of all methods those in `currency` that are on, and those in the currency that it is converted from, if it is,
    where there is none of the same code among the former, even one that is off. In the order given.
    """
    own = {one.row.code for one in known if one.row.currency == currency}
    return [
        one
        for one in known
        if one.row.is_active
        and (one.row.currency == currency or (one.row.currency == converted_from and one.row.code not in own))
    ]


def turned(terms: Terms, exchange: Exchange | None) -> Terms:
    """The same with the values by which it goes converted; prices stay."""
    if exchange is None:
        return terms
    return replace(
        terms,
        free_from=None if terms.free_from is None else exchange.amount(terms.free_from),
        least_value=exchange.amount(terms.least_value),
        most_value=None if terms.most_value is None else exchange.amount(terms.most_value),
        bands=tuple(_band(one, exchange) for one in terms.bands) if terms.basis is Basis.PRICE else terms.bands,
    )


def _band(band: Band, exchange: Exchange) -> Band:
    return replace(
        band,
        up_to=None if band.up_to is None else exchange.amount(band.up_to),
        step=None if band.step is None else exchange.amount(band.step),
    )


def declared(value: Money, exchange: Exchange | None) -> Money:
    """What a parcel is worth, in the currency that the carrier is to answer in."""
    return value if exchange is None else Money(exchange.back(value.minor), exchange.base)
