"""Reservations in the admin."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkout.orders.models import Order, OrderChange
from inventory.reservations import services
from inventory.reservations.models import Reservation
from shop.accounts.models import User
from shop.core import db
from tests.factories import checkout as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


LIST = "admin:inventory_reservation_changelist"


@pytest.fixture
def boss(client: Client, settings: Any) -> User:
    settings.STAFF_MFA_REQUIRED = False
    found = User.objects.create_superuser("boss@example.com", "a long password")
    client.force_login(found)
    return found


def told(client: Client, search: str = "") -> list[str]:
    """What each reservation of the list is held for, the newest first."""
    html = client.get(reverse(LIST), {"q": search} if search else {}).content.decode()
    return [cell.strip() for cell in re.findall(r'<td class="field-held_for[^>]*>(.*?)</td>', html, re.DOTALL)]


def link(order: Order) -> str:
    return f'<a href="{reverse("admin:checkout_order_change", args=[order.pk])}">{order.number}</a>'


def reserve(reference: UUID) -> None:
    quantities = {stocked(2).variant_id: 1}
    services.reserve(quantities=quantities, reference=reference, ttl=timedelta(hours=1), by="guest")


def test_who_reserved_is_told_by_name(client: Client, boss: User) -> None:
    services.reserve(
        quantities={stocked(2).variant_id: 1}, reference=db.uuid7(), ttl=timedelta(hours=1), by=f"staff:{boss.pk}"
    )
    listed = reverse("admin:inventory_reservation_changelist")
    alone = reverse("admin:inventory_reservation_change", args=[Reservation.objects.get().pk])
    for url in (listed, alone):
        html = client.get(url).content.decode().split("<main")[-1]
        assert (html.count(f"staff:{boss.pk}"), "boss@example.com" in html) == (0, True), url


def test_reservations_are_told_and_found_by_the_number_of_their_order(client: Client, boss: User) -> None:
    order = make.placed()
    change = OrderChange.objects.create(order=order, revision=1, kind="edit", difference_minor=0, actor="staff:1")
    reserve(change.pk)
    other, entry, nobodys = make.placed(email="bob@example.com"), db.uuid7(), db.uuid7()
    reserve(entry)
    Reservation.objects.filter(reference=entry).update(sold_to=other.pk)
    reserve(nobodys)
    assert told(client) == [str(nobodys), link(other), link(other), link(order), link(order)]
    assert told(client, order.number) == told(client, "ada@") == [link(order)] * 2
    assert told(client, str(order.pk)) == [link(order)]
    assert told(client, str(nobodys)) == [str(nobodys)]
    assert told(client, "ORD-1999000001") == []
    of_change = Reservation.objects.get(reference=change.pk)
    alone = client.get(reverse("admin:inventory_reservation_change", args=[of_change.pk])).content.decode()
    assert link(order) in alone


def test_the_list_costs_the_same_with_many_rows(client: Client, boss: User) -> None:
    counts = []
    for more in (1, 20):
        for _row in range(more):
            make.placed()
        with CaptureQueriesContext(connection) as asked:
            assert len(told(client)) == Reservation.objects.count()
        counts.append(len(asked))
    assert counts[0] == counts[1]
