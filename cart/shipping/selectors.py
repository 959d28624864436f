"""Which ways of delivery there are, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _

from cart.shipping import rules
from cart.shipping.models import ShippingMethod
from shop.core.money import Money


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """A way of delivery that serves the address. `price` after "free from" rules."""

    code: str
    name: str
    price: Money
    arrives_from: date
    arrives_on: date


def delivery_options(*, country: str, currency: str, subtotal: Money) -> list[DeliveryOption]:
    """The methods that serve `country`, in their order, priced for goods worth `subtotal` (after discount).

    A method without countries serves those that no other method names.
    """
    rows = list(ShippingMethod.objects.filter(is_active=True, currency=currency).annotate(today=TruncDate(Now())))
    serving = [row for row in rows if country in row.countries] or [row for row in rows if not row.countries]
    return [
        DeliveryOption(
            code=row.code,
            name=_(row.name),
            price=rules.shipping_price(
                price=Money(row.price_minor, currency),
                free_from=None if row.free_from_minor is None else Money(row.free_from_minor, currency),
                subtotal=subtotal,
            ),
            arrives_from=rules.arrival(row.today, row.min_days),
            arrives_on=rules.arrival(row.today, row.max_days),
        )
        for row in serving
    ]


def currencies() -> list[str]:
    """The currencies in which something can be delivered, the shop's own first."""
    known = ShippingMethod.objects.filter(is_active=True).values_list("currency", flat=True).distinct()
    return list(dict.fromkeys([settings.DEFAULT_CURRENCY, *sorted(known)]))


def delivery_names() -> dict[str, str]:
    """The name of every way of delivery by its code, whether it is offered now or not. One query."""
    return dict(ShippingMethod.objects.order_by("is_active", "-position").values_list("code", "name"))
