"""F27: a worker is killed with -9 in a task of the timetable. The next round does the rest, and nothing twice.

As in `test_task_killed.py`, each is told undisturbed and disturbed. E-mails: at most once (ADR 0008).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils.module_loading import import_string

from checkout.orders.models import Order
from checkout.payments.models import Payment
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import services as stock
from shop.core import db
from shop.events.models import Delivery
from shop.notifications import invariants as of_notifications
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.factories.waitlist import joined
from tests.fakes.sandbox import CHALLENGED, RunningSandbox
from tests.faults import killed, report, stories
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

BEGUN = "tests.faults.jobs.begin"
MOMENTS: dict[str, tuple[str, ...]] = {
    "before its first COMMIT": ("before", "COMMIT", BEGUN),
    "after its first COMMIT": ("after", "COMMIT", BEGUN),
    "at its end": ("after", "tests.faults.jobs.task"),
}
Prepared = tuple[str, ...]


def _challenged() -> Order:
    order = make.placed([stocked(5)], token=CHALLENGED)
    outbox.drain(mails=False)
    return order


def _hold_is_over(order: Order) -> None:
    Reservation.objects.filter(reference=order.pk).update(expires_at=Now() - timedelta(seconds=1))


def expire(sandbox: RunningSandbox) -> Prepared:
    """A hold is over."""
    _hold_is_over(_challenged())
    return ("inventory.reservations.tasks.expire",)


def cancel_unpaid(sandbox: RunningSandbox) -> Prepared:
    """A hold is over and its event was lost."""
    _hold_is_over(_challenged())
    reservations.expire()
    Delivery.objects.using(db.INVENTORY).filter(event_type="ReservationExpired").update(
        status="done", finished_at=Now()
    )
    Order.objects.filter(status="payment_pending").update(placed_at=Now() - timedelta(hours=3))
    return ("checkout.purchase.tasks.cancel_unpaid",)


def settle(sandbox: RunningSandbox) -> Prepared:
    """The bank said yes, and nobody told the shop."""
    payment = make.payment_of(_challenged())
    sandbox.challenge(payment.reference)
    return "checkout.payments.tasks.settle", "payment_id", str(payment.pk)


def charge(sandbox: RunningSandbox) -> Prepared:
    """The order's event was lost: nobody asked for its money."""
    order = make.placed([stocked(5)])
    Delivery.objects.filter(subscriber="checkout.payments.receivers.charge").update(status="done", finished_at=Now())
    return "checkout.payments.tasks.settle", "payment_id", str(make.payment_of(order).pk)


def reconcile(sandbox: RunningSandbox) -> Prepared:
    """As above, found in the provider's list."""
    payment = make.payment_of(_challenged())
    sandbox.challenge(payment.reference)
    Payment.objects.filter(pk=payment.pk).update(updated_at=Now() - timedelta(hours=1))
    return ("checkout.reconciliation.tasks.sweep",)


def offer(sandbox: RunningSandbox) -> Prepared:
    """Units came for those who wait, and the event was lost."""
    item = stocked(0)
    joined(item, 2)
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=2, reason="delivery", by="staff:1")
    Delivery.objects.using(db.INVENTORY).filter(subscriber="inventory.waitlist.receivers.offer").update(
        status="done", finished_at=Now()
    )
    return ("inventory.waitlist.tasks.sweep",)


ROUNDS: dict[str, Callable[[RunningSandbox], Prepared]] = {
    round_.__name__: round_ for round_ in (expire, cancel_unpaid, settle, charge, reconcile, offer)
}


def told(name: str, sandbox: RunningSandbox, moment: str = "") -> Any:
    before = stories.facts(sandbox)
    task, *argument = ROUNDS[name](sandbox)
    if moment:
        ended = killed.run("tests.faults.jobs.task", task, *argument, dies=MOMENTS[moment])
        assert ended.was_killed, ended.said
    import_string(task)(**({argument[0]: argument[1]} if argument else {}))
    outbox.drain(mails=False)
    assert outbox.failures() == []
    after = stories.facts(sandbox)
    after.subtract(before)
    return {fact: number for fact, number in after.items() if number}


@pytest.mark.parametrize("moment", list(MOMENTS) if report.LONG else ["after its first COMMIT"])
@pytest.mark.parametrize("name", ROUNDS)
def test_F27_killed_in_the_timetables(name: str, moment: str, shop_sandbox: RunningSandbox) -> None:
    carts.rates()
    undisturbed = told(name, shop_sandbox)
    assert told(name, shop_sandbox, moment) == undisturbed
    assert violations() == []


MAIL: dict[str, tuple[tuple[str, ...], str, int]] = {
    "before it is taken": (("before", "shop.notifications.services.send"), "sent", 1),
    "before it is sent": (("before", "shop.notifications.services.render"), "sending", 0),
    "after it was sent": (("after", "django.core.mail.backends.filebased.EmailBackend.send_messages"), "sending", 1),
}


@pytest.mark.parametrize("moment", MAIL)
def test_F27_a_mail_goes_out_at_most_once(moment: str, settings: Any, tmp_path: Path) -> None:
    dies, status, sent = MAIL[moment]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def out() -> int:
        return sum(path.read_text().count("\nTo: ada@example.com") for path in tmp_path.iterdir())

    make.placed()
    outbox.drain(mails=False)
    row = Notification.objects.get(template="order_placed")
    words = ("shop.notifications.tasks.send", "notification_id", str(row.pk))
    assert killed.run("tests.faults.jobs.task", *words, dies=dies).was_killed
    Notification.objects.filter(pk=row.pk).update(created_at=Now() - timedelta(hours=2))
    for notification_id in notifications.due():
        notifications.send(notification_id=notification_id)
    row.refresh_from_db()
    assert (row.status, out()) == (status, sent)
    if status == "sending":  # marked: nobody knows whether it went out, so a person decides
        assert [found.partition(" is ")[2][:7] for found in of_notifications.sent()] == ["sending"]
        assert notifications.send_again(notification_ids=[row.pk], by="staff:1") == 1
        assert notifications.send(notification_id=row.pk)
        assert out() == sent + 1
    assert of_notifications.sent() == []
