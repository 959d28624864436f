"""How far an order is brought by its parcels."""

from __future__ import annotations

import pytest

from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.returns import services as returns
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import cart as carts
from tests.factories import returns as make
from tests.factories.changes import bought, line_of, now
from tests.factories.parcels import BY, only_line, picked, sent, told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("is_back", "status"), [(True, "returned"), (False, "delivered")])
def test_an_order_of_which_all_that_left_is_back_is_not_called_delivered_when_the_rest_is_taken_off(
    is_back: bool, status: str
) -> None:
    carts.rates()
    make.rule()
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 2), provider="invoice", token="")
    fulfilment.start(order_id=order.pk, by=BY)
    rest = Shipment.objects.get(order=order)
    first = fulfilment.split(shipment_id=rest.pk, units={only_line(rest).pk: 1}, by=BY)
    sent(picked(first))
    fulfilment.deliver_one(shipment_id=first.pk, by=BY)
    outbox.drain(rounds=50)
    if is_back:
        found = make.back(make.asked(now(order), make.wanted(line_of(order, mug))))
        returns.reimburse(return_id=found.pk, by=BY)
        outbox.drain(rounds=50)
    changes.cancel_units(order_id=order.pk, units={line_of(order, mug).pk: 1}, reason="", by=BY)
    outbox.drain(rounds=50)
    assert (told(order), outbox.failures()) == ((status, status, 0), [])
    assert Notification.objects.filter(template="order_delivered").count() == (0 if is_back else 1)
