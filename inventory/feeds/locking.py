"""The locks of feeds: one message id at a time, then one message of a feed at a time, before any stock row."""

from __future__ import annotations

from uuid import UUID

from django.db import connections

from inventory.feeds.models import Feed
from shop.core import db


def is_alone(feed_id: UUID, message_id: str) -> bool:
    """Take this message until the transaction ends, without waiting; False while somebody else has it.

    An advisory lock: it is there before there is a row, and gone with the process that dies.
    """
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"feed:{feed_id}:{message_id}"])
        return bool(cursor.fetchone()[0])


def feed(feed_id: UUID) -> Feed:
    """Lock a feed; its messages are taken in one after another."""
    return Feed.objects.using(db.INVENTORY).select_for_update(no_key=True).get(pk=feed_id)
