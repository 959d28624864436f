"""Commands on translations of products, categories and brands. Each opens its own transaction of the catalogue's
database and publishes what a change of the original would, so that pages, lists, search and feeds follow alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from catalog.products import categories, locking, variants
from catalog.products.models import Brand, Category, Product
from catalog.translations import services as translations
from catalog.translations.services import BadTranslation
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

__all__ = ["BadTranslation", "translate_brand", "translate_category", "translate_product"]


def translate_product(*, product_id: UUID, language: str, texts: Mapping[str, str], by: str) -> bool:
    """What a product's name, description, seo_title and seo_description are in a language ("" for none), as far as
    they are given. Whether anything changed.

    Raises `BadTranslation`, `Product.DoesNotExist`.
    """
    with transaction.atomic(using=db.CATALOG):
        product = locking.product(product_id)
        if not translations.keep(kind="product", key=product_id, language=language, texts=_plain(texts)):
            return False
        Product.objects.filter(pk=product_id).update(version=F("version") + 1, updated_at=Now())
        variants.tell(product, "product.translate", by, {"language": language, "fields": sorted(texts)})
    return True


def translate_category(*, category_id: UUID, language: str, texts: Mapping[str, str], by: str) -> bool:
    """The same of a category. Raises `BadTranslation`, `Category.DoesNotExist`."""
    with transaction.atomic(using=db.CATALOG):
        locking.category_tree()
        node = Category.objects.get(pk=category_id)
        if not translations.keep(kind="category", key=category_id, language=language, texts=_plain(texts)):
            return False
        categories.tell(action="category.translate", by=by, categories=[node])
    return True


def translate_brand(*, brand_id: UUID, language: str, texts: Mapping[str, str], by: str) -> bool:
    """The same of a brand's description. Raises `BadTranslation`, `Brand.DoesNotExist`."""
    with transaction.atomic(using=db.CATALOG):
        brand = Brand.objects.get(pk=brand_id)
        if not translations.keep(kind="brand", key=brand_id, language=language, texts=_plain(texts)):
            return False
        audit.record(
            action="brand.translate", by=by, object_type="brand", object_id=brand.pk, changes={"language": language},
            using=db.CATALOG,
        )  # fmt: skip
        bus.publish(types.BrandChanged(brand_id=brand.pk), using=db.CATALOG)
    return True


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    """Names on one line, and nothing around any text."""
    return {
        name: " ".join(text.split()) if name == "name" and isinstance(text, str) else text.strip()
        for name, text in texts.items()
    }
