"""Parcels over REST: staff send one or all, whoever may see the order sees where they are."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from checkout.fulfilment import tracking
from checkout.orders.models import Order
from inventory.stock.models import Location
from tests.checkout.api.test_staff import merchant, post  # noqa: F401  (a fixture)
from tests.factories import checkout as make
from tests.factories.parcels import BY, parcels, picked, sent, split_order, told

pytestmark = pytest.mark.django_db
UPS = {"carrier": "UPS", "trackingNumber": "1Z", "trackingUrl": "https://ups.example/1Z"}


def shown(order: Order) -> list[dict[str, object]]:
    answer = Client().get(reverse("api_order", args=[order.number]), headers={"X-Order-Token": order.access_key})
    assert answer.status_code == 200
    return answer.json()["shipments"]  # type: ignore[no-any-return]


def test_one_parcel_leaves_before_the_other(merchant: Client) -> None:  # noqa: F811
    order, first, second = split_order(1, 2)
    picked(first)
    status, body = post(merchant, order, "shipments", {**UPS, "shipmentId": str(first.pk)})
    assert (status, body["status"], body["fulfilmentState"]) == (201, "processing", "partly_shipped")
    for again in range(2):  # the same again changes nothing
        assert post(merchant, order, "shipments", {**UPS, "shipmentId": str(first.pk)})[0] == 201, again
    picked(second)
    status, body = post(merchant, order, "shipments", {**UPS, "trackingNumber": "2Z", "shipmentId": str(second.pk)})
    assert (status, body["status"], body["fulfilmentState"]) == (201, "shipped", "shipped")


def test_all_parcels_leave_as_one_and_arrive_as_one(merchant: Client) -> None:  # noqa: F811
    order, *_two = split_order(1, 2)
    for trigger in ("start_fulfillment", "items_picked"):
        assert post(merchant, order, "transitions", {"trigger": trigger})[0] == 200
    assert parcels(order) == [("picked", 1, 1), ("picked", 2, 2)]
    assert post(merchant, order, "shipments", UPS)[0] == 201
    assert post(merchant, order, "transitions", {"trigger": "delivery_confirmed"})[0] == 200
    assert parcels(order) == [("delivered", 1, 1), ("delivered", 2, 2)]
    assert told(order) == ("delivered", "delivered", 0)


def test_a_parcel_that_cannot_leave_is_409_and_of_another_order_404(merchant: Client) -> None:  # noqa: F811
    order, first, _second = split_order(1, 2)
    refusals = [
        (409, "not_picked", {**UPS, "shipmentId": str(first.pk)}),
        (404, "not_found", {**UPS, "shipmentId": str(split_order(1, 1)[1].pk)}),
        (404, "not_found", {**UPS, "shipmentId": str(uuid4())}),
        (400, "validation_error", {**UPS, "shipmentId": "1"}),
        (409, "transition_refused", UPS),
    ]
    for status, code, body in refusals:
        answer = post(merchant, order, "shipments", body)
        assert (answer[0], answer[1]["error"]["code"]) == (status, code)  # type: ignore[index]
    sent(picked(first), "other")
    answer = post(merchant, order, "shipments", {**UPS, "shipmentId": str(first.pk)})
    assert (answer[0], answer[1]["error"]["code"]) == (409, "already_shipped")  # type: ignore[index]
    assert parcels(order) == [("shipped", 1, 1), ("open", 2, 0)]


def test_an_order_shows_its_parcels(merchant: Client) -> None:  # noqa: F811
    order, first, second = split_order(1, 2)
    picked(first)
    post(merchant, order, "shipments", {**UPS, "shipmentId": str(first.pk)})
    at = datetime(2026, 1, 2, 3, tzinfo=UTC)
    tracking.track(shipment_id=first.pk, code="in_transit", at=at, source=BY, event_id="1", text="On a lorry")
    names = dict(Location.objects.values_list("id", "name"))
    line = str(order.lines.get().pk)
    one, other = shown(order)
    assert one.pop("shippedAt") is not None
    assert one == {
        "id": str(first.pk),
        "number": first.number,
        "status": "shipped",
        "location": names[first.location_id],
        "carrier": "UPS",
        "trackingNumber": "1Z",
        "trackingUrl": "https://ups.example/1Z",
        "deliveredAt": None,
        "lines": [{"lineId": line, "quantity": 1, "picked": 1}],
        "events": [{"code": "in_transit", "text": "On a lorry", "place": "", "at": "2026-01-02T03:00:00Z"}],
    }
    assert (other["status"], other["location"], other["lines"]) == (
        "open", names[second.location_id], [{"lineId": line, "quantity": 2, "picked": 0}],
    )  # fmt: skip
    assert shown(make.placed()) == []
