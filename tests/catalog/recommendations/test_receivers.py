from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from catalog.recommendations import learning, receivers, services, tasks
from catalog.recommendations.models import Demand, Neighbours, PastOrder
from shop.core import db
from shop.events import bus, types
from tests import outbox
from tests.factories import catalog
from tests.factories import recommendations as make

pytestmark = pytest.mark.django_db


def publish(event: types.Event) -> None:
    with transaction.atomic(using=db.DEFAULT):
        bus.publish(event, using=db.DEFAULT)


def test_a_paid_order_is_what_was_bought_together() -> None:
    mug, plate = make.products(2)
    other = catalog.add_variant(mug)
    order, customer = db.uuid7(), db.uuid7()
    variants = [mug.variants.all()[0].pk, plate.variants.get().pk, other.pk, db.uuid7()]
    event = {
        "order_id": str(order),
        "customer_id": str(customer),
        "variant_ids": [str(one) for one in variants],
        "occurred_at": make.NOON.isoformat(),
    }

    receivers.note_order(event)
    receivers.note_order(event)
    tasks.count_new()

    row = PastOrder.objects.get()
    assert (row.pk, row.bought_at, row.customer_id, row.is_counted) == (order, make.NOON, customer, True)
    assert sorted(row.product_ids) == sorted([mug.pk, plate.pk])
    assert Neighbours.objects.get(product_id=mug.pk).others == [plate.pk]
    assert set(Demand.objects.values_list("orders", flat=True)) == {1}


def test_orders_come_and_go_as_events() -> None:
    mug, plate = make.products(2)
    order, variants = db.uuid7(), [one.variants.get().pk for one in (mug, plate)]
    publish(types.OrderPaid(order_id=order, customer_id=None, variant_ids=variants))
    outbox.drain()
    tasks.count_new()
    assert Neighbours.objects.count() == 2

    publish(types.OrderCancelled(order_id=order, reason="", was_paid=True))
    outbox.drain()
    tasks.count_new()

    assert not Neighbours.objects.exists()
    assert set(Demand.objects.values_list("orders", "weight")) == {(0, 0)}


def test_an_order_of_nothing_that_the_catalogue_has_is_not_kept() -> None:
    receivers.note_order(
        {"order_id": str(db.uuid7()), "variant_ids": [str(db.uuid7())], "occurred_at": make.NOON.isoformat()}
    )

    assert not PastOrder.objects.exists()


def test_who_is_forgotten_has_bought_nothing() -> None:
    made, customer = make.products(1), db.uuid7()
    make.bought(made, customer_id=customer)

    publish(types.CustomerErased(customer_id=customer))
    outbox.drain()

    assert list(PastOrder.objects.values_list("customer_id", flat=True)) == [None]


def test_cancellations_of_what_was_never_paid_are_kept_for_a_month() -> None:
    now = db.clock(db.CATALOG)
    kept, old = db.uuid7(), db.uuid7()
    services.withdraw_order(order_id=kept, at=now - timedelta(days=29))
    services.withdraw_order(order_id=old, at=now - timedelta(days=31))
    [paid] = make.bought(make.products(1), at=now - timedelta(days=31))
    services.withdraw_order(order_id=paid, at=now)

    tasks.rebuild()

    assert set(PastOrder.objects.values_list("pk", flat=True)) == {kept, paid}


def test_the_nights_task_learns() -> None:
    make.bought(*[make.products(2)] * 3)

    tasks.rebuild()

    assert Neighbours.objects.filter(kind="together", is_modelled=True).count() == 2


def test_all_that_waits_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "BATCH", 1)
    make.bought(*[make.products(2)] * 3)

    tasks.count_new()

    assert PastOrder.objects.filter(is_counted=True).count() == 3


@pytest.mark.django_db(transaction=True)
def test_nothing_is_counted_while_somebody_learns() -> None:
    import threading

    from catalog.recommendations import locking

    make.bought(make.products(2))
    counted: list[Any] = []

    def count() -> None:
        from django.db import connections

        counted.append(learning.count_new())
        connections.close_all()

    with transaction.atomic(using=db.CATALOG):
        locking.learning()
        thread = threading.Thread(target=count)
        thread.start()
        thread.join(20)
    assert (counted, learning.count_new()) == ([0], 1)
