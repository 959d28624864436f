"""The daily reference rates of the European Central Bank (eurofxref-daily.xml): units of a currency for one euro.

https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates: working days, about 16:00 CET.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import requests

_SECONDS = (3.0, 10.0)  # to connect, and for each part of the answer: nobody waits
_LARGEST = 256 * 1024  # bytes: the real file has 2 kB, its history of 90 days 100
_CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


class BadRates(ValueError):
    """Not rates that can be read, or none came."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What one euro was worth `on` a day."""

    on: str
    per_euro: dict[str, Decimal]


def fetched(url: str) -> Reference:
    """What the address answers. Raises `BadRates`. Called outside of transactions."""
    try:
        with requests.get(url, timeout=_SECONDS, allow_redirects=False, stream=True) as answer:
            if answer.status_code != 200:
                raise BadRates(f"answered {answer.status_code}")
            return read(answer.raw.read(_LARGEST + 1, decode_content=True))
    except requests.RequestException as error:
        raise BadRates(type(error).__name__) from error


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
    days = sorted((one for one in root.iter(_CUBE) if one.get("time")), key=lambda one: str(one.get("time")))
    if not days:
        raise BadRates("no day in it")
    rates = dict(_rate(one) for one in days[-1].iter(_CUBE) if one.get("currency"))
    if not rates:
        raise BadRates("no rate in it")
    return Reference(str(days[-1].get("time"))[:10], rates)


def _rate(cube: ET.Element) -> tuple[str, Decimal]:
    code, text = str(cube.get("currency")), str(cube.get("rate"))
    try:
        rate = Decimal(text)
    except InvalidOperation as error:
        raise BadRates(f"no rate of {code[:3]}") from error
    if not (len(code) == 3 and rate.is_finite() and Decimal("1E-6") < rate < Decimal("1E9")):
        raise BadRates(f"no rate of {code[:3]}")
    return code, rate
