"""What the beat asks of gift cards."""

from __future__ import annotations

from celery import shared_task

from checkout.giftcards import services


@shared_task(name="checkout.giftcards.tasks.expire")
def expire() -> int:
    """Take what is left off the cards that are over; returns how many."""
    return services.expire()


@shared_task(name="checkout.giftcards.tasks.send_due")
def send_due() -> int:
    """Send the cards whose day has come; returns how many."""
    return services.send_due()
