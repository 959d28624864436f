"""Beat's door to the reservations."""

from __future__ import annotations

from celery import shared_task

from inventory.reservations import services


@shared_task(ignore_result=True)
def expire() -> None:
    """Tidy up what has expired; nothing depends on when this runs."""
    services.expire()
