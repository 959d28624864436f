"""Making the feed, and when: at once for a small shop, by the timetable for a large one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connections, transaction
from django.db.models.functions import Now

from catalog.merchantfeed import selectors, writing
from catalog.merchantfeed.models import MerchantFeed
from shop.core import cache, db, requests

log = structlog.get_logger("catalog.merchantfeed")

SMALL = 2_000  # variants: made within a request
PAUSE = timedelta(minutes=10)  # at least, between two files of a large shop
SHARE = 10  # a large shop's file takes a worker no more than a part in so many of the time
OLD = timedelta(hours=24)  # made anew whatever is known of changes


def current(currency: str) -> MerchantFeed | None:
    """The file to answer with: of a small shop one that says what pages say now, of a large one the last that was made.

    None while there is none yet: one is being made, or will be by the timetable.
    """
    feed = selectors.latest(currency)
    if feed is None:
        return None if selectors.has_more_variants(SMALL) else make(currency)
    if feed.items + feed.without_picture <= SMALL and _is_stale(feed):
        return make(currency) or feed
    return feed


def refresh(currency: str) -> MerchantFeed | None:
    """Make the file anew if it says something else than pages do, and the last one is not too recent; the new one."""
    feed: Any = selectors.latest(currency)
    if feed is not None:
        age = feed.moment - feed.made_at
        if age < OLD and not (_is_stale(feed) and age >= max(PAUSE, SHARE * timedelta(seconds=feed.seconds))):
            return None
    return make(currency)


def make(currency: str) -> MerchantFeed | None:
    """Write the file and put it in the place of the last one; None if somebody else is at it."""
    with _alone() as is_mine, tempfile.TemporaryFile() as file:
        if not is_mine:
            return None
        version, began = _version(), time.monotonic()
        written = writing.write(
            file, selectors.sold(currency), title=settings.SHOP_NAME, link=requests.absolute("/")
        )  # fmt: skip
        feed = _swap(currency, file, written, version, int(time.monotonic() - began))
        log.info("product feed made", items=feed.items, without_picture=feed.without_picture, seconds=feed.seconds)
        return feed


def changed() -> None:
    """Something that the feed tells is not as it was."""
    cache.MERCHANT_FEED.set(str(db.uuid7()))


def _version() -> str:
    return cache.MERCHANT_FEED.get_or(lambda: str(db.uuid7()))


def _is_stale(feed: Any) -> bool:
    return feed.version != _version() or (feed.valid_until is not None and feed.valid_until <= feed.moment)


def _swap(
    currency: str, file: IO[bytes], written: writing.Written, version: str, seconds: int
) -> MerchantFeed:  # fmt: skip
    """Nobody sees half a file: it is there before the row names it, and the one before stays until the next."""
    last = selectors.latest(currency)
    facts: dict[str, Any] = {
        "items": written.items, "without_picture": written.without_picture, "valid_until": written.valid_until,
        "version": version, "seconds": seconds, "made_at": Now(),
    }  # fmt: skip
    gone = ""
    if last is None or last.digest != written.digest:
        file.seek(0)
        name = default_storage.save(f"feeds/google-{currency.lower()}-{db.uuid7().hex}.xml.gz", File(file))
        gone = last.former if last else ""
        facts |= {"name": name, "former": last.name if last else "", "digest": written.digest, "changed_at": Now()}
    with transaction.atomic(using=db.CATALOG):
        MerchantFeed.objects.update_or_create(currency=currency, defaults=facts)
    if gone:
        default_storage.delete(gone)
    return MerchantFeed.objects.get(currency=currency)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else makes it: a lock of the catalogue's database that ends with its connection."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('catalog.merchantfeed'))")
        is_mine = bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine and connections[db.CATALOG].is_usable():
                cursor.execute("SELECT pg_advisory_unlock(hashtext('catalog.merchantfeed'))")
