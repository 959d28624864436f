"""Bring the rates up to date from the European Central Bank's reference file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

from shop.core import db
from shop.currencies import reference, rules, selectors, services
from shop.currencies.reference import BadRates
from shop.currencies.services import Step

MOST_DAYS = timedelta(days=7)  # without a working day of the bank there are five at most
_SOURCE = "ECB"


def update(*, url: str = "", path: Path | None = None, by: str = "system", is_forced: bool = False) -> list[Step]:
    """Read the file at `url`, or at `path`, and set the rates of the shop's currencies by it. Raises `BadRates`, and
    nothing is changed then: also for a day to come, and unless forced for one that is long over, or before the one
    whose rates there are.
    """
    found = reference.in_file(path) if path else reference.fetched(url)
    _check_day(found.on, is_forced=is_forced)
    try:
        rates = rules.crossed(found.per_euro, settings.DEFAULT_CURRENCY)
    except KeyError as error:
        raise BadRates(f"no rate of {settings.DEFAULT_CURRENCY}") from error
    return services.update(rates=rates, source=f"{_SOURCE} {found.on}", by=by, is_forced=is_forced)


def _check_day(day: date, *, is_forced: bool) -> None:
    today = db.clock().date()
    if day > today:
        raise BadRates(f"{day} is still to come")
    known = max((one for one in selectors.sources() if one.startswith(_SOURCE)), default="")
    if not is_forced and f"{_SOURCE} {day}" < known:
        raise BadRates(f"{day} is before the day of the rates that there are ({known}); --force takes them")
    if not is_forced and today - day > MOST_DAYS:
        raise BadRates(f"{day} is long over; --force takes its rates")
