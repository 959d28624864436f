"""Beat's door to the checks."""

from __future__ import annotations

from celery import shared_task

from inventory.drift import services


@shared_task(ignore_result=True)
def run() -> None:
    """Compare the counters with their rows."""
    services.run()
