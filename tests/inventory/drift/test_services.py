"""The nightly check keeps and tells what does not add up, and mends nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from inventory.drift import services, tasks
from inventory.drift.models import StockCheck
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from inventory.transfers.models import TransferLine
from shop.accounts.models import User
from tests import outbox
from tests.factories.inventory import stocked
from tests.factories.transfers import sent
from tests.inventory.checks import counters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _who_hears(settings: Any) -> None:
    settings.STOCK_ALERT_EMAILS = ["stock@example.com", "boss@example.com"]
    settings.STAFF_MFA_REQUIRED = False


def test_a_stock_in_order_is_noted_and_nobody_is_told() -> None:
    sent(stocked(5), 2)
    tasks.run()
    check = StockCheck.objects.get()
    assert (check.drift, check.findings) == (0, [])
    outbox.drain()
    assert mail.outbox == []


def test_drift_of_every_kind_is_told_and_left_as_it_is() -> None:
    item, moved = stocked(5), stocked(5)
    reservations.reserve(quantities={item.variant_id: 2}, reference=uuid4(), ttl=timedelta(minutes=5), by="guest")
    row = sent(moved, 2)
    StockItem.objects.filter(pk=item.pk).update(on_hand=6)
    Reservation.objects.update(quantity=1)
    TransferLine.objects.update(received=1)
    check = services.run()
    assert check.findings == [
        f"stock item {item.pk}: on hand 6, but its movements sum to 5",
        f"stock item {item.pk}: reserved 2, but its open reservations sum to 1",
        f"transfer {row.pk}: 1 units are under way, but the ledger says 2",
    ]
    assert check.drift == 3
    assert counters(item) == (6, 2, 0, 0)
    outbox.drain()
    assert sorted(one.to[0] for one in mail.outbox) == ["boss@example.com", "stock@example.com"]
    assert mail.outbox[0].subject == "The stock does not add up: 3 findings"
    assert check.findings[0] in mail.outbox[0].body


def test_the_outcome_is_read_in_the_admin_and_not_written(client: Client) -> None:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    StockItem.objects.filter(pk=stocked(5).pk).update(on_hand=6)
    check = services.run()
    assert client.get(reverse("admin:inventory_stockcheck_changelist")).status_code == 200
    page = client.get(reverse("admin:inventory_stockcheck_change", args=[check.pk]))
    assert check.findings[0] in page.content.decode()
    assert client.post(reverse("admin:inventory_stockcheck_change", args=[check.pk]), {"drift": 0}).status_code == 403
    assert client.get(reverse("admin:inventory_stockcheck_add")).status_code == 403


def test_staff_may_have_it_checked_now(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    monkeypatch.setattr(tasks.run, "delay", tasks.run.run)  # as a worker would do it
    url = reverse("admin:inventory_stockcheck_run_now")
    assert client.get(url).status_code == 200
    assert not StockCheck.objects.exists()  # a link does nothing
    answer = client.post(url, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "The check is running; its outcome will be here in a moment."
    ]
    assert StockCheck.objects.get().drift == 0
