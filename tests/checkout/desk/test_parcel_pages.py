"""Single parcels on the order's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from shop.accounts.models import User
from tests import outbox
from tests.factories import checkout as make
from tests.factories.inventory import LocationFactory, stocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(client: Client, settings: Any) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    clerk = User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(*Permission.objects.filter(codename__in=["view_order", "fulfil_order"]))
    client.force_login(clerk)
    return client


def opened(**details: Any) -> tuple[Order, Shipment]:
    order = make.paid(**details)
    outbox.drain()
    return order, Shipment.objects.get(order=order)


def page(order: Order, parcel: Shipment | None = None, name: str = "") -> str:
    if parcel is None:
        return reverse("admin:checkout_order_change", args=[order.pk])
    return reverse(f"admin:checkout_order_parcel_{name}", args=[order.pk, parcel.pk])


def buttons(desk: Client, order: Order) -> list[list[str]]:
    return [[str(one.label) for one in row["buttons"]] for row in desk.get(page(order)).context["parcels"]]


def test_from_packed_to_arrived(desk: Client) -> None:
    order, parcel = opened()
    assert buttons(desk, order) == [["All picked", "Print"]]
    desk.post(page(order, parcel, "pick"))
    assert buttons(desk, order) == [["Dispatch", "Print"]]
    given = {"carrier": "UPS", "tracking_number": "1Z9", "tracking_url": ""}
    assert desk.post(page(order, parcel, "dispatch"), given)["Location"] == page(order)
    assert buttons(desk, order) == [["Delivered", "Print"]]
    desk.post(page(order, parcel, "deliver"))
    assert buttons(desk, order) == [[]]
    order.refresh_from_db()
    assert order.status == "delivered"


def test_splitting(desk: Client) -> None:
    order, parcel = opened(quantity=3)
    line = parcel.lines.get()
    assert "Split" in buttons(desk, order)[0]
    assert desk.get(page(order, parcel, "split")).status_code == 200
    desk.post(page(order, parcel, "split"), {f"units-{line.pk}": "1"})
    parcels = Shipment.objects.filter(order=order).order_by("id")
    assert [[line.quantity for line in one.lines.all()] for one in parcels] == [[2], [1]]
    for bad in ("9", "-1", "x", "0"):
        answer = desk.post(page(order, parcel, "split"), {f"units-{line.pk}": bad})
        assert len(answer.context["problems"]) == 1, bad
    assert Shipment.objects.filter(order=order).count() == 2


def test_packing_elsewhere(desk: Client) -> None:
    here, there = LocationFactory(), LocationFactory()
    item = stocked(5, location=here.code)
    order, parcel = opened(items=[item])
    assert parcel.location_id == here.pk
    stocked(5, location=there.code, variant_id=item.variant_id)
    assert "Pack elsewhere" in buttons(desk, order)[0]
    desk.post(page(order, parcel, "move"), {"location": str(there.pk)})
    assert [one.location_id for one in Shipment.objects.filter(order=order).exclude(status="cancelled")] == [there.pk]


def test_a_refusal_says_why(desk: Client) -> None:
    order, parcel = opened()
    answer = desk.post(page(order, parcel, "deliver"), follow=True)
    assert "has not left yet" in str(next(iter(answer.context["messages"])))
    answer = desk.post(page(order, parcel, "dispatch"), {"carrier": "UPS", "tracking_number": "1"})
    assert answer.status_code == 200
    parcel.refresh_from_db()
    assert parcel.status == "open"


def test_nothing_happens_by_looking_or_to_another_orders_parcel(desk: Client) -> None:
    order, parcel = opened()
    other, _theirs = opened()
    for name in ("pick", "deliver"):
        assert desk.get(page(order, parcel, name)).status_code == 405
    for name in ("pick", "dispatch", "deliver", "split", "move"):
        assert desk.post(page(other, parcel, name)).status_code == 404
        url = reverse(f"admin:checkout_order_parcel_{name}", args=[UUID(int=0), parcel.pk])
        assert desk.post(url).status_code == 404


def test_A09_only_those_who_may(client: Client, desk: Client) -> None:
    order, parcel = opened()
    clerk = User.objects.create_user("other@example.com", "a long password", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(clerk)
    assert buttons(client, order) == [[]]
    for name in ("pick", "dispatch", "deliver", "split", "move"):
        assert client.post(page(order, parcel, name)).status_code == 403
