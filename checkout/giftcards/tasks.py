"""What the beat asks of gift cards."""

from __future__ import annotations

from celery import shared_task

from checkout.giftcards import services


@shared_task(name="checkout.giftcards.tasks.expire")
def expire() -> int:
    """Take what is left off the cards that are over; returns how many."""
    return services.expire()
