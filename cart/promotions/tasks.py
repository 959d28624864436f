"""Work of promotions that runs in workers."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from cart.promotions import services


@shared_task(time_limit=900)
def make_codes(batch_id: str) -> None:
    """Make the coupons of a batch, or go on where it was left."""
    services.make_codes(batch_id=UUID(batch_id))


@shared_task
def finish_batches() -> None:
    """Go on with batches that were left: a worker died, or the call was lost. Every ten minutes."""
    services.finish_batches()
