"""Doors to the tax services for workers."""

from __future__ import annotations

from celery import shared_task

from cart.tax import services


@shared_task(bind=True, max_retries=6)
def check_vat_id(self, vat_id: str) -> None:  # type: ignore[no-untyped-def]
    """Ask the register again for an id that it could not tell about; for an hour at most."""
    if services.check_vat_id(vat_id=vat_id) is None:
        raise self.retry(countdown=60 * 2**self.request.retries)
