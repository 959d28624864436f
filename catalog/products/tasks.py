"""Work of the catalogue that runs in workers."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from catalog.products import pictures, prices


@shared_task
def refresh_prices() -> None:
    """Sales and price rules that have started or ended by the database's clock reach the lists, and what `spread_rules`
    has left; a batch or two every three seconds.
    """
    for _batch in range(2):
        if prices.refresh() + prices.spread() == 0:
            return


@shared_task(time_limit=3600)
def spread_rules() -> None:
    """Price rules that are new, changed or ended reach the lists."""
    while prices.spread():
        pass


@shared_task
def process_picture(image_id: str) -> None:
    """AVIF and WebP files of one picture."""
    pictures.make_derivatives(image_id=UUID(image_id))


@shared_task
def process_plain_picture(name: str) -> None:
    """AVIF and WebP files of a picture that is of no product, by its name in the storage."""
    pictures.make_plain_derivatives(name)
