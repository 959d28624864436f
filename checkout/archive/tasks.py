"""The archive's timetable."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.conf import settings

from checkout.archive import services
from shop.core import db

_A_NIGHT = 50_000  # orders at most; the rest goes the next night


@shared_task(name="checkout.archive.tasks.archive")
def archive() -> int:
    """Archive what was placed more than `ARCHIVE_AFTER_MONTHS` months ago and is over; nothing while that is unset."""
    if not settings.ARCHIVE_AFTER_MONTHS:
        return 0
    before = _months_ago(settings.ARCHIVE_AFTER_MONTHS)
    return sum(services.archive(before=before, limit=_A_NIGHT, by="system"))


@shared_task(name="checkout.archive.tasks.bring_back")
def bring_back() -> int:
    """Bring back orders that a provider speaks of: a dispute may come months later."""
    return services.bring_back()


def _months_ago(count: int) -> datetime:
    """The first instant of the month so many months ago."""
    now = db.clock()
    number = now.year * 12 + now.month - 1 - count
    return now.replace(year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
