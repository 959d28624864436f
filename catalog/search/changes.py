"""What follows once listings were written. In the transaction that wrote them."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from shop.core import cache, db

PAUSE = 1  # second in which changes gather before they are sent to Elasticsearch


def noted() -> None:
    """Counts and pages cached before are not asked for again, and Elasticsearch hears of it where there is one."""
    renew()
    if settings.ELASTICSEARCH_URL:
        transaction.on_commit(_wake, using=db.CATALOG, robust=True)


def renew() -> None:
    """What was found or counted before is not answered any more."""
    transaction.on_commit(lambda: cache.LISTINGS.set(str(db.uuid7())), using=db.CATALOG)


def _wake() -> None:
    """Have a worker send the changes soon, once for many of them. A lost call costs time only: the timetable has it."""
    from catalog.search import tasks  # noqa: PLC0415  (they load the library of Elasticsearch)

    if cache.SEARCH_CALL.add(1):
        tasks.copy_changes.apply_async(countdown=PAUSE)
