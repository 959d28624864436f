"""Archiving is killed with -9 at each of its moments: every order is in one place, whole, and the next run goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkout.archive import services
from checkout.archive.models import ArchivedOrder
from checkout.orders.models import Order
from shop.core import db
from tests.factories.archive import delivered, rows_of
from tests.faults import killed
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

BEGUN = "checkout.archive.services._compare"
# When it dies, and how many of three orders, two in a batch, are in the archive then.
MOMENTS: dict[str, tuple[tuple[str, ...], int]] = {
    "copied and not deleted": (("after", "checkout.archive.contents.delete_sql"), 0),
    "deleted, before the COMMIT": (("before", "COMMIT", BEGUN), 0),
    "after the first COMMIT": (("after", "COMMIT", BEGUN), 2),
}


def options() -> tuple[str, ...]:
    return "--before", f"{db.clock() + timedelta(days=1):%Y-%m-%d}", "--batch", "2"


def places() -> tuple[set[object], set[object]]:
    """Which orders are live, and which are archived."""
    live, archived = Order.objects.values_list("pk", flat=True), ArchivedOrder.objects.values_list("pk", flat=True)
    return set(live), set(archived)


@pytest.mark.parametrize("moment", MOMENTS)
def test_F27_archiving_killed(moment: str) -> None:
    orders = [delivered() for _ in range(3)]
    before = {order.pk: rows_of(order) for order in orders}
    dies, moved = MOMENTS[moment]
    ended = killed.run("tests.faults.jobs.archive_orders", *options(), dies=dies)
    assert ended.was_killed, ended.said
    live, archived = places()
    assert (len(archived), live | archived, live & archived) == (moved, set(before), set())
    assert {key: rows_of(order) for order in orders if (key := order.pk) in live} == {key: before[key] for key in live}
    assert violations() == []
    again = killed.run("tests.faults.jobs.archive_orders", *options())
    assert again.code == 0, again.said
    assert places() == (set(), set(before))
    assert violations() == []
    for order in orders:
        services.restore(number=order.number, by="system")
    assert {order.pk: rows_of(order) for order in orders} == before


def test_F27_control_archiving_in_pieces_leaves_an_order_in_both_places() -> None:
    order = delivered()
    dies = MOMENTS["copied and not deleted"][0]
    ended = killed.run("tests.faults.jobs.archive_in_pieces", *options(), dies=dies)
    assert ended.was_killed, ended.said
    assert places() == ({order.pk}, {order.pk})
    assert f"I5 order {order.number} is in the archive, and there is a live one with its id or number" in violations()
