"""Keeps the vectors of what products are."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from uuid import UUID

from django.conf import settings
from django.db import transaction

from catalog.products import tree
from catalog.products.models import ListingPrice, Product
from catalog.recommendations import ground, vectors
from catalog.recommendations.models import ContentVector, Learned
from catalog.recommendations.vectors import Content, Rarity
from shop.core import db

RARITY = "rarity"
BATCH = 500


def describe(product_ids: Iterable[UUID]) -> int:
    """Bring the vectors of these products up to date; those that are not in the shop lose theirs. How many changed.

    Nothing without pgvector. What was there the same is not written.
    """
    ids = list(dict.fromkeys(product_ids))
    if not ids or not ground.is_there():
        return 0
    rarity = _rarity()
    return sum(_describe(ids[start : start + BATCH], rarity) for start in range(0, len(ids), BATCH))


def describe_all() -> int:
    """Learn anew which features are rare, and bring all vectors up to date. How many products there are."""
    rarity = Rarity()
    ids: list[UUID] = []
    for batch in _batches():
        ids += batch
        for _product_id, content in _contents(batch):
            rarity.add(content)
    Learned.objects.update_or_create(name=RARITY, defaults={"data": bytes(rarity)})
    describe(ids)
    ContentVector.objects.exclude(product_id__in=Product.objects.visible().values("pk")).delete()
    return len(ids)


def _describe(ids: Sequence[UUID], rarity: Rarity) -> int:
    made = [_row(product_id, content, rarity) for product_id, content in _contents(ids)]
    with transaction.atomic(using=db.CATALOG):
        ContentVector.objects.filter(pk__in=set(ids) - {row.pk for row in made}).delete()
        known = dict(ContentVector.objects.filter(pk__in=ids).values_list("pk", "digest"))
        changed = [row for row in made if known.get(row.pk) != row.digest]
        ContentVector.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["product_id"], update_fields=["digest", "embedding"]
        )
    return len(changed)


def _row(product_id: UUID, content: Content, rarity: Rarity) -> ContentVector:
    embedding = vectors.vector(content, rarity)
    digest = blake2b(struct.pack(f"<{len(embedding)}e", *embedding), digest_size=8).digest()
    return ContentVector(product_id=product_id, embedding=embedding, digest=int.from_bytes(digest, "big", signed=True))


def _rarity() -> Rarity:
    data = Learned.objects.filter(pk=RARITY).values_list("data", flat=True).first()
    return Rarity(bytes(data) if data else b"")


def _batches() -> Iterator[list[UUID]]:
    """The ids of active products, a batch at a time, in order."""
    after: list[UUID] = []
    while True:
        rows = Product.objects.visible().filter(**({"pk__gt": after[-1]} if after else {}))
        after = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not after:
            return
        yield after


def _contents(ids: Iterable[UUID]) -> Iterator[tuple[UUID, Content]]:
    """What is known of the active ones of these products, in two queries."""
    rows = list(Product.objects.visible().filter(pk__in=list(ids)).select_related("brand", "category", "product_type"))
    prices = ListingPrice.objects.filter(product__in=rows, price_list="default").order_by("-currency")
    minor = {row.product_id: row.amount_minor for row in prices.filter(currency=settings.DEFAULT_CURRENCY)}
    for row in rows:
        yield row.pk, _content(row, minor.get(row.pk))


def _content(row: Product, price_minor: int | None) -> Content:
    above = tree.tree().ancestors(row.category.path) if row.category else []
    return Content(
        name=row.name,
        description=row.description,
        brand=row.brand.name if row.brand else "",
        kind=row.product_type.code,
        category=tuple(node.name for node in above),
        attributes=row.attributes,
        tags=tuple(str(tag) for tag in row.tags),
        price_minor=price_minor,
    )
