"""Rows of a file as rows of the database, not saved yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import nh3

from catalog.imports.rows import ProductRow, VariantRow
from catalog.products import rules
from catalog.products.models import Image, OldSlug, Price, Product, Variant

TAGS = {"p", "br", "ul", "ol", "li", "b", "strong", "i", "em", "h3", "h4", "table", "tr", "td", "th", "tbody", "thead"}


def measures(one: VariantRow) -> dict[str, Any]:
    return {
        "options": dict(one.options),
        "gtin": one.gtin,
        "weight_grams": one.weight_grams,
        "length_mm": one.length_mm,
        "width_mm": one.width_mm,
        "height_mm": one.height_mm,
    }


def price(variant_id: UUID, one: VariantRow, currency: str) -> Price:
    return Price(variant_id=variant_id, currency=currency, amount_minor=one.price, sale_minor=one.sale_price)


def keep_price(variant: Variant, one: VariantRow, currency: str) -> None:
    Price.objects.update_or_create(
        variant=variant,
        currency=currency,
        price_list="default",
        min_quantity=1,
        defaults={"amount_minor": one.price, "sale_minor": one.sale_price},
    )


def images(product: Product, row: ProductRow, variants: Sequence[Variant]) -> list[Image]:
    images = [
        Image(product=product, remote_url=url, alt=alt or row.name[:300], position=position)
        for position, (url, alt) in enumerate(row.pictures)
    ]
    for one, variant in zip(row.variants, variants, strict=True):
        if one.picture:
            images.append(
                Image(
                    product=product, variant=variant, remote_url=one.picture, alt=row.name[:300], position=len(images)
                )
            )
    return images


def free_slugs(rows: Sequence[ProductRow]) -> list[str]:
    """A slug of its own for every row, numbered where the name alone is taken now, or was by another product."""
    bases = [(row.slug and rules.slug(row.slug)) or rules.slug(row.name, "product") for row in rows]
    taken = set(Product.objects.filter(slug__in=bases).values_list("slug", flat=True))
    crowded = [base for base in set(bases) if base in taken or bases.count(base) > 1]
    for base in crowded:
        taken.update(Product.objects.filter(slug__startswith=f"{base}-").values_list("slug", flat=True))
    taken.update(OldSlug.objects.filter(kind="product", slug__in=bases).values_list("slug", flat=True))
    result = []
    for base in bases:
        number = 1
        while rules.numbered(base, number) in taken:
            number += 1
        result.append(rules.numbered(base, number))
        taken.add(result[-1])
    return result


def combination(options: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((str(key), str(value)) for key, value in options.items()))


def description(text: str) -> str:
    """Descriptions may hold simple HTML; whatever else is in it is taken out."""
    return nh3.clean(text, tags=TAGS, attributes={}) if "<" in text else text


def json(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item.isoformat() if hasattr(item, "isoformat") else item for key, item in value.items()}
