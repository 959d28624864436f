"""F30: the broker's queue is lost, and messages come twice. F33: a message that kills whatever handles it.

A real broker and real workers; the outbox remembers what the broker forgets.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django_redis import get_redis_connection
from kombu import Connection

from checkout.orders.models import Order
from shop.celery import app
from shop.core import db
from shop.events import bus, services, tasks, types
from shop.events.invariants import delivered
from shop.events.models import Delivery
from shop.health import gauges
from shop.notifications.models import Notification
from tests import outbox
from tests.concurrency.race import together
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes.sandbox import RunningSandbox
from tests.faults.test_worker_killed import send, wait_for, worker
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

CHARGE = "checkout.payments.receivers.charge"
HEARD: list[str] = []


@pytest.fixture
def queue() -> Iterator[str]:
    """A list in Redis that only this test's workers read."""
    name = f"test-{uuid.uuid4().hex}"
    yield name
    get_redis_connection("default").delete(name)


@pytest.fixture
def announced(queue: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Deliveries are announced through that list; how many messages wait there."""

    def delay(*, using: str, delivery_id: str) -> None:
        send(queue, Delivery.objects.using(using).get(pk=delivery_id))

    monkeypatch.setattr(tasks.deliver, "delay", delay)
    return lambda: int(get_redis_connection("default").llen(queue))


def is_paid_once(orders: list[Order], sandbox: RunningSandbox) -> None:
    outbox.drain(mails=False)
    assert outbox.failures() == []
    assert set(Order.objects.values_list("status", flat=True)) == {"payment_confirmed"}
    assert len(sandbox.state()["charge"]) == len(orders)
    assert Notification.objects.filter(template="order_paid").count() == len(orders)
    assert violations() == []


def test_F30_the_brokers_queue_is_lost_and_the_sweep_announces_again(
    queue: str, announced: Callable[[], int], shop_sandbox: RunningSandbox, tmp_path: Path
) -> None:
    orders = [make.placed([stocked(3)]) for _ in range(3)]
    waiting = announced()
    assert waiting >= 6  # a charge and a mail each
    get_redis_connection("default").delete(queue)
    assert announced() == 0
    Delivery.objects.update(due_at=Now() - timedelta(seconds=2))
    tasks.sweep()
    assert announced() == waiting
    log = tmp_path / "worker.log"
    with worker(queue, shop_sandbox, log):
        paid = Order.objects.filter(status="payment_confirmed")
        wait_for(lambda: paid.count() == len(orders), "the payments", log)
        wait_for(lambda: not Delivery.objects.filter(subscriber=CHARGE, status="pending").exists(), "the end", log)
    is_paid_once(orders, shop_sandbox)


def test_F30_one_message_comes_to_two_workers_at_once(shop_sandbox: RunningSandbox) -> None:
    """As when the broker takes a worker for dead that is only slow: the second one is sent away by the lease."""
    order = make.placed([stocked(3)])
    charge = Delivery.objects.get(subscriber=CHARGE)
    shop_sandbox.faults(delay=0.5, path="payment_intents$")
    together([lambda: tasks.deliver_one(using=db.DEFAULT, delivery_id=str(charge.pk))] * 3)
    shop_sandbox.faults()
    charge.refresh_from_db()
    assert (charge.status, charge.attempts) == ("done", 1)
    is_paid_once([order], shop_sandbox)


def test_F30_two_real_workers_are_given_the_same_message(
    queue: str, shop_sandbox: RunningSandbox, tmp_path: Path
) -> None:
    order = make.placed([stocked(3)])
    charge = Delivery.objects.get(subscriber=CHARGE)
    shop_sandbox.faults(delay=1.0, path="payment_intents$")
    log = tmp_path / "worker.log"
    with worker(queue, shop_sandbox, log), worker(queue, shop_sandbox, log):
        for _copy in range(4):
            send(queue, charge)
        wait_for(Delivery.objects.filter(pk=charge.pk, status="done").exists, "the delivery", log)
        wait_for(lambda: not get_redis_connection("default").llen(queue), "the copies", log)
    charge.refresh_from_db()
    assert charge.attempts == 1
    is_paid_once([order], shop_sandbox)


def test_F30_control_without_the_lease_two_workers_do_the_same(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.placed([stocked(3)])
    charge = Delivery.objects.get(subscriber=CHARGE)
    shop_sandbox.faults(delay=0.5, path="payment_intents$")
    monkeypatch.setattr(tasks, "LEASE", timedelta(0))

    def deliver(after: float) -> None:
        time.sleep(after)
        tasks.deliver_one(using=db.DEFAULT, delivery_id=str(charge.pk))

    together([lambda: deliver(0), lambda: deliver(0.2)])
    charge.refresh_from_db()
    assert charge.attempts == 2


# --- F33

POISON: set[str] = set()


def digest(data: dict[str, Any]) -> None:
    """A subscriber that cannot stomach what `POISON` names."""
    if data["product_id"] in POISON:
        raise ValueError("poison")
    HEARD.append(data["product_id"])


SUBSCRIBERS = {types.ProductChanged: (f"{__name__}.digest",)}


@pytest.fixture
def one_subscriber(settings: Any) -> None:
    settings.EVENT_SUBSCRIBERS = f"{__name__}.SUBSCRIBERS"
    HEARD.clear()
    POISON.clear()


def publish(product_id: uuid.UUID) -> Delivery:
    with transaction.atomic(using=db.CATALOG):
        event = bus.publish(types.ProductChanged(product_id=product_id), using=db.CATALOG)
    return rows().get(event_id=event)


def rows() -> Any:
    return Delivery.objects.using(db.CATALOG)


def metric(name: str) -> float:
    found = [
        line for line in gauges.text().decode().splitlines() if line.startswith(f'{name}{{database="{db.CATALOG}"')
    ]
    return float(found[0].rpartition(" ")[2])


def until_dead(delivery: Delivery) -> int:
    """Let time pass until nothing is due any more; how often it was tried."""
    for _round in range(20):
        rows().filter(status="pending").update(due_at=Now() - timedelta(seconds=2))
        tasks.sweep()
        for pending in rows().filter(status="pending").values_list("pk", flat=True):
            tasks.deliver(using=db.CATALOG, delivery_id=str(pending))
    delivery.refresh_from_db()
    return int(delivery.attempts)


@pytest.mark.usefixtures("one_subscriber")
def test_F33_a_poison_message_dies_alone_is_told_and_can_be_replayed(caplog: pytest.LogCaptureFixture) -> None:
    poison, behind, other = db.uuid7(), db.uuid7(), db.uuid7()
    POISON.add(str(poison))
    first = publish(poison)
    later = publish(poison)  # of the same thing: it waits for its turn
    publish(other)
    tasks.deliver(using=db.CATALOG, delivery_id=str(first.pk))
    outbox.drain(mails=False)
    assert [str(other)] == HEARD  # other things never waited
    assert until_dead(first) == len(tasks.BACKOFF) + 1 == 8
    assert (first.status, first.last_error) == ("dead", "ValueError: poison")
    later.refresh_from_db()
    assert later.status == "dead"  # it had its turn, and died of the same
    assert any("delivery dead" in str(record.msg) for record in caplog.records)
    assert metric("shop_dead_letters") == 2
    assert [sentence for sentence in delivered() if "is dead" in sentence and "poison" in sentence]
    publish(behind)
    outbox.drain(mails=False)
    assert [str(other), str(behind)] == HEARD
    # Its cause is mended; a merchant has it delivered again.
    POISON.clear()
    assert services.replay(delivery_ids=[first.pk, later.pk], by="staff:1", using=db.CATALOG) == 2
    outbox.drain(mails=False)
    assert HEARD[2:] == [str(poison), str(poison)]
    assert (metric("shop_dead_letters"), metric("shop_outbox_backlog"), delivered()) == (0, 0, [])


@pytest.mark.usefixtures("one_subscriber")
def test_F33_control_without_an_end_what_is_behind_it_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again for ever, a poison message holds up what comes after it about the same thing."""
    poison = db.uuid7()
    POISON.add(str(poison))
    monkeypatch.setattr(tasks, "BACKOFF", (0,) * 1000)
    first, later = publish(poison), publish(poison)
    assert until_dead(first) >= 20
    later.refresh_from_db()
    assert (first.status, later.attempts) == ("pending", 0)


def test_F33_a_message_that_nobody_understands_stops_no_worker(
    queue: str, shop_sandbox: RunningSandbox, tmp_path: Path
) -> None:
    """An unknown task, wrong arguments and a delivery that is gone; then one that is right."""
    order = make.placed([stocked(3)])
    log = tmp_path / "worker.log"
    with worker(queue, shop_sandbox, log) as process:
        with Connection(settings.REDIS_URL) as broker:
            app.send_task("shop.events.tasks.no_such", queue=queue, connection=broker)
            app.send_task("shop.events.tasks.deliver", kwargs={"no": "sense"}, queue=queue, connection=broker)
            gone = {"using": db.DEFAULT, "delivery_id": str(db.uuid7())}
            app.send_task("shop.events.tasks.deliver", kwargs=gone, queue=queue, connection=broker)
        send(queue, Delivery.objects.get(subscriber=CHARGE))
        wait_for(Order.objects.filter(status="payment_confirmed").exists, "the payment", log)
        wait_for(Delivery.objects.filter(subscriber=CHARGE, status="done").exists, "the end", log)
        assert process.poll() is None
    is_paid_once([order], shop_sandbox)
