"""Whether the balances of store credit are those of their entries: I7."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_SUMS: tuple[Check, ...] = (
    (
        "I7 store credit {0}: the balance is {1}, its entries come to {2}",
        """
        SELECT account.id, account.balance_minor, COALESCE(SUM(entry.amount_minor), 0)
        FROM checkout_creditaccount account LEFT JOIN checkout_creditentry entry ON entry.account_id = account.id
        GROUP BY account.id HAVING account.balance_minor <> COALESCE(SUM(entry.amount_minor), 0)
        """,
    ),
    (
        "I7 payment {0} took, let go of or gave back more store credit than it held",
        """
        SELECT payment_id FROM checkout_creditentry WHERE payment_id IS NOT NULL GROUP BY payment_id
        HAVING SUM(taken_minor) + COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'released'), 0)
               > -COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'held'), 0)
            OR COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'refunded'), 0) > SUM(taken_minor)
        """,
    ),
    (
        "I7 store credit entry {0} changed a balance by {1}, the ledger says {2}",
        """
        SELECT entry.id, entry.amount_minor, COALESCE(SUM(CASE WHEN posted.credit = 'store_credit'
               THEN posted.amount_minor ELSE -posted.amount_minor END), 0)
        FROM checkout_creditentry entry LEFT JOIN checkout_ledgerentry posted
            ON posted.event_id = entry.id AND 'store_credit' IN (posted.debit, posted.credit)
        GROUP BY entry.id HAVING entry.amount_minor <> COALESCE(SUM(CASE WHEN posted.credit = 'store_credit'
               THEN posted.amount_minor ELSE -posted.amount_minor END), 0)
        """,
    ),
    (
        "I7 store credit in {0}: customers have {1}, the ledger says that we owe {2}",
        """
        SELECT currency, SUM(balance), SUM(owed) FROM (
            SELECT currency, balance_minor AS balance, 0 AS owed FROM checkout_creditaccount
            UNION ALL SELECT currency, 0, amount_minor FROM checkout_ledgerentry WHERE credit = 'store_credit'
            UNION ALL SELECT currency, 0, -amount_minor FROM checkout_ledgerentry WHERE debit = 'store_credit'
        ) both_books GROUP BY currency HAVING SUM(balance) <> SUM(owed)
        """,
    ),
    (
        "I7 refunds in {0}: {1} of what was to become store credit has not",
        """
        SELECT currency, SUM(minor) FROM (
            SELECT currency, amount_minor AS minor FROM checkout_ledgerentry
            WHERE credit = 'refunds_payable:store_credit' AND debit = 'customer_receivable' AND event_id IN (
                SELECT id FROM checkout_paymentevent WHERE kind = 'credited'
                UNION ALL SELECT (event->>'id')::uuid FROM checkout_archivedorder,
                    jsonb_path_query(content, '$.checkout_paymentevent[*] ? (@.kind == "credited")') event)
            UNION ALL SELECT currency, -amount_minor FROM checkout_ledgerentry
            WHERE debit = 'refunds_payable:store_credit' AND credit = 'store_credit'
        ) both_steps GROUP BY currency HAVING SUM(minor) <> 0
        """,
    ),
)


def balances_are_sums() -> list[str]:
    """I7: each balance is the sum of its account's entries, all of them what the ledger owes; no payment gives back
    more than it took."""
    return invariants.sentences(db.DEFAULT, _SUMS)
