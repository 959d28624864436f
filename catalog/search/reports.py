"""What shoppers search for, and what comes of it: for the merchant, and for suggestions. Nothing says who searched."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from django.db import DatabaseError, connections
from django.db.models import QuerySet, Sum

from catalog.search import rules
from catalog.search.models import Searched
from shop.core import db

logger = logging.getLogger(__name__)

KEPT_DAYS = 90
POPULAR_DAYS = 30
POPULAR = 5  # searches: what fewer asked may be somebody's own
WRITTEN_EVERY = 5.0  # seconds between two writings of what kept pages were shown
_MAX_TEXT = 200
_COUNT = """
    INSERT INTO catalog_searched (id, day, text, searches, without_results, clicks)
    SELECT id, (now() AT TIME ZONE 'utc')::date, text, searches, without_results, clicks
    FROM unnest(%s::uuid[], %s::text[], %s::int[], %s::int[], %s::int[])
        AS told (id, text, searches, without_results, clicks)
    ON CONFLICT (day, text) DO UPDATE SET searches = catalog_searched.searches + EXCLUDED.searches,
        without_results = catalog_searched.without_results + EXCLUDED.without_results,
        clicks = catalog_searched.clicks + EXCLUDED.clicks
"""

_shown: Counter[tuple[str, bool]] = Counter()  # searches by words and whether something was found, not yet written
_shown_lock = threading.Lock()
_written_at = 0.0


def searched(text: str, has_results: bool) -> None:
    """Somebody searched for `text`. One statement; if the database does not take it, nothing is counted."""
    _count([(text, 1, int(not has_results), 0)])


def searched_again(text: str, has_results: bool) -> None:
    """Somebody was shown the kept page of that search. Such pages are sent by the thousand a second, so they are
    counted here, and written some seconds later by whoever comes then; a process that ends loses its last seconds.
    """
    global _written_at
    with _shown_lock:
        _shown[text, has_results] += 1
        if time.monotonic() - _written_at < WRITTEN_EVERY:
            return
        counts, _written_at = dict(_shown), time.monotonic()
        _shown.clear()
    _count([(told, times, 0 if is_found else times, 0) for (told, is_found), times in counts.items()])


def clicked(text: str) -> None:
    """Somebody opened a product of the results for `text`."""
    _count([(text, 0, 0, 1)])


def _count(news: Iterable[tuple[str, int, int, int]]) -> None:
    """Add (text, searches, without results, clicks) to those of today, in one statement."""
    sums: dict[str, list[int]] = {}
    for text, *more in news:
        if told := " ".join(rules.words(text))[:_MAX_TEXT]:
            sums[told] = [known + one for known, one in zip(sums.get(told, (0, 0, 0)), more, strict=True)]
    if not sums:
        return
    in_order = sorted(sums)  # or two processes wait for each other
    columns = zip(*(sums[told] for told in in_order), strict=True)
    try:
        with connections[db.CATALOG].cursor() as cursor:
            cursor.execute(_COUNT, [[db.uuid7() for _ in in_order], in_order, *map(list, columns)])
    except DatabaseError:
        logger.warning("search was not counted", exc_info=True)


def popular(beginning: str, top: int) -> list[str]:
    """What is searched for most, and found, that begins so. One query."""
    rows = _since(POPULAR_DAYS).filter(text__startswith=beginning).values("text")
    found = rows.annotate(times=Sum("searches"), empty=Sum("without_results")).filter(times__gte=POPULAR, empty=0)
    return list(found.order_by("-times", "text").values_list("text", flat=True)[:top])


@dataclass(frozen=True)
class Line:
    """One search in a report: how often, how often in vain, and how many products were opened from it."""

    text: str
    searches: int
    without_results: int
    clicks: int

    @property
    def clicked(self) -> float:
        """Products opened for each search that found something."""
        found = self.searches - self.without_results
        return self.clicks / found if found > 0 else 0.0


def top(days: int, most: int) -> list[Line]:
    """What is searched for most."""
    return _lines(days, most, "-times")


def without_results(days: int, most: int) -> list[Line]:
    """What is searched for in vain most."""
    return _lines(days, most, "-empty", empty__gt=0)


def rarely_clicked(days: int, most: int) -> list[Line]:
    """What is found, but of which the fewest open anything: of searches that are asked often enough to tell."""
    found = [line for line in _lines(days, 20 * most, "-times", times__gte=POPULAR) if line.without_results == 0]
    return sorted(found, key=lambda line: (line.clicked, -line.searches, line.text))[:most]


def _lines(days: int, most: int, order: str, **having: int) -> list[Line]:
    rows = _since(days).values("text")
    sums = rows.annotate(times=Sum("searches"), empty=Sum("without_results"), opened=Sum("clicks"))
    found: Sequence[tuple[str, int, int, int]] = list(
        sums.filter(times__gt=0, **having)
        .order_by(order, "text")
        .values_list("text", "times", "empty", "opened")[:most]
    )
    return [Line(*row) for row in found]


def _since(days: int) -> QuerySet[Searched]:
    return Searched.objects.filter(day__gt=_today() - timedelta(days=days))


def _today() -> date:
    return db.clock(db.CATALOG).astimezone(UTC).date()


def forget_old() -> int:
    """Delete what is older than 90 days. Returns how many rows."""
    deleted, _ = Searched.objects.filter(day__lt=_today() - timedelta(days=KEPT_DAYS)).delete()
    return deleted
