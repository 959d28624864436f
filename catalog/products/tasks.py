"""Work of the catalogue that runs in workers."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from catalog.products import pictures, prices


@shared_task
def refresh_prices() -> None:
    """Sales that have started or ended by the database's clock reach the lists; a few batches a minute."""
    for _batch in range(20):
        if prices.refresh() == 0:
            return


@shared_task
def process_picture(image_id: str) -> None:
    """AVIF and WebP files of one picture."""
    pictures.make_derivatives(image_id=UUID(image_id))
