"""Publish an event with the transaction that makes it true; load and run its subscribers later, in workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from shop.events import types
from shop.events.models import Delivery, HandledEvent, OutboxEvent

Handler = Callable[[dict[str, Any]], None]


def publish(event: types.Event, *, using: str) -> UUID:
    """Write `event` and what each subscriber owes to it into database `using`; returns the event's id.

    Must be called inside a transaction of that database (raises `TransactionManagementError` if not): a rolled back
    event is never heard, a committed one always is. Delivery starts on commit; the sweep finds what that missed.
    """
    connection = transaction.get_connection(using)
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish belongs to the transaction that makes the event true")
    row = OutboxEvent(
        event_type=type(event).__name__,
        aggregate_type=event.aggregate,
        aggregate_id=event.aggregate_id(),
        version=event.version,
        data=event.data(),
    )
    row.save(using=using, force_insert=True)
    deliveries = [
        Delivery(
            event_id=row.id,
            event_type=row.event_type,
            aggregate_type=row.aggregate_type,
            aggregate_id=row.aggregate_id,
            subscriber=subscriber,
        )
        for subscriber in subscribers_of(type(event))
    ]
    if deliveries:
        Delivery.objects.using(using).bulk_create(deliveries)
        ids = [str(delivery.id) for delivery in deliveries]
        transaction.on_commit(lambda: enqueue(using, ids), using=using, robust=True)
    return row.id


def subscribers_of(event_type: type[types.Event]) -> tuple[str, ...]:
    """The dotted paths of the handlers of `event_type`, from the table in `shop/subscriptions.py`."""
    table: dict[type[types.Event], tuple[str, ...]] = import_string(settings.EVENT_SUBSCRIBERS)
    return table.get(event_type, ())


def is_heard(event_type: type[types.Event]) -> bool:
    """Whether anybody subscribes to `event_type`; on the busiest paths, an event that nobody hears is not written."""
    return bool(subscribers_of(event_type))


def handler(subscriber: str) -> Handler:
    """The function behind a subscriber's dotted path."""
    function: Handler = import_string(subscriber)
    return function


def handled_once(event_id: str | UUID, name: str, *, using: str) -> bool:
    """Note in the inbox of `using` that `name` handles this event; False if it did before. In its transaction."""
    _row, created = HandledEvent.objects.using(using).get_or_create(event_id=event_id, handler=name)
    return created


def enqueue(using: str, delivery_ids: list[str]) -> None:
    """Hand deliveries to the workers. A broker that is down costs only time: the sweep finds them."""
    from shop.events import tasks  # noqa: PLC0415  (tasks import the bus)

    for delivery_id in delivery_ids:
        tasks.deliver.delay(using=using, delivery_id=delivery_id)
