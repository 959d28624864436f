"""The lock of an account. Taken alone: no other lock is asked for while it is held."""

from __future__ import annotations

from uuid import UUID

from checkout.storecredit.models import CreditAccount


def account(customer_id: UUID, currency: str) -> CreditAccount | None:
    """A customer's account in a currency, locked until the caller's transaction ends; None if there is none."""
    rows = CreditAccount.objects.select_for_update()
    return rows.filter(customer_id=customer_id, currency=currency).first()


def account_of(payment_id: UUID) -> CreditAccount | None:
    """The account that a payment holds something of, locked; None if it never did."""
    rows = CreditAccount.objects.select_for_update(of=("self",))
    return rows.filter(entries__payment_id=payment_id, entries__kind="held").first()
