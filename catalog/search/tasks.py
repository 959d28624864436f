"""Work of the search index that runs in workers."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings

from catalog.bundles import services as bundles
from catalog.search import indexing, reports, sync, vocabulary, warming
from catalog.search.engine import EngineDown

log = structlog.get_logger("catalog.search")


@shared_task
def copy_changes() -> None:
    """Send to Elasticsearch what changed in the listings; where it is down, the next time has it."""
    if settings.ELASTICSEARCH_URL:
        try:
            sync.copy_changes()
        except EngineDown as down:
            log.warning("changes are not sent", waiting=sync.waiting(), error=str(down))


@shared_task(time_limit=6 * 3600)
def repair() -> None:
    """See that one hears of the stock of bundles' parts; find active products without a listing and listings without a
    product, and mend them; count the words anew; then mend documents that are not their listing. Nightly.
    """
    bundles.note_all_parts()
    indexing.mend()
    vocabulary.recount()
    if settings.ELASTICSEARCH_URL:
        sync.repair()


@shared_task
def warm_pages() -> None:
    """Make the pages that are asked for most, where they are not kept or not current. Every five minutes."""
    if settings.KEEP_PAGES:
        log.info("pages are warm", made=warming.warm())


@shared_task
def recount_words() -> None:
    """Count the words of a catalogue that has noticeably grown or shrunk. Every ten minutes."""
    vocabulary.recount_if_grown()


@shared_task
def forget_searches() -> None:
    """Delete what was searched for more than 90 days ago. Nightly."""
    reports.forget_old()
