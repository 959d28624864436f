"""A carrier, or a service before several of them, that is asked over HTTP: one JSON question, a list of rates back.

POST `{"grams", "cubicMm", "value", "currency", "country", "state", "postalCode"}` with a bearer token; the answer is a
list of `{"service", "price", "currency", "days": [2, 4]}`, empty where it does not take the parcel.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from cart.shipping.carriers import reading
from cart.shipping.carriers.base import CarrierUnavailable, Parcel, Rate

TIMEOUT = (1.0, 2.5)  # seconds to connect, and to wait for the answer: a shopper waits with it
MAX_BYTES = 256 * 1024


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
            answer = requests.post(
                self.url, json=asked, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
            )
            with answer:
                if answer.status_code != 200:
                    raise CarrierUnavailable(f"HTTP {answer.status_code}")
                body = answer.raw.read(MAX_BYTES + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise CarrierUnavailable(str(error)) from error
        if len(body) > MAX_BYTES:
            raise CarrierUnavailable("the answer is too large")
        found = [reading.rate(row) for row in reading.rows(_json(body))]
        return [rate for rate in found if rate.price.currency == parcel.value.currency]


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CarrierUnavailable(str(error)) from error
