"""What happens to promises to pay. Each command is one transaction and idempotent by its key."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Now

from checkout.receivables import locking
from checkout.receivables.models import Receivable, ReceivableEntry
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money

Kind = ReceivableEntry.Kind


class Refused(Exception):
    """Not a positive amount of this receivable's currency, or more than came in."""


def promise(*, payment_id: UUID, order_id: UUID, order_number: str, amount: Money) -> Receivable:
    """Note that a customer will pay `amount` within `INVOICE_DUE_DAYS`. The same payment again is the same promise."""
    due_on = db.clock().date() + timedelta(days=settings.INVOICE_DUE_DAYS)
    found, _created = Receivable.objects.get_or_create(
        payment_id=payment_id,
        defaults={
            "order_id": order_id,
            "order_number": order_number,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "due_on": due_on,
        },
    )
    return found


def receive(*, payment_id: UUID, amount: Money, key: str, by: str) -> None:
    """Money that came for it, as one line of the statement (`key`) says; also more than was promised."""
    with transaction.atomic(using=db.DEFAULT):
        found = _locked(payment_id, amount)
        if _add(found, Kind.RECEIVED, amount.minor, key, by):
            Receivable.objects.filter(pk=found.pk).update(received_minor=F("received_minor") + amount.minor)


def release(*, payment_id: UUID, key: str, by: str, amount: Money | None = None) -> None:
    """What has not come in, or `amount` of it, need not be paid any more."""
    with transaction.atomic(using=db.DEFAULT):
        found = locking.receivable(payment_id) if amount is None else _locked(payment_id, amount)
        minor = min(found.open.minor, amount.minor if amount else found.open.minor)
        if minor and _add(found, Kind.RELEASED, minor, key, by):
            Receivable.objects.filter(pk=found.pk).update(released_minor=F("released_minor") + minor)


def give_back(*, payment_id: UUID, amount: Money, key: str, by: str) -> None:
    """Note that a merchant is to send `amount` back. Raises `Refused` beyond what came in."""
    with transaction.atomic(using=db.DEFAULT):
        found = _locked(payment_id, amount)
        asked = found.entries.filter(kind=Kind.GIVING_BACK).exclude(key=key)
        if (asked.aggregate(sum=Sum("amount_minor"))["sum"] or 0) + amount.minor > found.received_minor:
            raise Refused(f"{amount} is more than came in")
        _add(found, Kind.GIVING_BACK, amount.minor, key, by)


def returned(*, payment_id: UUID, amount: Money, key: str, by: str) -> None:
    """The merchant has sent it, for the refund that was asked for with `key`."""
    with transaction.atomic(using=db.DEFAULT):
        _add(_locked(payment_id, amount), Kind.RETURNED, amount.minor, key, by)


def note_reminded(*, payment_id: UUID) -> bool:
    """Whether it is for the caller to remind: True once."""
    rows = Receivable.objects.filter(payment_id=payment_id, reminded_at=None)
    return bool(rows.update(reminded_at=Now()))


def _locked(payment_id: UUID, amount: Money) -> Receivable:
    found = locking.receivable(payment_id)
    if amount.minor <= 0 or amount.currency != found.currency:
        raise Refused(f"not a positive amount in {found.currency}")
    return found


def _add(found: Receivable, kind: str, minor: int, key: str, by: str) -> bool:
    """True for a new entry, False for a key that was used."""
    _entry, is_new = ReceivableEntry.objects.get_or_create(
        receivable=found, kind=kind, key=key, defaults={"amount_minor": minor, "actor": by}
    )
    if is_new:
        audit.record(
            action=f"receivable.{kind}", by=by, object_type="order", object_id=found.order_id,
            changes={"amount_minor": minor, "payment": str(found.payment_id)}, using=db.DEFAULT,
        )  # fmt: skip
    return is_new
