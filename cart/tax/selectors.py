"""Which tax rates are in force where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now, TruncDate

from cart.tax.models import TaxRate
from cart.tax.rules import Rate


def rates_for(address: Mapping[str, Any]) -> frozenset[Rate]:
    """The tax rates in force today where `address` is. One query."""
    country, state, _is_assumed = place_of(address)
    return frozenset(rates_in(country, state)[0])


def place_of(address: Mapping[str, Any] | None) -> tuple[str, str, bool]:
    """Country and state as upper-case codes, and whether the shop's own country is assumed."""
    if address and address.get("country"):
        return str(address["country"]).upper(), str(address.get("state") or "").upper(), False
    return settings.DEFAULT_COUNTRY, "", True


def rates_in(country: str, state: str) -> tuple[list[Rate], bool]:
    """The rates in force today (database's date) for an address, and whether the state is missing to know them.

    A state's rate of a class replaces the country's.
    """
    today = TruncDate(Now())
    rows = TaxRate.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today), country=country, valid_from__lte=today
    )
    if state:
        rows = rows.filter(Q(state="") | Q(state__iexact=state))
    found = list(rows)
    chosen: dict[str, TaxRate] = {}
    for row in sorted(found, key=lambda row: (bool(row.state), row.valid_from)):
        if state or not row.state:
            chosen[row.tax_class] = row
    rates = [
        Rate(row.name, row.rate, row.tax_class, row.is_included, row.applies_to_shipping) for row in chosen.values()
    ]
    return rates, not state and any(row.state for row in found)
