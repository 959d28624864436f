"""A carrier made of a file, for the demo and for tests: its tariff is JSON, read anew when it changes.

A list of `{"service", "countries", "postalCodes", "upToGrams", "price", "currency", "days"}`; of each service the row
with the least `upToGrams` that holds the parcel counts. The greater of actual and dimensional weight (5000) does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from cart.shipping import postal, rules
from cart.shipping.carriers import reading
from cart.shipping.carriers.base import CarrierUnavailable, Parcel, Rate

DIVISOR = 5000
MAX_BYTES = 1024 * 1024


def from_settings() -> Tariff:
    """The carrier whose tariff is `settings.CARRIER_TARIFF`."""
    return Tariff(Path(settings.CARRIER_TARIFF))


@dataclass(frozen=True, slots=True)
class Tariff:
    """The carrier whose prices stand in the file `path`."""

    path: Path
    code: str = "demo"
    name: str = "Demo Parcel"

    def rates(self, parcel: Parcel) -> Sequence[Rate]:
        """See `base.RateCarrier`."""
        grams = rules.weight(rules.Load(parcel.grams, parcel.cubic_mm), DIVISOR)
        found: dict[str, tuple[int, Rate]] = {}
        for row in self._rows():
            most = row.get("upToGrams")
            if not isinstance(most, int) or grams > most or not _goes_there(row, parcel):
                continue
            rate = reading.rate(row)
            if rate.price.currency == parcel.value.currency and most < found.get(rate.service, (most + 1, rate))[0]:
                found[rate.service] = (most, rate)
        return [rate for _most, rate in found.values()]

    def _rows(self) -> list[Any]:
        try:
            if self.path.stat().st_size > MAX_BYTES:
                raise CarrierUnavailable("the tariff is too large")
            return reading.rows(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise CarrierUnavailable(str(error)) from error


def _goes_there(row: Any, parcel: Parcel) -> bool:
    countries = row.get("countries")
    if isinstance(countries, list) and parcel.country not in countries:
        return False
    codes = str(row.get("postalCodes") or "")
    try:
        return not codes or postal.matches(postal.parse(codes), parcel.postal_code, parcel.country)
    except postal.BadRule as error:
        raise CarrierUnavailable(f"no postcodes: {error}") from error
