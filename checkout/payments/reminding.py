"""Reminders of invoices that are past their day: one mail each."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import translation

from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders
from checkout.payments import transfers
from checkout.payments.models import Payment
from checkout.receivables import selectors as receivables
from checkout.receivables import services
from shop.core import db, formats


def remind(*, limit: int = 200) -> int:
    """Queue the mail for each overdue invoice of which nobody was reminded; returns how many."""
    return sum(_remind(one) for one in receivables.to_remind(limit=limit))


def _remind(one: receivables.Receivable) -> bool:
    order = orders.by_id(one.order_id)
    if not Payment.objects.filter(pk=one.payment_id, status=Payment.Status.AUTHORISED).exists():
        return False
    with transaction.atomic(using=db.DEFAULT):
        if not services.note_reminded(payment_id=one.payment_id):
            return False
        with translation.override(order.language):
            account = [{"label": label, "value": value} for label, value in transfers.rows(settings.BANK_TRANSFER)]
            return order_emails.send(
                order,
                "invoice_overdue",
                key=one.payment_id,
                open=formats.money(one.open),
                due=formats.day(one.due_on),
                account=account,
            )
