"""The database goes away in the middle of a delivery: it is made again in seconds, not at the end of its lease."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections, transaction
from django.test import override_settings

from shop.core import db
from shop.events import bus, tasks, types
from shop.events.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
HEARD: list[str] = []


def hear(data: dict[str, Any]) -> None:
    """The first time, its own connection is ended by the server."""
    HEARD.append(data["product_id"])
    if len(HEARD) == 1:
        with connections[db.CATALOG].cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


SUBSCRIBERS = {types.ProductChanged: (f"{__name__}.hear",)}


@pytest.fixture
def delivery() -> Any:
    HEARD.clear()
    with override_settings(EVENT_SUBSCRIBERS=f"{__name__}.SUBSCRIBERS"):
        with transaction.atomic(using=db.CATALOG):
            bus.publish(types.ProductChanged(product_id=db.uuid7()), using=db.CATALOG)
        yield Delivery.objects.using(db.CATALOG).get()


def make(delivery: Delivery, **more: int) -> None:
    tasks.deliver(using=db.CATALOG, delivery_id=str(delivery.pk), **more)
    delivery.refresh_from_db()


def test_a_delivery_that_was_cut_off_is_free_for_its_own_next_message_only(delivery: Delivery) -> None:
    make(delivery)
    assert (len(HEARD), delivery.status, delivery.attempts) == (1, "pending", 1)

    make(delivery)  # any other message: it is taken, for all that one knows by a living worker
    make(delivery, attempt=7)
    assert (len(HEARD), delivery.status, delivery.attempts) == (1, "pending", 1)

    make(delivery, attempt=1)
    assert (len(HEARD), delivery.status, delivery.attempts) == (2, "done", 2)


def test_that_message_again_does_nothing(delivery: Delivery) -> None:
    make(delivery)
    make(delivery, attempt=1)
    make(delivery, attempt=1)
    assert (len(HEARD), delivery.attempts) == (2, 2)
