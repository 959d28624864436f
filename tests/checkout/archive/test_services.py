"""Orders go into the archive whole, come back row for row, and are never in both places or in none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model

from checkout.archive import contents, locking, reading, selectors, services
from checkout.archive.models import ArchivedOrder
from checkout.disputes.models import Dispute
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.payments.models import Payment, ProviderEvent
from shop.audit.models import AuditEntry
from shop.core import db
from shop.core.money import Money
from shop.events.models import Delivery
from tests import outbox
from tests.factories import checkout as make
from tests.factories.archive import TOMORROW, archive_all, delivered, rows_of
from tests.factories.inventory import stocked
from tests.invariants import violations

pytestmark = pytest.mark.django_db


def test_a_delivered_order_goes_whole_and_comes_back_row_for_row() -> None:
    order = delivered([stocked(5), stocked(5)], quantity=2)
    before = rows_of(order)
    assert all(before[table] for table in ("checkout_order", "checkout_orderline", "checkout_paymentevent"))
    assert archive_all() == 1
    assert {table: rows for table, rows in rows_of(order).items() if rows} == {}
    kept = ArchivedOrder.objects.get(pk=order.pk)
    assert (kept.number, kept.email, kept.total, kept.status) == (order.number, order.email, order.total, "delivered")
    assert services.restore(number=order.number, by="staff:1").status == "delivered"
    assert rows_of(order) == before
    assert not ArchivedOrder.objects.exists()
    entries = AuditEntry.objects.filter(action__in=["order.archive", "order.restore"]).order_by("id")
    assert [(one.action, one.actor) for one in entries] == [("order.archive", "system"), ("order.restore", "staff:1")]


def test_what_must_always_hold_holds_with_archived_orders_and_after_their_return() -> None:
    order, item = delivered(), stocked(5)
    cancelled = make.placed([item])
    orders.cancel(order_id=cancelled.pk, by="guest")
    outbox.drain()
    delivered()
    assert violations() == []
    assert archive_all() == 3
    assert violations() == []
    services.restore(number=order.number, by="system")
    assert violations() == []


def test_an_order_that_is_not_over_stays() -> None:
    make.placed()
    make.paid()
    make.ready()
    assert archive_all() == 0
    assert Order.objects.count() == 3


def test_anything_that_is_open_keeps_an_order(settings: Any) -> None:
    order = delivered()
    payment = make.payment_of(order)
    open_things: tuple[tuple[type[Model], dict[str, object], dict[str, object]], ...] = (
        (Payment, {"pk": payment.pk}, {"status": "processing"}),
        (Order, {"pk": order.pk}, {"held_minor": 1}),
        (Order, {"pk": order.pk}, {"allowed_minor": 5}),  # to be given back
        (Order, {"pk": order.pk}, {"captured_minor": 5}),  # to be paid
        (Delivery, {"aggregate_id": str(order.pk)}, {"status": "pending"}),
        (Delivery, {"aggregate_id": str(order.pk)}, {"status": "dead"}),
    )
    for model, which, values in open_things:
        with transaction.atomic():
            assert model._default_manager.filter(**which).update(**values)
            assert archive_all() == 0, values
            transaction.set_rollback(True)
    Dispute.objects.create(order=order, payment_id=payment.pk, reference="dp_1", amount_minor=5, currency="USD")
    assert archive_all() == 0
    Dispute.objects.update(status="won")
    refund = payments.request_refund(order_id=order.pk, amount=Money(100, "USD"), reason="x", by="staff:1")
    assert archive_all() == 0
    assert refund is not None


def test_only_orders_of_the_time_that_was_asked_for_go() -> None:
    delivered()
    month = db.clock().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    assert services.count_over(before=month) == 0
    assert sum(services.archive(before=month, by="system")) == 0
    assert services.count_over(since=db.clock() + TOMORROW, before=db.clock() + 2 * TOMORROW) == 0
    assert services.count_over(since=month, before=db.clock() + TOMORROW) == 1


def test_batches_and_their_limit() -> None:
    for _ in range(5):
        delivered()
    assert list(services.archive(before=db.clock() + TOMORROW, batch=2, limit=3, by="system")) == [2, 1]
    assert list(services.archive(before=db.clock() + TOMORROW, batch=2, by="system")) == [2]
    assert (Order.objects.count(), ArchivedOrder.objects.count()) == (0, 5)


def test_orders_of_an_old_month_get_its_partition() -> None:
    order = delivered()
    old = db.uuid7_floor(datetime(2019, 3, 5, tzinfo=UTC))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("UPDATE checkout_order SET id = %s WHERE id = %s", [old, order.pk])
        for table in ("orderline", "orderstep", "payment", "shipment", "paymentevent", "shipmentline"):
            cursor.execute(f"UPDATE checkout_{table} SET order_id = %s WHERE order_id = %s", [old, order.pk])
    assert sum(services.archive(before=datetime(2019, 4, 1, tzinfo=UTC), by="system")) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM checkout_archivedorder")
        assert cursor.fetchall() == [("checkout_archivedorder_2019_03",)]


class Killed(Exception):
    pass


@pytest.mark.parametrize("step", range(len(contents.PARTS) + 4))
def test_ended_at_any_statement_nothing_is_lost_and_the_next_run_goes_on(step: int) -> None:
    order = delivered()
    before = rows_of(order)
    left = [step]

    def kill(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.lstrip().startswith(("WITH copied", "DELETE", 'SELECT "checkout_order"')):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
        return result

    services._make_room([order.pk])
    with pytest.raises(Killed), connection.execute_wrapper(kill):
        services.move(ids=[order.pk], by="system")
    assert rows_of(order) == before
    assert not ArchivedOrder.objects.exists()
    assert archive_all() == 1


def test_a_row_that_came_while_it_was_copied_stops_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    order = delivered()
    before = rows_of(order)
    copy = contents.copy_sql

    monkeypatch.setattr(contents, "copy_sql", lambda: copy().replace(
        '(SELECT * FROM "checkout_orderstep" WHERE', '(SELECT * FROM "checkout_orderstep" WHERE position = 1 AND'
    ))  # fmt: skip
    assert archive_all() == 0
    assert rows_of(order) == before
    assert not ArchivedOrder.objects.exists()
    monkeypatch.undo()
    assert archive_all() == 1


def test_an_order_that_became_busy_after_it_was_chosen_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of asking again under the lock: what was chosen is not what is there."""
    order = delivered()
    lock = locking.free_of

    def late(ids: Any) -> Any:
        Payment.objects.filter(order=order).update(status="processing")
        return lock(ids)

    monkeypatch.setattr(locking, "free_of", late)
    assert archive_all() == 0
    assert Order.objects.filter(pk=order.pk).exists()


def test_what_is_not_in_the_archive_cannot_be_brought_back() -> None:
    order = delivered()
    with pytest.raises(services.ArchiveRefused):
        services.restore(number=order.number, by="system")


def test_a_column_that_came_later_gets_its_default_when_an_order_comes_back() -> None:
    order = delivered()
    archive_all()
    kept = ArchivedOrder.objects.get(pk=order.pk)
    del kept.content["checkout_order"][0]["po_number"]
    kept.content["checkout_order"][0]["gone_since"] = 1
    kept.save()
    assert selectors.order(order.number).po_number == ""  # type: ignore[union-attr]
    assert services.restore(number=order.number, by="system").po_number == ""


def test_what_a_provider_tells_later_brings_its_order_back() -> None:
    order, other = delivered(), delivered()
    archive_all()
    assert services.bring_back() == 0
    event = ProviderEvent.objects.create(
        provider="stripe", event_id="evt_1", event_type="charge.dispute.created", payload={},
        reference=ArchivedOrder.objects.get(pk=order.pk).payment_references[0],
    )  # fmt: skip
    assert payments.process(event_id=event.pk) is False
    assert services.bring_back() == 1
    assert Order.objects.get().pk == order.pk
    assert ArchivedOrder.objects.get().pk == other.pk


def test_laid_out_an_order_is_there_for_its_reader_alone_and_nothing_can_be_written() -> None:
    order = delivered()
    before = rows_of(order)
    archive_all()
    found = selectors.order(order.number)
    assert found is not None
    assert found.is_archived
    with reading.opened(found):
        assert rows_of(order) == before
        with pytest.raises(Exception, match="read-only transaction"), transaction.atomic():
            Order.objects.update(email="x@example.com")
    assert not Order.objects.exists()
    assert ArchivedOrder.objects.filter(pk=order.pk).exists()
