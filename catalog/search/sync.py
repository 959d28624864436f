"""Keeps Elasticsearch at what the listings say: from changes noted with them, by rebuilding, and by comparing.

Nothing depends on the order in which things arrive: Elasticsearch refuses what is older than what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import connections, transaction

from catalog.search import documents, locking, sending
from catalog.search.documents import NEXT, Copy
from catalog.search.models import ListingChange
from shop.core import cache, db

log = structlog.get_logger("catalog.search")

BATCH = 1000


@dataclass(frozen=True)
class Difference:
    """A document that is not its listing: their versions, None for what is not there."""

    key: str
    listed: int | None
    copied: int | None

    @property
    def product_id(self) -> UUID:
        return UUID(self.key.split(":")[0])


def copy_changes() -> int:
    """Send what changed until nothing is left, unless a worker is at it. Returns how many changes that were.

    Raises `EngineDown`; what was not sent is sent the next time.
    """
    sent = 0
    while ListingChange.objects.exists() and not cache.SEARCH_COPYING.get():
        cache.SEARCH_COPYING.set(1)
        try:
            sent += drain()
        finally:
            cache.SEARCH_COPYING.delete()  # and look once more: who came meanwhile has left it to us
    return sent


def drain() -> int:
    """Send what changed until nothing is left. Two at once do no harm. Returns how many changes that were.

    Raises `EngineDown`, also where there is no index: it must be built first.
    """
    sent = 0
    noted = ListingChange.objects.order_by("pk").values_list("pk", "product_id", "currency", "price_list", "version")
    while rows := list(noted[:BATCH]):
        gone = {f"{product_id}:{money}:{price_list}": version for _pk, product_id, money, price_list, version in rows}
        copies = documents.of_products(list({row[1] for row in rows}))
        for copy in copies:
            gone.pop(copy.key, None)
        # Looked up after the changes were read: who begins to build an index later finds them in the listings.
        suffixes = ["", NEXT] if documents.is_there(NEXT) else [""]
        try:
            sending.write([*copies, *(Copy(key, version, None) for key, version in gone.items())], *suffixes)
        except sending.IndexReplaced:  # on its way; the next try means the new one
            log.info("search index was replaced meanwhile")
            continue
        documents.refresh()
        cache.LISTINGS.set(str(db.uuid7()))  # before the changes are forgotten: who dies in between does it all again
        ListingChange.objects.filter(pk__in=[row[0] for row in rows]).delete()
        sent += len(rows)
    return sent


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Copy all listings into a new index beside the one that answers, and let it answer then. Returns how many.

    Changes meanwhile go to both. `progress(done)` is told after each batch. Raises `EngineDown`.
    """
    name = documents.create()
    if not documents.is_there():  # nobody has them yet, and all of them are in the listings that are copied now
        ListingChange.objects.all().delete()
    copied = 0
    with ThreadPoolExecutor(max_workers=1) as sender:  # PostgreSQL reads the next ones meanwhile
        sent: Future[None] | None = None
        for copies in _all():
            if sent:
                sent.result()
            sent = sender.submit(sending.write, copies, NEXT)
            copied += len(copies)
            if progress:
                progress(copied)
        if sent:
            sent.result()
    if documents.is_there():
        drain()
    documents.swap(name)
    drain()
    cache.LISTINGS.set(str(db.uuid7()))
    return copied


def _all() -> Iterator[list[Copy]]:
    last: UUID | None = None
    while True:
        copies, last = documents.after(last, BATCH)
        if last is None:
            return
        yield copies


def differences() -> Iterator[Difference]:
    """Where documents are not what is listed, in the order of products. Raises `EngineDown`.

    While changes wait or are made, those are among them.
    """
    last: UUID | None = None
    while True:
        before = last
        listed, last = _listed(before)
        copied = documents.versions(before, last)
        for key in sorted(listed.keys() | copied.keys()):
            if listed.get(key) != copied.get(key):
                yield Difference(key, listed.get(key), copied.get(key))
        if last is None:
            return


def _listed(after: UUID | None) -> tuple[dict[str, int], UUID | None]:
    """The versions of the next listings behind this product, and the last of their products; None at the end."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(
            "SELECT product_id, currency, price_list, version FROM catalog_listing WHERE product_id IN "
            "(SELECT DISTINCT product_id FROM catalog_listing WHERE product_id > %s ORDER BY product_id LIMIT %s) "
            "ORDER BY product_id",
            [after or UUID(int=0), 5 * BATCH],
        )
        rows = cursor.fetchall()
    found = {f"{product_id}:{currency}:{price_list}": version for product_id, currency, price_list, version in rows}
    return found, rows[-1][0] if len(rows) >= 5 * BATCH else None


def repair() -> int:
    """Make Elasticsearch agree with the listings where it does not. Returns how many documents that were.

    Where there is no index, or a backup was restored and documents are from the future, it is built anew.
    """
    if not documents.is_there():
        log.error("search index is missing")
        return rebuild()
    drain()
    found = list(differences())
    if not found:
        return 0
    log.error("search index differs", documents=len(found), example=str(found[0]))
    if not _note_again(found):
        return rebuild()
    drain()
    return len(found)


def _note_again(found: list[Difference]) -> bool:
    """Note these as changed now, under new versions; False where a document has a later one than any listing."""
    with transaction.atomic(using=db.CATALOG), connections[db.CATALOG].cursor() as cursor:
        ids = list({one.product_id for one in found})
        locking.listings(ids)
        cursor.execute("SELECT nextval('catalog_listing_version')")
        if cursor.fetchone()[0] <= max(one.copied or 0 for one in found):
            return False
        cursor.execute(
            "WITH noted AS (UPDATE catalog_listing SET version = nextval('catalog_listing_version') "
            "WHERE product_id = ANY(%s) RETURNING product_id, currency, price_list, version) "
            "INSERT INTO catalog_listingchange (product_id, currency, price_list, version) SELECT * FROM noted",
            [ids],
        )
        gone = [tuple(one.key.split(":")) for one in found if one.listed is None]
        for product_id, currency, price_list in gone:
            cursor.execute(
                "INSERT INTO catalog_listingchange (product_id, currency, price_list, version) "
                "VALUES (%s, %s, %s, nextval('catalog_listing_version'))",
                [product_id, currency, price_list],
            )
    return True


def waiting() -> int:
    """How many changes Elasticsearch is yet to hear of."""
    return ListingChange.objects.count()
