"""Ways of delivery in words. A product's page says the same to everybody: it is that to the shop's own country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_countries import countries

from cart.shipping import selectors
from cart.shipping.rules import Goods
from shop.core.money import Money


@dataclass(frozen=True)
class Told:
    """`text` says when it comes, `cost_text` how, where to and for how much; both hold until then (None: for today)."""

    text: str
    cost_text: str
    until: datetime | None = None


def arrives(one: selectors.DeliveryOption) -> str:
    """ "Arrives Tue, May 5" by locale; of what is collected, when it is ready."""
    said = _("Ready %(date)s") if one.place else _("Arrives %(date)s")
    return said % {"date": day(one.arrives_on)}


def day(moment: date) -> str:
    """ "Tue, May 5" by locale."""
    return str(date_format(moment, "D, N j"))


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
    named = {"way": one.name, "country": str(countries.name(settings.DEFAULT_COUNTRY)), "price": one.price.format()}
    free = _("%(way)s to %(country)s is free. The cart has dates and prices for where you are.")
    costs = _("%(way)s to %(country)s costs %(price)s. The cart has dates and prices for where you are.")
    return Told(arrives(one), (costs if one.price.minor else free) % named, one.order_before)
