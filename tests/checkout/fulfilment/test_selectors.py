"""Look-ups that many parcels must not make slow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from checkout.fulfilment import selectors
from checkout.fulfilment.models import Shipment
from checkout.warehouse import selectors as warehouse
from shop.core import db
from tests.factories.parcels import split_order

pytestmark = pytest.mark.django_db


@contextmanager
def planned(parcel: Shipment) -> Iterator[list[str]]:
    """How PostgreSQL looks for parcels in what is asked within, among 2,000 elsewhere, of which it knows."""
    plans: list[str] = []
    connection = connections[db.DEFAULT]
    states = [Shipment.Status.OPEN, Shipment.Status.PICKED, Shipment.Status.SHIPPED, Shipment.Status.DELIVERED]
    Shipment.objects.bulk_create(
        Shipment(
            order_id=parcel.order_id,
            number=f"other-{n}",
            location_id=uuid4(),
            status=states[n % len(states)],
            carrier_code="other",
            tracking_number=f"other-{n}",
        )
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE checkout_shipment")
    with CaptureQueriesContext(connection) as asked:
        yield plans
    with connection.cursor() as cursor:
        for one in asked.captured_queries:
            cursor.execute(f"EXPLAIN {one['sql']}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))


@pytest.mark.parametrize("count", [1, 150])
def test_a_carriers_numbers_are_found_by_an_index(count: int) -> None:
    """As many as a message may tell of: the index is a partial one, and PostgreSQL must see that it holds them all."""
    _order, first, _second = split_order()
    Shipment.objects.filter(pk=first.pk).update(carrier_code="demo", tracking_number="DP1")
    with planned(first) as plans:
        assert selectors.parcels_of("demo", [f"DP{n}" for n in range(1, count + 1)]) == {"DP1": first}
        assert selectors.orders_by_tracking("DP1") == [first.order_id]
    assert ["shipment_tracked_by" in plan for plan in plans] == [True, True]


def test_parcels_without_a_number_belong_to_no_carrier() -> None:
    _order, first, _second = split_order()
    Shipment.objects.filter(pk=first.pk).update(carrier_code="demo")
    assert selectors.parcels_of("demo", [""]) == {}


def test_what_is_to_be_picked_or_sent_at_a_location_is_found_by_an_index() -> None:
    _order, first, _second = split_order()
    with planned(first) as plans:
        assert warehouse.next_to_pick(location_id=first.location_id, most=10) == [first.pk]
        assert warehouse.ready(location_id=first.location_id) == []
    parcels = [plan for plan in plans if "checkout_shipment" in plan and "shipmentline" not in plan]
    assert ["shipment_here" in plan for plan in parcels] == [True] * len(parcels) != []
