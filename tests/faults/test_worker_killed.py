"""F27: a worker is killed with -9 in the middle of a charge. Its message is lost with it; the outbox is not."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from kombu import Connection

from checkout.orders.models import Order
from checkout.payments.models import Payment
from shop.celery import app
from shop.core import db
from shop.events.models import Delivery, OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes.sandbox import RunningSandbox
from tests.faults import killed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]


@contextmanager
def worker(queue: str, sandbox: RunningSandbox, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on the test's databases and on a queue of its own; killed at the end."""
    environment = {
        **killed.environment(),
        "CELERY_BROKER_URL": settings.REDIS_URL,
        "STRIPE_API_BASE": sandbox.url,
        "EMAIL_URL": "dummy://",
    }
    command = [sys.executable, "-m", "celery", "-A", "shop", "worker", "--pool", "solo", "-Q", queue]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=killed.ROOT, env=environment, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)


def send(queue: str, delivery: Delivery) -> None:
    with Connection(settings.REDIS_URL) as broker:
        app.send_task(
            "shop.events.tasks.deliver",
            kwargs={"using": delivery._state.db or db.DEFAULT, "delivery_id": str(delivery.pk)},
            queue=queue,
            connection=broker,
        )


def wait_for(condition: Callable[[], Any], what: str, log: Path, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen\n{log.read_text()[-3000:]}")


def test_F27_a_worker_killed_while_it_charges(shop_sandbox: RunningSandbox, tmp_path: Path) -> None:
    log, queue = tmp_path / "worker.log", f"test-{uuid.uuid4().hex}"
    item = stocked(3)
    order = make.placed([item])
    payment = make.payment_of(order)
    charge = Delivery.objects.get(subscriber="checkout.payments.receivers.charge")

    shop_sandbox.faults(delay=6.0, path="payment_intents$")
    with worker(queue, shop_sandbox, log) as first:
        send(queue, charge)
        is_asking = Payment.objects.filter(pk=payment.pk, status="processing", attempts=1)
        wait_for(is_asking.exists, "the charge", log)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    shop_sandbox.faults()

    # Nobody has answered for it, and nothing is half done: the order waits, its units are held.
    charge.refresh_from_db()
    order.refresh_from_db()
    item.refresh_from_db()
    assert (charge.status, order.status, item.reserved) == ("pending", "payment_pending", 1)
    assert outbox.drain(mails=False) > 0  # the other subscribers; this delivery is still leased to the dead worker
    charge.refresh_from_db()
    assert (charge.status, charge.attempts) == ("pending", 1)

    Delivery.objects.filter(pk=charge.pk).update(due_at=db.clock() - timedelta(seconds=1))  # the lease is over
    with worker(queue, shop_sandbox, log):
        send(queue, charge)

        def is_paid() -> bool:
            """As the sweep would, send again what the provider refused while it was busy with the dead one's call."""
            if Order.objects.filter(pk=order.pk, status="payment_confirmed").exists():
                return True
            refused = Delivery.objects.filter(pk=charge.pk, status="pending").exclude(last_error="")
            if refused.update(due_at=db.clock() - timedelta(seconds=1)):
                send(queue, charge)
                time.sleep(3)
            return False

        wait_for(is_paid, "the payment", log)
        wait_for(Delivery.objects.filter(pk=charge.pk, status="done").exists, "the delivery's end", log)
    outbox.drain(mails=False)

    assert outbox.failures() == []
    assert len(shop_sandbox.state()["charge"]) == 1
    assert OutboxEvent.objects.filter(event_type="OrderPaid").count() == 1
    item.refresh_from_db()
    assert (item.on_hand, item.reserved, item.allocated) == (3, 0, 1)
    assert Notification.objects.filter(template="order_paid").count() == 1
    assert violations() == []


def test_F27_control_without_an_outbox_the_order_waits_for_ever(shop_sandbox: RunningSandbox, tmp_path: Path) -> None:
    """The same death with nothing but the broker's message: a living worker on the same queue is told nothing."""
    log, queue = tmp_path / "worker.log", f"test-{uuid.uuid4().hex}"
    order = make.placed()
    payment = make.payment_of(order)
    shop_sandbox.faults(delay=15.0, path="payment_intents$")
    with worker(queue, shop_sandbox, log) as first:
        send(queue, Delivery.objects.get(subscriber="checkout.payments.receivers.charge"))
        wait_for(Payment.objects.filter(pk=payment.pk, status="processing").exists, "the charge", log)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    shop_sandbox.faults()
    Delivery.objects.all().delete()
    with worker(queue, shop_sandbox, log):
        time.sleep(4)
    order.refresh_from_db()
    assert order.status == "payment_pending"
