"""Deliver events, in order per aggregate and subscriber, again with growing pauses, and bury what stays dead."""

from __future__ import annotations

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import Q
from django.db.models.functions import Now

from shop.core import db
from shop.events import bus
from shop.events.models import Delivery, HandledEvent, OutboxEvent

log = structlog.get_logger("shop.events")

# Seconds to wait after each failed try; after the last one the delivery is dead. Eight tries, ~ 4 hours in all.
BACKOFF = (5, 15, 60, 300, 900, 3600, 10_000)
LEASE = timedelta(seconds=330)  # longer than a task may run: a worker that died with a delivery loses it then
SWEEP_LIMIT = 500
KEEP = timedelta(days=90)  # far beyond any retry or replayed message


class Cut(Exception):
    """The database went away in the middle of a delivery, which may still be taken `until` then (ISO 8601)."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__("the database went away")
        self.delivery_id, self.until = str(delivery.pk), delivery.due_at.isoformat()


@shared_task(name="shop.events.tasks.deliver")
def deliver(*, using: str, delivery_id: str, until: str | None = None) -> None:
    """Make one delivery if it is due and first in its line, then the next ones of that line.

    `until` is given by a message about a delivery that was cut off: whoever took it until then lets go of it.
    """
    next_id: str | None = delivery_id
    try:
        while next_id:
            next_id, until = deliver_one(using=using, delivery_id=next_id, until=until), None
    except Cut as cut:  # nobody could note that it failed: without this message it would wait for the end of the lease
        log.warning("delivery cut off", delivery=cut.delivery_id, until=cut.until)
        again = {"using": using, "delivery_id": cut.delivery_id, "until": cut.until}
        deliver.apply_async(kwargs=again, countdown=BACKOFF[0])


def deliver_one(*, using: str, delivery_id: str, until: str | None = None) -> str | None:
    """Make one delivery; returns the id of the next one of its line when this one is over (done or dead)."""
    delivery = _claim(using, delivery_id, until)
    if delivery is None:
        return None
    try:
        return _make(using, delivery)
    except (OperationalError, InterfaceError) as error:
        connections[using].close()
        raise Cut(delivery) from error


def _make(using: str, delivery: Delivery) -> str | None:
    try:
        event = OutboxEvent.objects.using(using).get(pk=delivery.event_id)
        data = {**event.data, "event_id": str(event.id), "occurred_at": event.occurred_at.isoformat()}
        bus.handler(delivery.subscriber)(data)
    except Exception as error:  # noqa: BLE001  (whatever a subscriber raises is its failure, not the queue's)
        return _failed(using, delivery, error)
    _line(using, delivery).filter(pk=delivery.pk).update(status=Delivery.Status.DONE, finished_at=Now(), last_error="")
    return _next(using, delivery)


def _claim(using: str, delivery_id: str, until: str | None) -> Delivery | None:
    """Take the delivery for `LEASE`, unless it is over, not due, taken, or an earlier one of its line is not over.

    Taken `until` this very moment it is free again: nobody but who took it knows that. Raises `Cut` where the database
    goes away before it says whether the delivery is taken now.
    """
    taken = None
    try:
        with transaction.atomic(using=using):
            taken = _take(using, delivery_id, until)
    except (OperationalError, InterfaceError) as error:
        if taken is None:
            raise
        connections[using].close()
        raise Cut(taken) from error
    return taken


def _take(using: str, delivery_id: str, until: str | None) -> Delivery | None:
    rows = Delivery.objects.using(using)
    delivery = (
        rows.select_for_update(skip_locked=True)
        .filter(Q(due_at__lte=Now()) | Q(due_at=until), pk=delivery_id, status=Delivery.Status.PENDING)
        .annotate(lease_ends=Now() + LEASE)
        .first()
    )
    if delivery is None or _line(using, delivery).filter(pk__lt=delivery.pk).exists():
        return None
    delivery.attempts, delivery.due_at = delivery.attempts + 1, delivery.lease_ends
    rows.filter(pk=delivery.pk).update(attempts=delivery.attempts, due_at=delivery.due_at)
    return delivery


def _line(using: str, delivery: Delivery):  # type: ignore[no-untyped-def]
    """The pending deliveries to this subscriber about this aggregate: they go one after the other."""
    return Delivery.objects.using(using).filter(
        subscriber=delivery.subscriber,
        aggregate_id=delivery.aggregate_id,
        aggregate_type=delivery.aggregate_type,
        status=Delivery.Status.PENDING,
    )


def _next(using: str, delivery: Delivery) -> str | None:
    following = _line(using, delivery).order_by("id").values_list("id", flat=True).first()
    return str(following) if following else None


def _failed(using: str, delivery: Delivery, error: Exception) -> str | None:
    text = f"{type(error).__name__}: {error}"[:2000]
    rows = Delivery.objects.using(using).filter(pk=delivery.pk)
    if delivery.attempts > len(BACKOFF):
        rows.update(status=Delivery.Status.DEAD, finished_at=Now(), last_error=text)
        log.error("delivery dead", subscriber=delivery.subscriber, delivery=str(delivery.pk), exc_info=error)
        return _next(using, delivery)
    pause = BACKOFF[delivery.attempts - 1]
    rows.update(due_at=Now() + timedelta(seconds=pause), last_error=text)
    log.warning(
        "delivery failed",
        subscriber=delivery.subscriber,
        delivery=str(delivery.pk),
        attempt=delivery.attempts,
        error=text,
    )
    return None


@shared_task(name="shop.events.tasks.sweep")
def sweep() -> None:
    """Send again whatever is due: retries, and deliveries whose message or worker was lost."""
    for using in db.databases():
        due = (
            Delivery.objects.using(using)
            .filter(status=Delivery.Status.PENDING, due_at__lte=Now() - timedelta(seconds=1))
            .order_by("due_at")
            .values_list("id", flat=True)[:SWEEP_LIMIT]
        )
        for delivery_id in due:
            deliver.delay(using=using, delivery_id=str(delivery_id))


@shared_task(name="shop.events.tasks.ensure_partitions")
def ensure_partitions() -> None:
    """Keep a year of month partitions ahead in every append-only table."""
    now = db.clock()
    for using in db.databases():
        for table in ("shop_outboxevent", "shop_auditentry"):
            db.ensure_partitions(using, table, first=now)
    db.ensure_partitions(db.INVENTORY, "inventory_stockmovement", first=now)


@shared_task(name="shop.events.tasks.forget")
def forget() -> None:
    """Delete deliveries that were made, and inbox rows, after `KEEP`. Dead letters stay until somebody replays them."""
    for using in db.databases():
        Delivery.objects.using(using).filter(status=Delivery.Status.DONE, finished_at__lt=Now() - KEEP).delete()
        HandledEvent.objects.using(using).filter(handled_at__lt=Now() - KEEP).delete()
