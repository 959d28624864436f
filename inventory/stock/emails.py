"""Mails to the people who look after the stock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from inventory.stock.models import StockAlert
from shop.accounts import selectors as accounts
from shop.core import requests
from shop.notifications import services as notifications

LISTED = 50  # stock items in one mail; the admin has them all
PERMISSION = "inventory.change_stockitem"


def low(alert: StockAlert) -> None:
    """Tell that a stock item is low, each address once for this alert."""
    to_staff(
        key=f"stock_low:{alert.pk}",
        template="stock_low",
        context={
            "sku": alert.sku,
            "location": alert.location.name,
            "available": alert.available,
            "threshold": alert.threshold,
            "url": requests.absolute(reverse("admin:inventory_stockitem_change", args=[alert.stock_item_id])),
        },
    )


def low_list(alerts: Sequence[StockAlert]) -> None:
    """Tell of stock items that are low, all in one mail."""
    to_staff(
        key=f"stock_low_list:{alerts[0].pk}",
        template="stock_low_list",
        context={
            "count": len(alerts),
            "items": [
                {"sku": alert.sku, "location": alert.location.name, "available": alert.available}
                for alert in alerts[:LISTED]
            ],
            "url": requests.absolute(reverse("admin:inventory_stockalert_changelist") + "?state=new"),
        },
    )


def to_staff(*, key: str, template: str, context: Mapping[str, Any]) -> None:
    """Queue a mail to `STOCK_ALERT_EMAILS`, or else to everyone who may change stock; each address once for `key`."""
    addresses = settings.STOCK_ALERT_EMAILS or [email for _key, email in accounts.staff_with(PERMISSION)]
    for address in addresses:
        digest = hashlib.sha256(address.lower().encode()).hexdigest()[:16]
        notifications.queue(
            key=f"{key}:{digest}",
            template=template,
            to=address,
            language=settings.LANGUAGE_CODE,
            context=context,
        )
