"""A carrier, or a service before several of them, that is asked over HTTP: one JSON question, a list of rates back.

POST `{"grams", "cubicMm", "value", "currency", "country", "state", "postalCode"}` with a bearer token; the answer is a
list of `{"service", "price", "currency", "days": [2, 4]}`, empty where it does not take the parcel.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from cart.shipping.carriers import reading
from cart.shipping.carriers.base import CarrierUnavailable, Parcel, Rate
from shop.resilience import asking

SECONDS = 2.5  # for the whole answer: a shopper waits with it


def from_settings() -> Http:
    """The carrier at `settings.RATES_URL`."""
    return Http(settings.RATES_URL, settings.RATES_TOKEN)


@dataclass(frozen=True, slots=True)
class Http:
    """The carrier that answers at `url` to who has the `token`."""

    url: str
    token: str = ""
    code: str = "http"
    name: str = "Live rates"

    def rates(self, parcel: Parcel) -> Sequence[Rate]:
        """See `base.RateCarrier`. Rates in another currency than the parcel's value are left out."""
        asked: dict[str, Any] = {
            "grams": parcel.grams, "cubicMm": parcel.cubic_mm, "value": str(parcel.value.decimal),
            "currency": parcel.value.currency, "country": parcel.country, "state": parcel.state,
            "postalCode": parcel.postal_code,
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            body = asking.ask("POST", self.url, seconds=SECONDS, json=asked, headers=headers)
        except asking.NoAnswer as error:
            raise CarrierUnavailable(str(error)) from error
        found = [reading.rate(row) for row in reading.rows(_json(body))]
        return [rate for rate in found if rate.price.currency == parcel.value.currency]


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CarrierUnavailable(str(error)) from error
