"""Tax as pure arithmetic on minor units. Rounding is half up, per line and tax rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from shop.core.money import Money


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate as it applies to an address: `rate` 0.0825 is 8.25 %; `tax_class` the goods it is for."""

    name: str
    rate: Decimal
    tax_class: str = "standard"
    is_included: bool = False
    applies_to_shipping: bool = False


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What one rate comes to, on goods and delivery. `is_on_shipping`: the delivery is taxed by it as well."""

    name: str
    rate: Decimal
    amount: Money
    is_included: bool
    is_on_shipping: bool = False


def tax_line(rate: Rate, amount: Money) -> TaxLine:
    """What `rate` comes to."""
    return TaxLine(rate.name, rate.rate, amount, rate.is_included, rate.applies_to_shipping)


def tax_of(base: Money, rate: Rate) -> Money:
    """Tax on `base`: added on top of it, or the part of it that is tax when the price includes it. Half up."""
    exact = base.minor * rate.rate
    if rate.is_included:
        exact = exact / (1 + rate.rate)
    return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), base.currency)
