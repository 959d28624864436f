"""Whether e-mails go out, each at most once: I5 and I13."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_ONCE: tuple[Check, ...] = (
    (
        "the e-mail {0} is there {1} times",
        "SELECT key, count(*) FROM shop_notification GROUP BY 1 HAVING count(*) > 1",
    ),
)
# Failed ones have been tried eight times; they and those whose sender died are left for a person to send again.
_SENT: tuple[Check, ...] = (
    (
        "the e-mail {0} is {1} since {2}",
        """
        SELECT key, status, created_at FROM shop_notification
        WHERE status <> 'sent' AND created_at < statement_timestamp() - interval '1 hour'
        """,
    ),
)


def once() -> list[str]:
    """I5: one e-mail per key."""
    return invariants.sentences(db.DEFAULT, _ONCE)


def sent() -> list[str]:
    """I13: no e-mail waits for longer than an hour."""
    return invariants.sentences(db.DEFAULT, _SENT)
