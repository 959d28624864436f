"""Products, categories and brands in the shop's other languages: how they are written, and what follows."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation

from catalog.products import translating, tree
from catalog.products.models import Product
from catalog.products.translating import BadTranslation
from catalog.translations.models import ProductTranslation
from shop.audit.models import AuditEntry
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def events() -> list[str]:
    rows = OutboxEvent.objects.using(db.CATALOG).exclude(event_type="StockChanged").order_by("id")
    return list(rows.values_list("event_type", flat=True))


def test_a_translation_is_told_as_a_change_of_the_product() -> None:
    mug = catalog.product(name="Mug")
    before = events()

    changed = translating.translate_product(product_id=mug.pk, language="de", texts={"name": "  Becher "}, by="test")

    row = ProductTranslation.objects.get()
    assert changed
    assert (row.product_id, row.language, row.name, row.description) == (mug.pk, "de", "Becher", "")
    assert events()[len(before) :] == ["ProductChanged"]
    assert Product.objects.get(pk=mug.pk).version == mug.version + 1
    entry = AuditEntry.objects.using(db.CATALOG).get(action="product.translate")
    assert entry.changes == {"language": "de", "fields": ["name"]}


def test_what_says_nothing_new_is_not_told() -> None:
    mug = catalog.product(name="Mug")
    translating.translate_product(product_id=mug.pk, language="de", texts={"name": "Becher"}, by="test")
    before = events()

    assert not translating.translate_product(product_id=mug.pk, language="de", texts={"name": "Becher"}, by="test")
    assert not translating.translate_product(product_id=mug.pk, language="es", texts={"name": ""}, by="test")
    assert events() == before
    assert ProductTranslation.objects.count() == 1


def test_what_has_no_text_left_is_gone() -> None:
    mug = catalog.product(name="Mug")
    translating.translate_product(
        product_id=mug.pk, language="de", texts={"name": "Becher", "description": "Rund."}, by="test"
    )
    translating.translate_product(product_id=mug.pk, language="de", texts={"name": ""}, by="test")
    assert ProductTranslation.objects.get().description == "Rund."

    translating.translate_product(product_id=mug.pk, language="de", texts={"description": ""}, by="test")

    assert not ProductTranslation.objects.exists()


@pytest.mark.parametrize(
    ("language", "texts", "field"),
    [
        ("en", {"name": "Cup"}, "language"),  # that is the product's own name
        ("fr", {"name": "Tasse"}, "language"),
        ("de", {"name": "x" * 301}, "name"),
        ("de", {"seo_title": "x" * 121}, "seo_title"),
        ("de", {"description": "a\x00b"}, "description"),
        ("de", {"slug": "becher"}, "slug"),
    ],
)
def test_what_cannot_be_kept(language: str, texts: dict[str, str], field: str) -> None:
    mug = catalog.product(name="Mug")

    with pytest.raises(BadTranslation) as problem:
        translating.translate_product(product_id=mug.pk, language=language, texts=texts, by="test")

    assert list(problem.value.fields) == [field]
    assert not ProductTranslation.objects.exists()


def test_a_product_that_is_not_there() -> None:
    with pytest.raises(Product.DoesNotExist):
        translating.translate_product(product_id=uuid4(), language="de", texts={"name": "Becher"}, by="test")


def test_a_category_is_called_otherwise_at_once(django_capture_on_commit_callbacks: Any) -> None:
    lamps = catalog.category("Home", "Lamps")
    with translation.override("de"):
        assert tree.tree().by_path[lamps.path].name == "Lamps"
    before = events()

    with django_capture_on_commit_callbacks(execute=True):
        translating.translate_category(category_id=lamps.pk, language="de", texts={"name": "Lampen"}, by="test")

    assert events()[len(before) :] == ["CategoryChanged"]
    assert tree.tree().by_path[lamps.path].name == "Lamps"
    with translation.override("de"):
        assert [node.name for node in tree.tree().ancestors(lamps.path)] == ["Home", "Lampen"]
    with translation.override("es"):
        assert tree.tree().by_path[lamps.path].name == "Lamps"


def test_the_tree_of_another_language_costs_one_query_more(django_assert_num_queries: Any) -> None:
    catalog.category("Home", "Lamps")
    with django_assert_num_queries(1):
        tree.tree()
        tree.tree()
    with django_assert_num_queries(2), translation.override("de"):
        tree.tree()
        tree.tree()


def test_a_brand_has_no_other_name() -> None:
    brand = catalog.BrandFactory(name="Oriel")
    before = events()

    translating.translate_brand(brand_id=brand.pk, language="de", texts={"description": "Uhren."}, by="test")

    assert events()[len(before) :] == ["BrandChanged"]
    with pytest.raises(BadTranslation):
        translating.translate_brand(brand_id=brand.pk, language="de", texts={"name": "Erker"}, by="test")
