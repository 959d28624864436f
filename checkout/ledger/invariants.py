"""What must be true of the ledger alone; that it says what the payments' events say is the payments' to check."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_BALANCED: tuple[Check, ...] = (
    (
        "I7 ledger entry {0} cites event {1} of another payment, or none",
        """
        SELECT entry.id, entry.event_id FROM checkout_ledgerentry entry
        LEFT JOIN checkout_paymentevent event ON event.id = entry.event_id AND event.payment_id = entry.payment_id
            AND event.order_id = entry.order_id AND event.currency = entry.currency
        LEFT JOIN checkout_creditentry credit ON entry.payment_id IS NULL AND credit.id = entry.event_id
        LEFT JOIN checkout_giftcardentry gift ON entry.payment_id IS NULL AND gift.id = entry.event_id
        WHERE event.id IS NULL AND credit.id IS NULL AND gift.id IS NULL
          AND NOT EXISTS (SELECT FROM checkout_archivedorder archived WHERE archived.id = entry.order_id)
        """,
    ),
    (
        "I7 account {0} is overdrawn in {1}: {2}",
        """
        SELECT account, currency, SUM(minor) FROM (
            SELECT debit AS account, currency, amount_minor AS minor FROM checkout_ledgerentry
            UNION ALL SELECT credit, currency, -amount_minor FROM checkout_ledgerentry
        ) both_sides WHERE account LIKE 'holds:%' OR account LIKE 'disputes:%'
        GROUP BY 1, 2 HAVING SUM(minor) < 0
        """,
    ),
)


def balanced() -> list[str]:
    """I7: each row, which is its own debit and credit, cites an event of its payment; nothing is held below zero."""
    return invariants.sentences(db.DEFAULT, _BALANCED)
