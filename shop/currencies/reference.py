"""The daily reference rates of the European Central Bank (eurofxref-daily.xml): units of a currency for one euro.

https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates: working days, about 16:00 CET.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from shop.resilience import asking

_SECONDS = 30.0  # nobody waits
_LARGEST = 256 * 1024  # bytes: the real file has 2 kB, its history of 90 days 100
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


class BadRates(ValueError):
    """Not rates that can be read, or none came."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What one euro was worth `on` a day."""

    on: date
    per_euro: dict[str, Decimal]


def fetched(url: str) -> Reference:
    """What the address answers. Raises `BadRates`. Called outside of transactions."""
    try:
        return read(asking.ask("GET", url, seconds=_SECONDS))
    except asking.NoAnswer as error:
        raise BadRates(str(error)) from error


def in_file(path: Path) -> Reference:
    """What a file holds. Raises `BadRates`."""
    try:
        return read(path.read_bytes())
    except OSError as error:
        raise BadRates(str(error)) from error


def read(content: bytes) -> Reference:
    """The latest day of a document. Raises `BadRates` for anything else than one. No declarations of entities are
    read."""
    if len(content) > _LARGEST or b"<!DOCTYPE" in content.upper():
        raise BadRates("not the reference file")
    try:
        root = ET.fromstring(content)  # noqa: S314  (small, and without declarations)
    except ET.ParseError as error:
        raise BadRates("not XML") from error
    days = {_day(str(one.get("time"))): one for one in root.iter(_CUBE) if one.get("time") is not None}
    if not days:
        raise BadRates("no day in it")
    told = [_rate(one) for one in days[max(days)].iter(_CUBE) if one.get("currency")]
    rates = dict(told)
    if not rates:
        raise BadRates("no rate in it")
    if len(told) > len(rates):
        raise BadRates("a currency is in it twice")
    return Reference(max(days), rates)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRates(f"“{text[:20]}” is no day") from error


def _rate(cube: ET.Element) -> tuple[str, Decimal]:
    code, text = str(cube.get("currency")), str(cube.get("rate"))
    try:
        rate = Decimal(text)
    except InvalidOperation as error:
        raise BadRates(f"no rate of {code[:3]}") from error
    if not (len(code) == 3 and rate.is_finite() and Decimal("1E-6") < rate < Decimal("1E9")):
        raise BadRates(f"no rate of {code[:3]}")
    return code, rate
