"""Beat's door to the line."""

from __future__ import annotations

from celery import shared_task

from inventory.waitlist import services


@shared_task(ignore_result=True)
def sweep() -> None:
    """Offer what events missed, and pass on what was not used in time."""
    services.sweep()
