"""The database goes away in the middle of a delivery: it is made again in seconds, not at the end of its lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction
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


def make(delivery: Delivery, **more: str) -> None:
    tasks.deliver(using=db.CATALOG, delivery_id=str(delivery.pk), **more)
    delivery.refresh_from_db()


def test_a_delivery_that_was_cut_off_is_free_for_its_own_next_message_only(delivery: Delivery) -> None:
    make(delivery)
    assert (len(HEARD), delivery.status, delivery.attempts) == (1, "pending", 1)

    make(delivery)  # any other message: it is taken, for all that one knows by a living worker
    make(delivery, until=(delivery.due_at + timedelta(microseconds=1)).isoformat())
    assert (len(HEARD), delivery.status, delivery.attempts) == (1, "pending", 1)

    make(delivery, until=delivery.due_at.isoformat())
    assert (len(HEARD), delivery.status, delivery.attempts) == (2, "done", 2)


def test_that_message_again_does_nothing(delivery: Delivery) -> None:
    make(delivery)
    taken = delivery.due_at.isoformat()
    make(delivery, until=taken)
    make(delivery, until=taken)
    assert (len(HEARD), delivery.attempts) == (2, 2)


@pytest.mark.parametrize(("is_kept", "attempts"), [(True, 2), (False, 1)])
def test_cut_off_while_it_is_taken_it_is_made_by_the_next_message(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch, is_kept: bool, attempts: int
) -> None:
    """The database keeps the commit or loses it, and its answer never comes: nobody can say which of them."""
    HEARD.append("")  # the handler is not what fails here
    told: list[dict[str, str]] = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda *, kwargs, countdown: told.append(kwargs))
    with monkeypatch.context() as patch:
        patch.setattr(tasks.transaction, "atomic", partial(silent, is_kept=is_kept))
        make(delivery)
    assert (len(HEARD), delivery.status, delivery.attempts) == (1, "pending", int(is_kept))
    [again] = told
    tasks.deliver(**again)
    delivery.refresh_from_db()
    assert (len(HEARD), delivery.status, delivery.attempts) == (2, "done", attempts)


ATOMIC = transaction.atomic


@contextmanager
def silent(using: str, *, is_kept: bool) -> Iterator[None]:
    with ATOMIC(using=using):
        yield
        transaction.set_rollback(not is_kept, using=using)
    raise OperationalError("the server closed the connection unexpectedly")
