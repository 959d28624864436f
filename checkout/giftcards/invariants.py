"""Whether the balances of gift cards are those of their entries: I7."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_SUMS: tuple[Check, ...] = (
    (
        "I7 gift card {0}: the balance is {1}, its entries come to {2}",
        """
        SELECT card.id, card.balance_minor, COALESCE(SUM(entry.amount_minor), 0)
        FROM checkout_giftcard card LEFT JOIN checkout_giftcardentry entry ON entry.card_id = card.id
        GROUP BY card.id HAVING card.balance_minor <> COALESCE(SUM(entry.amount_minor), 0)
        """,
    ),
    (
        "I7 gift card {0} was issued with {1}, its first entry says {2}",
        """
        SELECT card.id, card.initial_minor, COALESCE(SUM(entry.amount_minor), 0)
        FROM checkout_giftcard card LEFT JOIN checkout_giftcardentry entry
            ON entry.card_id = card.id AND entry.kind = 'issued'
        GROUP BY card.id HAVING card.initial_minor <> COALESCE(SUM(entry.amount_minor), 0)
        """,
    ),
    (
        "I7 payment {0} took, let go of or gave back more of a gift card than it held",
        """
        SELECT payment_id FROM checkout_giftcardentry WHERE payment_id IS NOT NULL GROUP BY payment_id
        HAVING SUM(taken_minor) + COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'released'), 0)
               > -COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'held'), 0)
            OR COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'refunded'), 0) > SUM(taken_minor)
        """,
    ),
    (
        "I7 gift card entry {0} is of payment {1}, which is not known or not paid with a gift card",
        """
        SELECT entry.id, entry.payment_id FROM checkout_giftcardentry entry
        LEFT JOIN checkout_payment payment ON payment.id = entry.payment_id AND payment.provider = 'gift_card'
        WHERE entry.kind = 'taken' AND payment.id IS NULL
          AND NOT EXISTS (SELECT FROM checkout_ledgerentry posted JOIN checkout_archivedorder archived
                          ON archived.id = posted.order_id WHERE posted.payment_id = entry.payment_id)
        """,
    ),
    (
        "I7 gift card entry {0} changed a balance by {1}, the ledger says {2}",
        """
        SELECT entry.id, entry.amount_minor, COALESCE(SUM(CASE WHEN posted.credit = 'gift_cards'
               THEN posted.amount_minor ELSE -posted.amount_minor END), 0)
        FROM checkout_giftcardentry entry LEFT JOIN checkout_ledgerentry posted
            ON posted.event_id = entry.id AND 'gift_cards' IN (posted.debit, posted.credit)
        GROUP BY entry.id HAVING entry.amount_minor <> COALESCE(SUM(CASE WHEN posted.credit = 'gift_cards'
               THEN posted.amount_minor ELSE -posted.amount_minor END), 0)
        """,
    ),
    (
        "I7 gift cards in {0}: they hold {1}, the ledger says that we owe {2}",
        """
        SELECT currency, SUM(balance), SUM(owed) FROM (
            SELECT currency, balance_minor AS balance, 0 AS owed FROM checkout_giftcard
            UNION ALL SELECT currency, 0, amount_minor FROM checkout_ledgerentry WHERE credit = 'gift_cards'
            UNION ALL SELECT currency, 0, -amount_minor FROM checkout_ledgerentry WHERE debit = 'gift_cards'
        ) both_books GROUP BY currency HAVING SUM(balance) <> SUM(owed)
        """,
    ),
)


def balances_are_sums() -> list[str]:
    """I7: each balance is the sum of its card's entries, all of them what the ledger owes; what was spent belongs to a
    payment, and no payment gives back more than it took."""
    return invariants.sentences(db.DEFAULT, _SUMS)
