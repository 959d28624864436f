"""The partners behind the feeds: register one, say what it may do, turn its secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from inventory.feeds import locking, signatures
from inventory.feeds.models import Feed
from shop.audit import services as audit
from shop.core import db

OVERLAP = timedelta(hours=24)  # how long a rotated secret is still good, unless it is ended before


def register(
    *, code: str, name: str, location_id: UUID | None, allowed_reasons: Sequence[str], is_active: bool = True, by: str
) -> tuple[Feed, str]:
    """A new feed and its secret, which is told this once and never again."""
    secret = signatures.new_secret()
    with transaction.atomic(using=db.INVENTORY):
        feed = Feed.objects.using(db.INVENTORY).create(
            code=code,
            name=name,
            location_id=location_id,
            allowed_reasons=list(allowed_reasons),
            is_active=is_active,
            secret=secret,
        )
        _audit(feed, "register", by)
    return feed, secret


def rotate(*, feed_id: UUID, by: str) -> str:
    """A new secret, which is told this once. The one until now stays good for `OVERLAP`; one before that ends now."""
    secret = signatures.new_secret()
    with transaction.atomic(using=db.INVENTORY):
        feed = locking.feed(feed_id)
        feed.previous_secret, feed.previous_until = feed.secret, db.clock(db.INVENTORY) + OVERLAP
        feed.secret = secret
        feed.save(using=db.INVENTORY, update_fields=["secret", "previous_secret", "previous_until"])
        _audit(feed, "rotate", by)
    return secret


def end_overlap(*, feed_id: UUID, by: str) -> None:
    """The secret before the last rotation is not good any more. May be repeated."""
    with transaction.atomic(using=db.INVENTORY):
        feed = locking.feed(feed_id)
        feed.previous_secret = feed.previous_until = None
        feed.save(using=db.INVENTORY, update_fields=["previous_secret", "previous_until"])
        _audit(feed, "end_overlap", by)


def allow(
    *, feed_id: UUID, name: str, location_id: UUID | None, allowed_reasons: Sequence[str], is_active: bool, by: str
) -> None:
    """What the feed is called and what it may do, from its next message on."""
    with transaction.atomic(using=db.INVENTORY):
        feed = locking.feed(feed_id)
        feed.name, feed.location_id, feed.is_active = name, location_id, is_active
        feed.allowed_reasons = list(allowed_reasons)
        feed.save(using=db.INVENTORY, update_fields=["name", "location", "is_active", "allowed_reasons"])
        changes = {"location": str(location_id), "reasons": list(allowed_reasons), "is_active": is_active}
        _audit(feed, "allow", by, changes)


def _audit(feed: Feed, what: str, by: str, changes: dict[str, Any] | None = None) -> None:
    audit.record(
        action=f"feed.{what}",
        by=by,
        object_type="feed",
        object_id=feed.pk,
        changes={"code": feed.code, **(changes or {})},
        using=db.INVENTORY,
    )
