"""Reservations in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inventory.reservations import services
from inventory.reservations.models import Reservation
from shop.accounts.models import User
from shop.core import db
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


def test_who_reserved_is_told_by_name(client: Client, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    boss = User.objects.create_superuser("boss@example.com", "a long password")
    client.force_login(boss)
    services.reserve(
        quantities={stocked(2).variant_id: 1}, reference=db.uuid7(), ttl=timedelta(hours=1), by=f"staff:{boss.pk}"
    )
    listed = reverse("admin:inventory_reservation_changelist")
    alone = reverse("admin:inventory_reservation_change", args=[Reservation.objects.get().pk])
    for url in (listed, alone):
        html = client.get(url).content.decode().split("<main")[-1]
        assert (html.count(f"staff:{boss.pk}"), "boss@example.com" in html) == (0, True), url
