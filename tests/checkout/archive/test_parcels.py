"""Archived orders are found by what carriers call their parcels."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from checkout.archive import selectors, services
from checkout.archive.models import ArchivedOrder
from checkout.fulfilment import labelling
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import ForgottenLabel, Shipment
from checkout.orders.models import Order
from tests import outbox
from tests.factories import cart as carts
from tests.factories.archive import archive_all, rows_of
from tests.factories.changes import readdress
from tests.factories.parcels import BY, picked, split_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _carrier(settings: Any, tmp_path: Path) -> None:
    settings.CARRIERS, settings.CARRIER_FOLDER = ["demo"], tmp_path
    carts.rates()


def sent(shipment: Shipment) -> str:
    label = labelling.make(shipment_id=picked(shipment).pk, by=BY)
    fulfilment.dispatch_one(
        shipment_id=shipment.pk, carrier=label.carrier, tracking_number=label.tracking_number, by=BY
    )  # fmt: skip
    fulfilment.deliver_one(shipment_id=shipment.pk, by=BY)
    return label.tracking_number


def delivered() -> tuple[Order, list[str], str]:
    """An order with the numbers of its two parcels, and that of a label that one of them had before."""
    order, first, second = split_order(1, 2)
    old = labelling.make(shipment_id=first.pk, by=BY).tracking_number
    readdress(order)
    numbers = [sent(first), sent(second)]
    outbox.drain(mails=False)
    return order, numbers, old


def test_by_each_parcel_and_by_labels_that_were_given_back() -> None:
    order, numbers, old = delivered()
    asked = [*numbers, old, "DP404"]
    assert selectors.parcels("demo", asked) == set()  # it is not archived
    before = rows_of(order)
    assert len(before["checkout_forgottenlabel"]) == 1
    assert archive_all() == 1
    assert selectors.parcels("demo", asked) == {*numbers, old}
    assert selectors.parcels("other", asked) == selectors.parcels("demo", []) == set()
    services.restore(number=order.number, by=BY)
    assert (rows_of(order), selectors.parcels("demo", asked)) == (before, set())


def test_those_that_were_archived_before_are_found_as_well() -> None:
    order, numbers, _old = delivered()
    ForgottenLabel.objects.all().delete()
    _other, *_parcels = delivered()
    assert archive_all() == 2
    rows = ArchivedOrder.objects.filter(pk=order.pk)
    handles = set(rows.get().handles)
    rows.update(handles=[one for one in handles if not one.startswith("parcel:")])
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("checkout.migrations.0020_forgotten_labels").FILL)
    assert set(rows.get().handles) == handles
    assert selectors.parcels("demo", numbers) == set(numbers)
