"""The ledger's commands."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from checkout.ledger import rules
from checkout.ledger.models import LedgerEntry
from shop.core import db


def post(
    *, order_id: UUID, payment_id: UUID, event_id: UUID, provider: str, currency: str,
    before: rules.Standing, after: rules.Standing,
) -> list[LedgerEntry]:  # fmt: skip
    """Post what an event of a payment changed, in the caller's transaction, which holds the payment's lock.

    `before` and `after` are the payment's sums without and with the event. None when it moved no money.
    """
    rows = rules.postings(rules.positions(provider, before), rules.positions(provider, after))
    keys = sorted(db.uuid7() for _row in rows)  # read in the order they are posted
    return LedgerEntry.objects.bulk_create(
        LedgerEntry(
            id=key, order_id=order_id, payment_id=payment_id, event_id=event_id, currency=currency,
            debit=row.debit, credit=row.credit, amount_minor=row.minor, is_reversal=row.is_reversal,
        )
        for key, row in zip(keys, rows, strict=True)
    )  # fmt: skip


def post_credit(
    *, entry_id: UUID, change: int, currency: str, against: str, owed: str = rules.STORE_CREDIT
) -> LedgerEntry:  # fmt: skip
    """Post what an entry of store credit (or, `owed`, of a gift card) changed, in the caller's transaction, which holds
    the account's lock.

    `change` in minor units, signed as its holder sees it, never nought; `against`: where it came from or went.
    """
    [entry] = post_credits({entry_id: change}, currency=currency, against=against, owed=owed)
    return entry


def post_credits(changes: Mapping[UUID, int], *, currency: str, against: str, owed: str) -> list[LedgerEntry]:
    """The same for many entries at once, by their ids. One statement for each thousand."""
    rows = [(entry_id, rules.credit_posting(change, against, owed)) for entry_id, change in changes.items()]
    keys = sorted(db.uuid7() for _row in rows)
    made = [
        LedgerEntry(
            id=key, event_id=entry_id, currency=currency, debit=row.debit, credit=row.credit, amount_minor=row.minor
        )
        for key, (entry_id, row) in zip(keys, rows, strict=True)
    ]
    return LedgerEntry.objects.bulk_create(made, batch_size=1000)
