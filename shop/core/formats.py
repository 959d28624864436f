"""Amounts, dates, times and figures for people, in the active language: the one place that says how they are written.

Babel knows how, from the Unicode CLDR. There is one way for each thing: days are "December 1, 2026", those that
are near and that somebody waits for "Tue, Dec 1", and moments "December 1, 2026, 1:31 PM (CST)": in the shop's own
time zone (`SHOP_TIME_ZONE`), which is named wherever a time of the day is told.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_decimal
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import pgettext

from shop.core.money import Money

LRM, RLM = "\u200e", "\u200f"
_MOST = 4096  # of each kind that a process remembers


def money(amount: Money) -> str:
    """ "$1,234.50" """
    return _money(amount, _language())


def minus(amount: Money | str) -> str:
    """What is taken off: "−$12.50", of an amount or of its words."""
    said = amount if isinstance(amount, str) else money(amount)
    if said.startswith(RLM):  # the sign belongs to the number, which runs from left to right
        return f"{RLM}{LRM}−{said.removeprefix(RLM)}"
    return f"−{said}"


def day(when: date) -> str:
    """ "December 1, 2026"; of a moment, the day that it is in the shop's time zone."""
    return _day(_date(when), _language())


def weekday(when: date) -> str:
    """ "Tue, Dec 1": a day that is near, so that its year need not be said."""
    return _weekday(_date(when), _language())


def moment(when: datetime | None) -> str:
    """ "December 1, 2026, 1:31 PM (CST)" in the shop's time zone, or as it is if it knows of none; nothing for None."""
    if when is None:
        return ""
    language = _language()
    here = _local(when)
    said = str(_joining(language)).format(_clock(here.time(), language), _day(here.date(), language))
    return f"{said} ({zone(here)})" if here.tzinfo else said


def zone(when: datetime) -> str:
    """How the time zone of a moment is called: "CST"; "UTC+03" where it has no name."""
    name = when.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def today() -> date:
    """The day that it is in the shop's time zone."""
    return _date(timezone.now())


def clock(when: time) -> str:
    """ "1:31 PM", as it is given."""
    return _clock(when, _language())


def decimal(number: Decimal | float | str, places: int = 1) -> str:
    """ "4.5": with so many places, rounded half up."""
    return _decimal(Decimal(str(number)), places, _language())


def comma() -> str:
    """What stands between the parts of an address or a list."""
    return pgettext("between the parts of an address or a list", ", ")


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


def _date(when: date) -> date:
    if not isinstance(when, datetime):
        return when
    return _local(when).date()


def _local(when: datetime) -> datetime:
    return when.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE)) if timezone.is_aware(when) else when


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


@lru_cache(maxsize=64)
def _joining(language: str) -> str:
    return str(get_datetime_format("medium", locale=_locale(language))).replace("'", "")


@lru_cache(maxsize=_MOST)
def _money(amount: Money, language: str) -> str:
    return amount.format(language)


@lru_cache(maxsize=_MOST)
def _day(when: date, language: str) -> str:
    return format_date(when, "long", locale=_locale(language))


@lru_cache(maxsize=_MOST)
def _weekday(when: date, language: str) -> str:
    return format_skeleton("MMMEd", when, locale=_locale(language))


@lru_cache(maxsize=_MOST)
def _clock(when: time, language: str) -> str:
    return format_time(when.replace(tzinfo=None), "short", locale=_locale(language))


@lru_cache(maxsize=_MOST)
def _decimal(number: Decimal, places: int, language: str) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return format_decimal(rounded, format="#,##0." + "0" * places, locale=_locale(language))
