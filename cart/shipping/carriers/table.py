"""Which carriers there are, and which of them this shop asks."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

from cart.shipping.carriers import base

CARRIERS: dict[str, str] = {
    "demo": "cart.shipping.carriers.tariff.from_settings",
    "http": "cart.shipping.carriers.http.from_settings",
}


class UnknownCarrier(LookupError):
    """No carrier has this code, or it is not offered here."""


def carrier(code: str) -> base.RateCarrier:
    """The carrier with this code. Raises UnknownCarrier."""
    if code not in settings.RATE_CARRIERS or code not in CARRIERS:
        raise UnknownCarrier(code)
    module, _, factory = CARRIERS[code].rpartition(".")
    made: base.RateCarrier = getattr(import_module(module), factory)()
    return made


def names() -> list[tuple[str, str]]:
    """(code, name) of the carriers that are offered."""
    return [(code, carrier(code).name) for code in settings.RATE_CARRIERS if code in CARRIERS]
