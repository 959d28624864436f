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
)


def balances_are_sums() -> list[str]:
    """I7: each balance is the sum of its account's entries; no payment gives back more than it took."""
    return invariants.sentences(db.DEFAULT, _SUMS)
