"""What recommendations learn beside the shop's work."""

from __future__ import annotations

from celery import shared_task

from catalog.recommendations import behaviour, learning, rebuilding, trends

HOUR = 3600


@shared_task
def count_new() -> None:
    """Count the orders that came since. Each minute."""
    while learning.count_new() == learning.BATCH:
        pass


@shared_task(time_limit=4 * HOUR)
def rebuild() -> None:
    """Make everything that is recommended anew. Nightly."""
    rebuilding.rebuild()


@shared_task
def refresh_profiles() -> None:
    """Follow what customers who agreed to it have done. Each minute."""
    while behaviour.refresh_stale() == behaviour.BATCH:
        pass


@shared_task
def refresh_trends() -> None:
    """Find out what is bought most now. Every ten minutes."""
    trends.rebuild_trends()
