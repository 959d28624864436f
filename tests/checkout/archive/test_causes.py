"""What was written before changes and refunds named their reimbursement is told it by a migration, archived or not."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from checkout.archive import services
from checkout.archive.models import ArchivedOrder
from checkout.orders.models import Order, OrderChange
from checkout.payments import refunding
from checkout.payments.models import Refund
from checkout.returns import services as returns
from checkout.returns.models import Reimbursement
from shop.core import db
from tests import outbox
from tests.factories import returns as make
from tests.factories.archive import archive_all, eventful, rows_of
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db
PARTS = ("checkout_orderchange", "checkout_refund")


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Path, shop_sandbox: RunningSandbox) -> None:
    private = {**settings.STORAGES["private"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": private}


def fill() -> None:
    with connections[db.DEFAULT].schema_editor(atomic=False) as editor:
        import_module("checkout.migrations.0031_causes").fill(None, editor)


def causes(order: Order) -> list[Any]:
    """(reason, where to of the settlement) of the order's changes and refunds, oldest first."""
    to = dict(Reimbursement.objects.filter(order_id=order.pk).values_list("pk", "destination"))
    rows = [*OrderChange.objects.filter(order=order), *Refund.objects.filter(order_id=order.pk).order_by("pk")]
    return [(row.reason, to[row.cause_id] if row.cause_id else "") for row in rows]


def forget() -> None:
    OrderChange.objects.update(cause_id=None)
    Refund.objects.update(cause_id=None)


def test_of_orders_that_are_live() -> None:
    order = eventful()
    money, swap = (one.parent.number for one in Reimbursement.objects.order_by("pk"))
    before = causes(order)
    assert before == [
        ("one was enough", ""), (f"Exchange for {swap}/1", "exchange"),
        ("The order was changed.", ""), ("late", ""), (money, "original"), (f"Exchange for {swap}/1", "exchange"),
    ]  # fmt: skip
    forget()
    fill()
    assert causes(order) == before
    fill()
    assert causes(order) == before


def test_of_refunds_that_failed_and_were_asked_for_again() -> None:
    make.rule()
    order = make.arrived(quantity=2)
    found = make.back(make.asked(order))
    returns.reimburse(return_id=found.pk, by="staff:1")
    for _try in range(2):
        last = Refund.objects.order_by("-attempt")[0]
        refunding.fail(refund_id=last.pk, why="the balance is too low")
        refunding.try_again(refund_id=last.pk, by="system")
    assert Refund.objects.filter(cause_id=Reimbursement.objects.get().pk).count() == 3
    before = causes(order)
    forget()
    fill()
    assert causes(order) == before


def test_of_orders_that_are_archived() -> None:
    order = eventful()
    outbox.drain(mails=False)
    before = rows_of(order)
    assert archive_all() == 1
    with connection.cursor() as cursor:
        for table in PARTS:
            cursor.execute(
                "UPDATE checkout_archivedorder SET content = jsonb_set(content, ARRAY[%s], (SELECT jsonb_agg(one - "
                "'cause_id' ORDER BY one->>'id') FROM jsonb_array_elements(content->%s) one))", [table, table],
            )  # fmt: skip
    content = ArchivedOrder.objects.get().content
    assert ["cause_id" in row for table in PARTS for row in content[table]] == [False] * 6
    fill()
    services.restore(number=order.number, by="staff:1")
    assert rows_of(order) == before
