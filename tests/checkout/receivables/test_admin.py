"""What customers owe, as the admin shows it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.receivables.models import Receivable, ReceivableEntry
from shop.accounts.models import User
from shop.core import db
from tests import outbox
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


def test_entries_say_by_name_who_recorded_them(client: Client, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    boss = User.objects.create_superuser("boss@example.com", "a long password")
    client.force_login(boss)
    make.placed(provider="invoice", token="", customer_id=db.uuid7())
    outbox.drain()
    found = Receivable.objects.get()
    actors = [f"staff:{boss.pk}", "system", "guest"]
    for number, actor in enumerate(actors):
        ReceivableEntry.objects.create(receivable=found, kind="received", amount_minor=1, key=str(number), actor=actor)
    html = client.get(reverse("admin:checkout_receivable_change", args=[found.pk])).content.decode()
    assert [name in html for name in ("boss@example.com", "the shop", "a guest", f"staff:{boss.pk}")] == [
        True, True, True, False,
    ]  # fmt: skip
