"""Beat's door to the requests."""

from __future__ import annotations

from celery import shared_task

from catalog.restock import services


@shared_task(ignore_result=True)
def forget_ended() -> None:
    """Delete the addresses of those whose turn was long ago."""
    services.forget_ended()
