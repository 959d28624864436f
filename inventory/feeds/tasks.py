"""Beat's door to the feeds."""

from __future__ import annotations

from celery import shared_task

from inventory.feeds import forgetting


@shared_task(ignore_result=True)
def forget_old() -> None:
    """Delete messages that nobody will send again."""
    forgetting.forget_old()
