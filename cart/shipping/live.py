"""What a carrier asks for a parcel: asked once an hour for the same, and never within a transaction."""

from __future__ import annotations

import hashlib
from dataclasses import asdict

import structlog
from django.db import connections

from cart.shipping.carriers import table as carriers
from cart.shipping.carriers.base import CarrierUnavailable, Parcel, Rate
from shop.core import cache, db
from shop.resilience import breaker

log = structlog.get_logger("cart.shipping")


class NotTaken(Exception):
    """The carrier does not take this parcel by this service."""


def rate(code: str, service: str, parcel: Parcel) -> Rate | None:
    """What the carrier asks for the parcel; None where it cannot be asked now: the method's own price counts then.

    Also None in a transaction, unless it was asked before. Raises `NotTaken`.
    """
    asked = hashlib.sha256(repr((code, sorted(asdict(parcel).items()))).encode()).hexdigest()
    rates: list[Rate] | None = cache.LIVE_RATES.get(asked)
    if rates is None:
        rates = _ask(code, parcel)
        if rates is None:
            return None
        cache.LIVE_RATES.set(rates, asked)
    for one in rates:
        if one.service == service and one.price.currency == parcel.value.currency:
            return one
    raise NotTaken(service)


def _ask(code: str, parcel: Parcel) -> list[Rate] | None:
    if any(connections[alias].in_atomic_block for alias in db.databases()):
        return None
    try:
        carrier = carriers.carrier(code)
        found = breaker.call(f"rates-{code}", (CarrierUnavailable,), lambda: carrier.rates(parcel))
    except (CarrierUnavailable, carriers.UnknownCarrier, breaker.Open) as error:
        log.warning("carrier not asked", carrier=code, error=str(error))
        return None
    return list(found)
