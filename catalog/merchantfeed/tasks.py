"""Work of the feed that runs in workers."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from catalog.merchantfeed import services


@shared_task(ignore_result=True, time_limit=6 * 3600)
def refresh() -> None:
    """The feed follows the catalogue."""
    services.refresh(settings.DEFAULT_CURRENCY)
