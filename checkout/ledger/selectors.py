"""Reads of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from checkout.ledger import rules
from checkout.ledger.models import LedgerEntry
from shop.core.money import Money


@dataclass(frozen=True, slots=True)
class Balance:
    """An account in one currency: debits less credits."""

    account: str
    amount: Money


def entries_of(order_id: UUID) -> list[LedgerEntry]:
    """What was posted for an order, oldest first."""
    return list(LedgerEntry.objects.filter(order_id=order_id).order_by("id"))


def position_of(payment_id: UUID, currency: str) -> dict[rules.Pair, int]:
    """What the ledger says moved between each two accounts for a payment."""
    rows = LedgerEntry.objects.filter(payment_id=payment_id, currency=currency)
    return rules.net([rules.Posting(row.debit, row.credit, row.amount_minor, row.is_reversal) for row in rows])


def balances() -> list[Balance]:
    """Every account's balance in every currency. Two queries."""
    sums: dict[tuple[str, str], int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        for account, currency, minor in LedgerEntry.objects.values_list(side, "currency").annotate(Sum("amount_minor")):
            sums[account, currency] = sums.get((account, currency), 0) + sign * minor
    return [Balance(account, Money(minor, currency)) for (account, currency), minor in sorted(sums.items())]
