"""Reads of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
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


Positions = dict[tuple[UUID, str], dict[rules.Pair, int]]


def positions_of(payment_ids: Iterable[UUID]) -> Positions:
    """What moved between each two accounts, by payment and currency. One query."""
    rows: dict[tuple[UUID, str], list[rules.Posting]] = {}
    for row in LedgerEntry.objects.filter(payment_id__in=list(payment_ids)):
        posting = rules.Posting(row.debit, row.credit, row.amount_minor, row.is_reversal)
        if row.payment_id is not None:
            rows.setdefault((row.payment_id, row.currency), []).append(posting)
    return {key: position for key, postings in rows.items() if (position := rules.net(postings))}


def balances() -> list[Balance]:
    """Every account's balance in every currency. Two queries."""
    sums: dict[tuple[str, str], int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        for account, currency, minor in LedgerEntry.objects.values_list(side, "currency").annotate(Sum("amount_minor")):
            sums[account, currency] = sums.get((account, currency), 0) + sign * minor
    return [Balance(account, Money(minor, currency)) for (account, currency), minor in sorted(sums.items())]
