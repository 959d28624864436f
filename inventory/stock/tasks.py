"""What the stock leaves to workers."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from inventory.stock import alerts, locations, services


@shared_task(ignore_result=True)
def announce_location(*, location_id: str) -> None:
    """A location was switched on or off: tell what that means for its variants."""
    locations.announce(location_id=UUID(location_id))


@shared_task(ignore_result=True)
def close_orders() -> None:
    """Tell of backorders and pre-orders whose last moment has come."""
    services.close_orders()


@shared_task(ignore_result=True)
def find_low() -> None:
    """Tell of stock items that are low without ever having fallen."""
    alerts.find_low()
