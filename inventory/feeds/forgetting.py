"""Old messages of feeds are deleted, long after a partner would send one again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from inventory.feeds import locking
from inventory.feeds.models import Feed, FeedMessage
from shop.core import db

# A message is taken within five minutes of its signing, so nobody else can send it again; who signs an id anew after
# this long is heard anew. The ledger keeps what each one moved.
KEEP = timedelta(days=90)


def forget_old(*, batch: int = 500) -> int:
    """Delete messages received `KEEP` ago, in short transactions; returns how many. What they moved stays as a sum."""
    gone = 0
    for feed_id in Feed.objects.using(db.INVENTORY).order_by("pk").values_list("pk", flat=True):
        while count := _forget(feed_id, batch):
            gone += count
    return gone


def _forget(feed_id: UUID, batch: int) -> int:
    """The feed's lock keeps a second one of these, and a message that is just tried again, waiting."""
    with transaction.atomic(using=db.INVENTORY):
        locking.feed(feed_id)
        before = db.uuid7_floor(db.clock(db.INVENTORY) - KEEP)
        old = FeedMessage.objects.using(db.INVENTORY).filter(feed_id=feed_id, pk__lt=before).order_by("pk")
        rows = list(old.values_list("pk", "units_in", "units_out")[:batch])
        moved = sum(units_in - units_out for _key, units_in, units_out in rows)
        if moved:
            Feed.objects.using(db.INVENTORY).filter(pk=feed_id).update(forgotten_units=F("forgotten_units") + moved)
        FeedMessage.objects.using(db.INVENTORY).filter(pk__in=[key for key, *_units in rows]).delete()
        return len(rows)
