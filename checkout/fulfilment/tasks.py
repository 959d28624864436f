"""Beat's door to fulfilment."""

from __future__ import annotations

from celery import shared_task

from checkout.fulfilment import tracking, waiting


@shared_task(ignore_result=True)
def poll_carriers() -> None:
    """Ask carriers for news of their parcels; each of their events counts once, however often this runs."""
    tracking.poll()


@shared_task(ignore_result=True)
def end_waiting() -> None:
    """Offer parcels to the pickers again whose units have come; idempotent."""
    waiting.end(by="system")
