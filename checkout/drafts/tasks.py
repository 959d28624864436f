"""What the beat asks of drafts."""

from celery import shared_task

from checkout.drafts import clearing


@shared_task(name="checkout.drafts.tasks.clear_abandoned")
def clear_abandoned() -> int:
    """Delete drafts that nobody has touched for long; returns how many."""
    return clearing.clear_abandoned()
