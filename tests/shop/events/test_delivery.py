"""The outbox: committed events are delivered, in order, again after a failure, and buried after the last try."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import override_settings

from shop.core import db
from shop.events import bus, services, tasks, types
from shop.events.models import Delivery, HandledEvent, OutboxEvent
from tests.factories.accounts import StaffFactory
from tests.outbox import drain, failures

HEARD: list[tuple[str, str]] = []
FAIL_FOR: set[str] = set()


def first(data):
    _hear("first", data)


def second(data):
    _hear("second", data)


def _hear(name, data):
    if name in FAIL_FOR:
        raise RuntimeError(f"{name} cannot")
    HEARD.append((name, data["product_id"]))


SUBSCRIBERS = {
    types.ProductChanged: ("tests.shop.events.test_delivery.first", "tests.shop.events.test_delivery.second"),
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _table():
    HEARD.clear()
    FAIL_FOR.clear()
    with override_settings(EVENT_SUBSCRIBERS=f"{__name__}.SUBSCRIBERS"):
        yield


def publish(product_id=None):
    product_id = product_id or db.uuid7()
    with transaction.atomic(using=db.CATALOG):
        bus.publish(types.ProductChanged(product_id=product_id), using=db.CATALOG)
    return str(product_id)


def deliveries():
    return Delivery.objects.using(db.CATALOG).order_by("id")


def make_due():
    deliveries().filter(status="pending").update(due_at=db.clock(db.CATALOG))


def test_every_subscriber_hears_it_once():
    product = publish()
    drain()
    drain()
    assert sorted(HEARD) == [("first", product), ("second", product)]
    assert {row.status for row in deliveries()} == {"done"}


def test_rolled_back_is_never_heard():
    with transaction.atomic(using=db.CATALOG):
        bus.publish(types.ProductChanged(product_id=db.uuid7()), using=db.CATALOG)
        transaction.set_rollback(True, using=db.CATALOG)
    drain()
    assert HEARD == []
    assert OutboxEvent.objects.using(db.CATALOG).count() == 0


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        bus.publish(types.ProductChanged(product_id=db.uuid7()), using=db.CATALOG)


def test_one_failing_subscriber_does_not_hold_up_the_other():
    FAIL_FOR.add("first")
    product = publish()
    drain()
    assert [("second", product)] == HEARD
    assert failures() == ["tests.shop.events.test_delivery.first: RuntimeError: first cannot"]


def test_order_per_aggregate_later_events_wait_for_a_failed_one():
    FAIL_FOR.add("first")
    product = publish()
    publish(product)
    drain()
    assert [("second", product), ("second", product)] == HEARD
    FAIL_FOR.clear()
    make_due()
    tasks.deliver(using=db.CATALOG, delivery_id=str(deliveries().filter(status="pending").first().pk))
    assert HEARD[2:] == [("first", product), ("first", product)]


def test_a_later_delivery_is_refused_while_an_earlier_one_is_open():
    product = publish()
    publish(product)
    later = deliveries().filter(subscriber=SUBSCRIBERS[types.ProductChanged][0]).last()
    tasks.deliver_one(using=db.CATALOG, delivery_id=str(later.pk))
    assert HEARD == []


def test_other_aggregates_do_not_wait():
    FAIL_FOR.add("first")
    publish()
    drain()
    FAIL_FOR.clear()
    other = publish()
    drain()
    assert ("first", other) in HEARD


def test_after_the_last_try_it_is_dead_and_the_queue_behind_it_flows():
    FAIL_FOR.add("first")
    product = publish()
    second_event = publish(product)
    row = deliveries().filter(subscriber=SUBSCRIBERS[types.ProductChanged][0]).first()
    for _ in range(len(tasks.BACKOFF) + 1):
        make_due()
        tasks.deliver_one(using=db.CATALOG, delivery_id=str(row.pk))
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("dead", 8)
    FAIL_FOR.clear()
    drain()
    assert HEARD.count(("first", second_event)) == 1


def test_dead_letters_can_be_replayed():
    product = publish()
    deliveries().update(status="dead")
    ids = list(deliveries().values_list("pk", flat=True))
    assert services.replay(delivery_ids=ids, by="staff:1", using=db.CATALOG) == 2
    drain()
    assert sorted(HEARD) == [("first", product), ("second", product)]


def test_the_sweep_finds_what_no_message_told_of(monkeypatch):
    publish()
    sent = []
    monkeypatch.setattr(tasks.deliver, "delay", lambda **kwargs: sent.append(kwargs["delivery_id"]))
    deliveries().update(due_at=db.clock(db.CATALOG).replace(year=2020))
    tasks.sweep()
    assert sorted(sent) == sorted(str(pk) for pk in deliveries().values_list("pk", flat=True))


def test_the_inbox_says_yes_once():
    event = db.uuid7()
    assert bus.handled_once(event, "h", using=db.DEFAULT) is True
    assert bus.handled_once(event, "h", using=db.DEFAULT) is False
    assert HandledEvent.objects.using(db.DEFAULT).count() == 1


def test_every_named_subscriber_exists():
    from shop.subscriptions import SUBSCRIBERS as table

    assert all(callable(bus.handler(name)) for names in table.values() for name in names)


def test_events_carry_plain_values_only():
    order = db.uuid7()
    event = types.OrderPaid(order_id=order, customer_id=None, variant_ids=[order])
    assert event.data() == {"order_id": str(order), "customer_id": None, "variant_ids": [str(order)]}
    assert event.aggregate_id() == str(order)


def test_old_deliveries_are_forgotten_but_dead_letters_stay():
    publish()
    drain()
    publish()
    long_ago = db.clock(db.CATALOG) - tasks.KEEP - timedelta(days=1)
    first_event, second_event = deliveries().values_list("event_id", flat=True).distinct().order_by("event_id")
    deliveries().update(finished_at=long_ago)
    deliveries().filter(event_id=second_event).update(status="dead")
    recent = publish()
    drain()
    tasks.forget()
    assert not deliveries().filter(event_id=first_event).exists()
    assert deliveries().filter(status="dead").count() == 2
    assert deliveries().filter(aggregate_id=recent, status="done").count() == 2


@pytest.mark.parametrize(("permissions", "status"), [(["view"], "dead"), (["view", "change"], "pending")])
def test_who_may_only_look_replays_nothing(client, settings, permissions, status):
    settings.STAFF_MFA_REQUIRED = False
    with transaction.atomic(using=db.DEFAULT):
        bus.publish(types.ProductChanged(product_id=db.uuid7()), using=db.DEFAULT)
    Delivery.objects.update(status="dead")
    clerk = StaffFactory()
    clerk.user_permissions.set(Permission.objects.filter(codename__in=[f"{name}_delivery" for name in permissions]))
    client.force_login(clerk)
    client.post("/admin/shop/delivery/", {"action": "replay", "_selected_action": [str(Delivery.objects.all()[0].pk)]})
    assert set(Delivery.objects.values_list("status", flat=True)) == {status, "dead"}
