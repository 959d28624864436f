"""Reads of the feeds."""

from __future__ import annotations

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now

from inventory.feeds.models import Feed, FeedMessage
from shop.core import db


def by_code(code: str) -> Feed | None:
    """The feed with this code, without its secrets."""
    return Feed.objects.using(db.INVENTORY).defer("secret", "previous_secret").filter(code=code).first()


def secrets_of(feed: Feed) -> list[str]:
    """The secrets that a message of the feed may be signed with now, by the database's clock; the newest first."""
    is_overlapping = ExpressionWrapper(Q(previous_until__gt=Now()), BooleanField())
    row = Feed.objects.using(db.INVENTORY).annotate(is_overlapping=is_overlapping).get(pk=feed.pk)
    return [row.secret, row.previous_secret] if row.is_overlapping and row.previous_secret else [row.secret]


def message(feed: Feed, message_id: str) -> FeedMessage | None:
    """What the feed sent under this id before."""
    return FeedMessage.objects.using(db.INVENTORY).filter(feed=feed, message_id=message_id).first()
