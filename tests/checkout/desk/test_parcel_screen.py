"""What the order's page says of its parcels, and which buttons they have."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from checkout.desk import parcel_screen
from checkout.fulfilment import selectors, shorting, slips
from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from inventory.stock import services as stock
from tests.factories import warehouse as make

pytestmark = pytest.mark.django_db
BY = make.BY


def told(parcel: Shipment) -> list[tuple[list[str], bool]]:
    """The buttons of each parcel of an order, and whether its slip is to be printed again."""
    order = Shipment.objects.get(pk=parcel.pk).order
    rows = parcel_screen.of(order, selectors.tracked(order.pk), may=True)
    return [([str(one.label) for one in row["buttons"]], row["is_slip_outdated"]) for row in rows]


def test_what_waits_for_stock_cannot_be_said_to_be_picked_before_it_is_there() -> None:
    parcel = make.parcel(quantity=2)
    bought = parcel.lines.get().order_line
    shorting.short(shipment_id=parcel.pk, units={parcel.lines.get().pk: 1}, then="wait", by=BY)
    assert told(parcel) == [(["All picked", "Print"], False), (["Print"], False)]
    stock.receive(variant_id=bought.variant_id, sku=bought.sku, quantity=5, reason="Delivery", by=BY)
    assert told(parcel) == [(["All picked", "Print"], False), (["All picked", "Print"], False)]


def test_a_slip_that_was_printed_before_a_change_is_told() -> None:
    parcel = make.parcel(quantity=2)
    slips.note_printed([parcel])
    assert told(parcel) == [(["All picked", "Split", "Print"], False)]
    shorting.short(shipment_id=parcel.pk, units={parcel.lines.get().pk: 1}, then="refund", by=BY)
    assert told(parcel) == [(["All picked", "Print"], True)]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("payment_pending", "A parcel is opened when the order is paid."),
        ("cancelled", "The order is over: nothing of it is packed."),
        ("refunded", "The order is over: nothing of it is packed."),
    ],
)
def test_why_there_is_no_parcel(status: str, sentence: str) -> None:
    told = render_to_string("admin/checkout/order/_parcels.html", {"order": Order(status=status), "parcels": []})
    assert told.count(f'<p class="order-quiet">{sentence}</p>') == 1
