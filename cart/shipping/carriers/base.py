"""What a carrier must be able to say of a parcel's price. One class each beside this file, one line in `CARRIERS`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shop.core.money import Money


class CarrierUnavailable(Exception):
    """The carrier cannot be asked now, or what it says cannot be understood."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier must know: weight, room (0: not known), what is in it and where it goes. Asking again is free."""

    grams: int
    cubic_mm: int
    value: Money
    country: str
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one of a carrier's services would cost, and how many days it travels."""

    service: str
    price: Money
    least_days: int
    most_days: int


class RateCarrier(Protocol):
    """A carrier that says what parcels cost. It is never asked within a transaction."""

    code: str
    name: str  # as people call it

    def rates(self, parcel: Parcel) -> Sequence[Rate]:
        """Its services for the parcel, in the currency of its value; none: it does not take it.

        Raises `CarrierUnavailable`.
        """
