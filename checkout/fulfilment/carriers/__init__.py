"""Carriers: the outside world of parcels behind one protocol (``base.Carrier``).

Owns: labels and news of parcels, in the shop's words. Offers ``carrier(code)`` and the table ``CARRIERS``.
Must not: know Django models, store anything, or decide what a parcel does with the answer.
A new carrier is a file here and a line in ``CARRIERS``; ``settings.CARRIERS`` says which are offered.
"""

from importlib import import_module

from django.conf import settings

from checkout.fulfilment.carriers import base

CARRIERS: dict[str, str] = {
    "demo": "checkout.fulfilment.carriers.demo.from_settings",
}


class UnknownCarrier(LookupError):
    """No carrier has this code, or it is not offered here."""


def carrier(code: str) -> base.Carrier:
    """The carrier named ``code``; the first one offered if empty. Raises UnknownCarrier."""
    if not code and settings.CARRIERS:
        code = settings.CARRIERS[0]
    if code not in settings.CARRIERS or code not in CARRIERS:
        raise UnknownCarrier(code)
    module, _, factory = CARRIERS[code].rpartition(".")
    made: base.Carrier = getattr(import_module(module), factory)()
    return made


def names() -> list[tuple[str, str]]:
    """(code, name) of the carriers that are offered, the usual one first."""
    return [(code, carrier(code).name) for code in settings.CARRIERS if code in CARRIERS]
