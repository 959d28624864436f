"""Reads of store credit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from checkout.storecredit import rules
from checkout.storecredit.models import CreditAccount, CreditEntry
from shop.core.money import Money

_SHOWN = 100  # entries of a customer's page


def balance(customer_id: UUID | None, currency: str) -> Money:
    """What a customer can spend in a currency; nothing for guests."""
    row = None
    if customer_id is not None:
        row = CreditAccount.objects.filter(customer_id=customer_id, currency=currency).first()
    return row.balance if row else Money.zero(currency)


def accounts_of(customer_id: UUID) -> list[CreditAccount]:
    """A customer's accounts, by currency."""
    return list(CreditAccount.objects.filter(customer_id=customer_id).order_by("currency"))


def history(customer_id: UUID) -> list[CreditEntry]:
    """The changes of a customer's accounts, newest first; what only ended a hold is left out. One query."""
    rows = CreditEntry.objects.filter(account__customer_id=customer_id).exclude(kind=CreditEntry.Kind.TAKEN)
    return list(rows.select_related("account").order_by("-id")[:_SHOWN])


def entries_of(payment_id: UUID) -> list[CreditEntry]:
    """What a payment did, oldest first, with the account."""
    return list(CreditEntry.objects.filter(payment_id=payment_id).select_related("account").order_by("id"))


def use_of(payment_id: UUID) -> rules.Use:
    """The sums of what a payment did."""
    rows = CreditEntry.objects.filter(payment_id=payment_id)
    return rules.use(rows.values_list("kind", "amount_minor", "taken_minor"))


def payments_between(since: datetime, until: datetime) -> Sequence[tuple[UUID, datetime]]:
    """Payments whose hold was made in [since, until), oldest first."""
    rows = CreditEntry.objects.filter(kind=CreditEntry.Kind.HELD, at__gte=since, at__lt=until).order_by("id")
    return [(payment_id, at) for payment_id, at in rows.values_list("payment_id", "at") if payment_id is not None]
