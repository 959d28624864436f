"""Whether the feeds' messages and the stock tell the same story."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_ONCE: tuple[Check, ...] = (
    (
        "feed {0}: its accepted messages moved {1} units, but the ledger has {2} of it",
        """
        SELECT feed.code, COALESCE(said.units, 0) + forgotten_units, COALESCE(moved.units, 0)
        FROM inventory_feed feed
        LEFT JOIN (SELECT feed_id, SUM(units_in - units_out) AS units FROM inventory_feedmessage
                   WHERE is_accepted GROUP BY 1) said ON said.feed_id = feed.id
        LEFT JOIN (SELECT actor, SUM(quantity) AS units FROM inventory_stockmovement
                   WHERE actor LIKE 'feed:%' GROUP BY 1) moved ON moved.actor = 'feed:' || feed.code
        WHERE COALESCE(said.units, 0) + forgotten_units <> COALESCE(moved.units, 0)
        """,
    ),
)


def messages_moved_once() -> list[str]:
    """I5: what a feed's messages say they moved is in the ledger, once."""
    return invariants.sentences(db.INVENTORY, _ONCE)
