"""Work of the search index that runs in workers."""

from __future__ import annotations

from celery import shared_task

from catalog.search import indexing, reports


@shared_task
def repair() -> None:
    """Find active products without a listing and listings without a product, and mend them. Nightly."""
    indexing.mend()


@shared_task
def forget_searches() -> None:
    """Delete what was searched for more than 90 days ago. Nightly."""
    reports.forget_old()
