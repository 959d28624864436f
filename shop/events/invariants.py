"""Whether every event reaches its subscribers: I5 and I10."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_ONCE: tuple[Check, ...] = (
    (
        "event {0} is owed to {1} {2} times",
        "SELECT event_id, subscriber, count(*) FROM shop_delivery GROUP BY 1, 2 HAVING count(*) > 1",
    ),
    (
        "event {0} has had its effect by {1} {2} times",
        "SELECT event_id, handler, count(*) FROM shop_handledevent GROUP BY 1, 2 HAVING count(*) > 1",
    ),
)

# The sweep sends every ten seconds what is due, and a worker that died gives a delivery back after five and a half
# minutes: what is overdue by ten has been forgotten. Retries end after about four hours.
_DELIVERED: tuple[Check, ...] = (
    (
        "delivery {0} of {1} to {2} is overdue since {3}",
        """
        SELECT delivery.id, event_type, subscriber, due_at FROM shop_delivery delivery
        WHERE status = 'pending' AND due_at < statement_timestamp() - interval '10 minutes'
          AND NOT EXISTS (SELECT FROM shop_delivery earlier
                          WHERE earlier.status = 'pending' AND earlier.subscriber = delivery.subscriber
                            AND earlier.aggregate_id = delivery.aggregate_id AND earlier.id < delivery.id)
        """,
    ),
    (
        "delivery {0} of {1} to {2} is pending since {3}",
        """
        SELECT delivery.id, event_type, subscriber, created_at FROM shop_delivery delivery
        WHERE status = 'pending' AND created_at < statement_timestamp() - interval '1 day'
          AND due_at >= statement_timestamp() - interval '10 minutes'
        """,
    ),
    (
        "delivery {0} of {1} to {2} is dead and waits for somebody to replay it: {3}",
        """
        SELECT id, event_type, subscriber, left(last_error, 200) FROM shop_delivery WHERE status = 'dead'
        """,
    ),
    (
        "delivery {0} to {1} belongs to event {2}, which does not exist",
        """
        SELECT delivery.id, delivery.subscriber, delivery.event_id FROM shop_delivery delivery
        WHERE NOT EXISTS (SELECT FROM shop_outboxevent event WHERE event.id = delivery.event_id)
        """,
    ),
    (
        "delivery {0} is {1}, finished at {2}",
        """
        SELECT id, status, finished_at FROM shop_delivery
        WHERE status NOT IN ('pending', 'done', 'dead') OR (status = 'pending') <> (finished_at IS NULL)
        """,
    ),
)


def once() -> list[str]:
    """I5: an event is owed to a subscriber once, and has its effect once."""
    return [found for alias in db.databases() for found in invariants.sentences(alias, _ONCE)]


def delivered() -> list[str]:
    """I10: nothing is forgotten, and no dead letter lies about unanswered."""
    return [found for alias in db.databases() for found in invariants.sentences(alias, _DELIVERED)]
