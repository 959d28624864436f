"""Low stock: one alert and one mail each time an item falls, and not again before it has been above."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail

from inventory.reservations import services as reservations
from inventory.stock import alerts, receivers, services
from inventory.stock.models import StockAlert, StockItem
from shop.accounts.models import User
from shop.audit.models import AuditEntry
from shop.core import db
from tests import outbox
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import events

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _who_hears(settings: Any) -> None:
    settings.STOCK_ALERT_EMAILS = ["stock@example.com"]


def take(item: StockItem, units: int) -> None:
    services.adjust(stock_item_id=item.pk, change=-units, reason="broken", by="staff:1")


def bring(item: StockItem, units: int) -> None:
    services.adjust(stock_item_id=item.pk, change=units, reason="found", by="staff:1")


def test_a_fall_below_the_threshold_is_told_once() -> None:
    item = stocked(5, low=3)
    take(item, 1)
    outbox.drain()
    assert (StockAlert.objects.count(), mail.outbox) == (0, [])
    take(item, 1)
    take(item, 1)
    outbox.drain()
    alert = StockAlert.objects.get()
    assert (alert.stock_item_id, alert.sku, alert.available, alert.threshold) == (item.pk, item.sku, 2, 3)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["stock@example.com"], f"Low stock: {item.sku} at Main warehouse"),
    ]
    assert f"/admin/inventory/stockitem/{item.pk}/change/" in mail.outbox[0].body


def test_the_event_twice_is_one_mail() -> None:
    item = stocked(5, low=3)
    take(item, 3)
    (data,) = events("StockLow")
    for _ in range(2):
        receivers.alert_low(data)
    outbox.drain()
    receivers.alert_low(data)
    outbox.drain()
    assert (StockAlert.objects.count(), len(mail.outbox)) == (1, 1)


def test_a_new_alert_only_after_it_has_been_above() -> None:
    item = stocked(5, low=3)
    take(item, 3)
    outbox.drain()
    bring(item, 1)
    take(item, 1)
    outbox.drain()
    assert (StockAlert.objects.count(), len(mail.outbox)) == (1, 1)
    bring(item, 2)
    assert StockAlert.objects.get().closed_at is not None
    take(item, 1)
    outbox.drain()
    assert (StockAlert.objects.count(), StockAlert.objects.filter(closed_at=None).count()) == (2, 1)
    assert len(mail.outbox) == 2


def test_who_is_not_low_any_more_gets_none() -> None:
    item = stocked(5, low=3)
    take(item, 3)
    bring(item, 5)
    outbox.drain()
    assert (len(events("StockLow")), StockAlert.objects.count(), mail.outbox) == (1, 0, [])
    receivers.alert_low({"variant_id": str(uuid4()), "location_id": str(uuid4())})
    assert StockAlert.objects.count() == 0


def test_a_reservation_makes_it_low_too() -> None:
    item = stocked(5, low=3)
    reservations.reserve(quantities={item.variant_id: 2}, reference=uuid4(), ttl=timedelta(minutes=5), by="guest")
    outbox.drain()
    assert StockAlert.objects.get().available == 3


def test_without_addresses_those_hear_who_may_change_stock(settings: Any) -> None:
    settings.STOCK_ALERT_EMAILS = []
    User.objects.create_superuser("boss@example.com", "a long password")
    User.objects.create_user("clerk@example.com", "a long password", is_staff=True)
    User.objects.create_user("shopper@example.com", "a long password")
    item = stocked(5, low=3)
    take(item, 3)
    outbox.drain()
    assert [one.to for one in mail.outbox] == [["boss@example.com"]]


def test_an_alert_is_acknowledged_once() -> None:
    item = stocked(5, low=3)
    take(item, 3)
    outbox.drain()
    alert = StockAlert.objects.get()
    assert alerts.count_open() == 1
    assert alerts.acknowledge(alert_ids=[alert.pk], by="staff:1") == 1
    assert alerts.acknowledge(alert_ids=[alert.pk], by="staff:2") == 0
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.closed_at, alerts.count_open()) == ("staff:1", None, 0)
    assert AuditEntry.objects.using(db.INVENTORY).filter(action="stock_alert.acknowledge").count() == 1


def test_what_was_low_from_the_start_is_told_once_in_one_mail() -> None:
    first, second, enough, asleep = stocked(2, low=3), stocked(0, low=3), stocked(9, low=3), stocked(1, low=3)
    asleep.location = LocationFactory(is_active=False)
    asleep.save()
    assert alerts.find_low() == 2
    outbox.drain()
    assert [one.subject for one in mail.outbox] == ["Low stock: 2 more items"]
    assert [f"- {item.sku}, Main warehouse: {item.available}" in mail.outbox[0].body for item in (first, second)] == [
        True, True,
    ]  # fmt: skip
    assert alerts.find_low() == 0
    services.adjust(stock_item_id=first.pk, change=5, reason="found", by="staff:1")
    open_ones = StockAlert.objects.filter(closed_at=None).values_list("stock_item_id", flat=True)
    assert (list(open_ones), enough.pk in open_ones) == ([second.pk], False)
    outbox.drain()
    assert len(mail.outbox) == 1
