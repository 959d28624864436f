from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction

from catalog.products import prices, services
from catalog.products.models import Product
from catalog.recommendations import content, ground, learning, rebuilding, receivers, rules, selectors, similar
from catalog.recommendations.models import ContentVector, Learned, Neighbours
from catalog.recommendations.vectors import Rarity
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types
from tests import outbox
from tests.factories import catalog
from tests.factories import recommendations as make

pytestmark = pytest.mark.django_db


def cupboard() -> dict[str, Product]:
    """Mugs and lamps: what is similar is plain to see."""
    kitchen, light = catalog.category("Kitchen", "Mugs"), catalog.category("Home", "Lamps")
    return {
        name: catalog.product(name=name, category=kitchen if "mug" in name else light, amount=amount, indexed=False)
        for name, amount in (
            ("Morning mug", 1800), ("Evening mug", 2000), ("Studio mug", 2200), ("Reading lamp", 9000),
            ("Desk lamp", 8000),
        )
    }  # fmt: skip


def embeddings() -> dict[UUID, list[float]]:
    return {row.pk: list(row.embedding) for row in ContentVector.objects.all()}


def inner(one: list[float], two: list[float]) -> float:
    return sum(a * b for a, b in zip(one, two, strict=True))


def shown(product: Product) -> list[str]:
    names = dict(Product.objects.values_list("pk", "name"))
    return [names[one] for one in selectors.alike(product.pk, top=10)]


def without_vectors() -> None:
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("DROP TABLE catalog_contentvector")


def test_what_is_similar_is_content_and_orders_blended() -> None:
    made = cupboard()
    mug, evening, studio, reading, desk = made.values()
    make.bought(*[[reading, mug]] * 6, *[[desk, mug]] * 6, *[[evening, studio]] * 3)
    learning.rebuild_together()

    assert similar.rebuild_similar() == 5

    likes = {
        row.product_id: dict(zip(row.others, row.weights, strict=True))
        for row in Neighbours.objects.filter(kind="alike")
    }
    vectors = embeddings()
    for one in made.values():
        row = Neighbours.objects.get(product_id=one.pk, kind="similar")
        expected = {
            two.pk: rules.CONTENT * rules.WEIGHT * inner(vectors[one.pk], vectors[two.pk])
            + rules.COLLABORATIVE * likes.get(one.pk, {}).get(two.pk, 0)
            for two in made.values()
            if two.pk != one.pk
        }
        assert {key: abs(weight - expected[key]) < 3 for key, weight in zip(row.others, row.weights, strict=True)} == {
            key: True for key, weight in expected.items() if weight > 0.5
        }
        assert row.weights == sorted(row.weights, reverse=True)
    assert likes[reading.pk][desk.pk] > 0  # both are bought with the mug
    assert shown(mug)[:2] == ["Evening mug", "Studio mug"]
    assert shown(reading)[0] == "Desk lamp"


def test_a_new_product_is_near_others_at_once() -> None:
    made = cupboard()
    similar.rebuild_similar()
    new = catalog.product(name="Noon mug", category=made["Morning mug"].category, amount=1900, indexed=False)
    receivers.describe_products({"product_ids": [str(new.pk)]})

    assert set(shown(new)[:3]) == {"Morning mug", "Evening mug", "Studio mug"}
    assert new.name not in shown(made["Morning mug"])  # that is for the night


def test_events_keep_vectors_current() -> None:
    made = cupboard()
    similar.rebuild_similar()
    before = embeddings()
    mug, lamp = made["Morning mug"], made["Desk lamp"]

    prices.set_price(variant_id=mug.variants.get().pk, amount=Money(90_000, "USD"), by="test")
    services.archive(product_id=lamp.pk, by="test")
    with transaction.atomic(using=db.CATALOG):
        bus.publish(types.ProductsImported(job_id=db.uuid7(), product_ids=[mug.pk, lamp.pk]), using=db.CATALOG)
    outbox.drain()

    after = embeddings()
    assert {key for key in before if after.get(key) != before[key]} == {mug.pk, lamp.pk}
    assert lamp.pk not in after


def test_what_is_the_same_is_not_written_again() -> None:
    made = cupboard()
    ids = [one.pk for one in made.values()]

    assert content.describe(ids) == 5
    assert content.describe(ids) == 0
    assert content.describe([]) == 0
    Product.objects.filter(pk=ids[0]).update(name="Midnight mug")
    assert content.describe(ids) == 1


def test_features_are_counted_over_the_whole_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "BATCH", 2)
    cupboard()
    catalog.product(name="Draft", status="draft", indexed=False)

    assert content.describe_all() == 5

    rarity = Rarity(bytes(Learned.objects.get(name="rarity").data))
    assert rarity.counts[0] == 5
    assert ContentVector.objects.count() == 5


def test_a_rebuild_takes_away_what_is_gone() -> None:
    made = cupboard()
    rebuilding.rebuild()
    lamp = made["Reading lamp"]
    Product.objects.filter(pk=lamp.pk).update(status="draft")

    rebuilding.rebuild()

    assert not ContentVector.objects.filter(pk=lamp.pk).exists()
    assert not Neighbours.objects.filter(product_id=lamp.pk, kind="similar").exists()
    assert lamp.name not in shown(made["Desk lamp"])


def test_without_pgvector_the_category_and_the_price_say_what_is_similar(monkeypatch: pytest.MonkeyPatch) -> None:
    made = cupboard()
    without_vectors()
    monkeypatch.setattr(ground, "_MAKE", ("CREATE EXTENSION no_such_extension",))
    said: list[str] = []

    rebuilding.rebuild(said.append)

    assert said[1] == "Similar: by category and price only (no pgvector, or no products)."
    assert content.describe([one.pk for one in made.values()]) == 0
    assert shown(made["Evening mug"]) == ["Studio mug", "Morning mug"]
    assert selectors.alike(catalog.product(indexed=False).pk, top=5) == []
    assert selectors.alike(db.uuid7(), top=5) == []


def test_the_table_is_made_where_pgvector_comes_later() -> None:
    made = cupboard()
    without_vectors()

    rebuilding.rebuild()

    assert ContentVector.objects.count() == 5
    assert shown(made["Desk lamp"])[0] == "Reading lamp"
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'content_vector_near'")
        assert "hnsw" in cursor.fetchone()[0]


def test_reads_are_few(counting: Any) -> None:
    made = cupboard()
    similar.rebuild_similar()

    with counting() as known:
        selectors.alike(made["Morning mug"].pk, top=5)
    Neighbours.objects.filter(kind="similar").delete()
    with counting() as new:
        selectors.alike(made["Morning mug"].pk, top=5)

    assert (known(), new()) == (1, 3)
