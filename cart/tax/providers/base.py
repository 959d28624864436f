"""What a tax service and a register of VAT ids can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from cart.tax.regimes import Place
from cart.tax.rules import Base


class Unavailable(Exception):
    """No answer, or none that can be used. To be asked again later."""


@dataclass(frozen=True, slots=True)
class Question:
    """What tax is due on `lines` (minor units of `currency`) that go from a country to a place."""

    currency: str
    home: str
    to: Place
    prices_include_tax: bool
    lines: tuple[Base, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One tax of one line: `minor` units at `rate`, within the price or on top of it."""

    name: str
    rate: Decimal
    minor: int
    is_included: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What a register says of a VAT id; `reference` proves that it was asked."""

    is_valid: bool
    reference: str = ""


class TaxService(Protocol):
    def taxes(self, question: Question) -> Sequence[Sequence[Told]]:
        """The taxes of each line, in the order of the lines. Raises `Unavailable`."""
        ...


class VatRegister(Protocol):
    def check(self, vat_id: str) -> Said:
        """Whether there is such an id (tidy, with its country). Raises `Unavailable`."""
        ...
