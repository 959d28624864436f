"""When a parcel leaves and when it comes: cut-off, handling, transit, weekends and holidays. Pure.

The moment is given, never asked for; days are those of the place that they are about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKEND = frozenset({5, 6})  # Saturday and Sunday
LONGEST = 400  # days that are looked at; who rests longer than a year delivers never


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days without work: of the week (Monday is 0), and single ones."""

    rest_days: frozenset[int] = WEEKEND
    holidays: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        return day.weekday() not in self.rest_days and day not in self.holidays


@dataclass(frozen=True, slots=True)
class Clock:
    """How a place hands parcels over: what is ordered before the `cut_off` (None: any time) of a working day leaves
    `handling_days` working days later."""

    zone: str = "UTC"
    cut_off: time | None = None
    handling_days: int = 0
    calendar: Calendar = Calendar()


@dataclass(frozen=True, slots=True)
class Promise:
    """The day on which a parcel leaves and those between which it comes. `order_before` is the moment until which this
    holds, aware; None: until midnight there."""

    leaves_on: date
    arrives_from: date
    arrives_on: date
    order_before: datetime | None = None


def promise(
    at: datetime, clock: Clock, *, least: int, most: int, transit: Calendar, not_before: date | None = None
) -> Promise:
    """For what is ordered `at` (aware) and travels `least` to `most` days, counted where it goes by `transit`.

    `not_before`: the day on which what is not there yet is.
    """
    counted = _counted_on(at, clock)
    leaves = working(counted, clock.handling_days, clock.calendar)
    waits = not_before is not None and not_before > leaves
    if not_before is not None and waits:
        leaves = working(not_before, 0, clock.calendar)
    cut_off = clock.cut_off
    before = datetime.combine(counted, cut_off, ZoneInfo(clock.zone)) if cut_off and not waits else None
    return Promise(leaves, working(leaves, least, transit), working(leaves, most, transit), before)


def working(day: date, days: int, calendar: Calendar) -> date:
    """The day `days` working days after `day`; with 0 days `day` itself or the first working day after it."""
    if days == 0:
        return _first(day, calendar)
    for _day in range(days):
        day = _first(day + timedelta(days=1), calendar)
    return day


def _counted_on(at: datetime, clock: Clock) -> date:
    """The working day as whose order one of this moment counts."""
    local = at.astimezone(ZoneInfo(clock.zone))
    day = local.date()
    if clock.cut_off is not None and local.time() >= clock.cut_off and clock.calendar.works(day):
        day += timedelta(days=1)
    return _first(day, clock.calendar)


def _first(day: date, calendar: Calendar) -> date:
    for ahead in range(LONGEST):
        if calendar.works(day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    return day
