"""What recommendations learn beside the shop's work."""

from __future__ import annotations

from celery import shared_task

from catalog.recommendations import learning, services

HOUR = 3600


@shared_task
def count_new() -> None:
    """Count the orders that came since. Each minute."""
    while learning.count_new() == learning.BATCH:
        pass


@shared_task(time_limit=4 * HOUR)
def rebuild() -> None:
    """Learn anew from all orders. Nightly."""
    services.forget_withdrawn()
    learning.rebuild_together()
