"""Ways of delivery in words. A product's page says the same to everybody: it is that to the shop's own country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_countries import countries

from cart.shipping import selectors
from cart.shipping.rules import Goods
from shop.core import addresses, formats
from shop.core.money import Money

NAMES = (  # of the ways of delivery that a shop begins with, for `translations.said`
    gettext_noop("Standard delivery"),
    gettext_noop("Express delivery"),
    gettext_noop("International delivery"),
)


@dataclass(frozen=True)
class Told:
    """`text` says when it comes, `cost_text` how, where to and for how much; both hold until then (None: for today).
    `data` is the same for search engines, as schema.org's OfferShippingDetails."""

    text: str
    cost_text: str
    until: datetime | None
    data: dict[str, Any]


def arrives(one: selectors.DeliveryOption) -> str:
    """ "Arrives Tue, May 5" by locale; of what is collected, when it is ready."""
    said = _("Ready %(date)s") if one.place else _("Arrives %(date)s")
    return said % {"date": day(one.arrives_on)}


def address_lines(address: Mapping[str, str]) -> list[str]:
    """The address of a place where things are collected, in the shop's own country without that."""
    country = address.get("country", "")
    lines = addresses.lines(address, country_name=str(countries.name(country)))
    return lines[:-1] if country == settings.DEFAULT_COUNTRY else lines


def day(moment: date) -> str:
    """ "Tue, May 5" by locale."""
    return formats.weekday(moment)


def to_home(units: Sequence[Mapping[str, Any]], *, price: Money, at: datetime) -> Told | None:
    """When `units` (the fields of `Goods` each), which cost `price`, come if they are ordered now (`at`), by the
    merchant's first way of delivery to the shop's own country; None where there is none."""
    options = selectors.delivery_options(
        country=settings.DEFAULT_COUNTRY,
        currency=price.currency,
        subtotal=price,
        goods=[Goods(**one) for one in units],
        at=at,
    )
    one = next((option for option in options if option.place is None), None)
    if one is None:
        return None
    country = str(countries.name(settings.DEFAULT_COUNTRY))
    named = {"way": one.name, "country": country, "price": formats.money(one.price)}
    free = _("%(way)s to %(country)s is free. The cart has dates and prices for where you are.")
    costs = _("%(way)s to %(country)s costs %(price)s. The cart has dates and prices for where you are.")
    cost_text = (costs if one.price.minor else free) % named
    return Told(arrives(one), cost_text, one.order_before, _data(one, timezone.localdate(at)))


def _data(one: selectors.DeliveryOption, today: date) -> dict[str, Any]:
    """That all of it has left in so many days, and comes as many later as its dates say."""
    leaves = max([today, *(parcel.leaves_on for parcel in one.parcels if parcel.leaves_on)])
    on_its_way = max(0, (one.arrives_from - leaves).days), max(0, (one.arrives_on - leaves).days)
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {
            "@type": "MonetaryAmount", "value": str(one.price.decimal), "currency": one.price.currency,
        },
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": settings.DEFAULT_COUNTRY},
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "handlingTime": _days(0, (leaves - today).days),
            "transitTime": _days(*on_its_way),
        },
    }  # fmt: skip


def _days(least: int, most: int) -> dict[str, Any]:
    return {"@type": "QuantitativeValue", "minValue": least, "maxValue": most, "unitCode": "DAY"}
