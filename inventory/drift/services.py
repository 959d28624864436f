"""Run the checks of the stock's counters and keep what they say."""

from __future__ import annotations

from django.db import transaction

from inventory.drift import emails
from inventory.drift.models import StockCheck
from inventory.reservations import selectors as reservations
from inventory.stock import selectors as stock
from inventory.transfers import selectors as transfers
from inventory.waitlist import selectors as waitlist
from shop.core import db

KEPT = 200  # findings of one check; how many there were is kept as well


def run() -> StockCheck:
    """Compare every counter with its rows; nothing is mended. What is wrong is kept and told to staff by e-mail."""
    found = [
        *stock.stock_violations(),
        *reservations.reservation_violations(),
        *transfers.transfer_violations(),
        *waitlist.line_violations(),
    ]
    with transaction.atomic(using=db.INVENTORY):
        check = StockCheck.objects.using(db.INVENTORY).create(drift=len(found), findings=found[:KEPT])
    if found:
        emails.drift(check_id=check.pk, drift=len(found), findings=found[:20])
    return check
