"""What others ask of the catalogue: offers of variants, cards of products, departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from catalog.bundles import selectors as bundles
from catalog.products import cards as card_reads
from catalog.products import pictures, rules, tree, worded
from catalog.products.cards import Card
from catalog.products.models import Brand, OldSlug, Product, ProductType, Variant
from catalog.products.offering import Break, Offer, OfferedPart, offers
from catalog.translations import selectors as translations
from shop.core import cache, languages
from shop.core.links import Link, ids

__all__ = [
    "Addressed",
    "Break",
    "Card",
    "Offer",
    "OfferedPart",
    "Place",
    "addressed",
    "cards",
    "default_variant",
    "departments",
    "is_public",
    "links",
    "moved_to",
    "name_of",
    "offers",
    "places",
    "product_of_sku",
    "product_types",
    "siblings",
    "sku_of",
    "tax_classes",
    "variant_of",
    "variant_of_options",
    "variant_skus",
]


def variant_of(
    *, product_id: UUID | None = None, variant_id: UUID | None = None, sku: str | None = None
) -> UUID | None:
    """The active variant meant by one of these; a product means its first one in stock. None if there is none."""
    rows = Variant.objects.filter(is_active=True, product__status=Product.Status.ACTIVE)
    if variant_id is not None:
        return rows.filter(pk=variant_id).values_list("pk", flat=True).first()
    if sku is not None:
        return None if "\x00" in sku else rows.filter(sku=sku).values_list("pk", flat=True).first()
    ids = list(rows.filter(product=product_id).values_list("pk", flat=True))
    return default_variant(ids, bundles.available(ids))


def variant_of_options(*, product_id: UUID, options: Mapping[str, str]) -> UUID | None:
    """The active variant that has exactly these options ({option code: value}, the code is the name's slug); None if
    none.
    """
    rows = Variant.objects.filter(is_active=True, product_id=product_id, product__status=Product.Status.ACTIVE)
    for key, named in rows.values_list("pk", "options"):
        if {rules.slug(name): value for name, value in named.items()} == dict(options):
            return key
    return None


def default_variant(variant_ids: Sequence[UUID], units: Mapping[UUID, int]) -> UUID | None:
    """The first variant in stock, else the first one; None without any."""
    return next((key for key in variant_ids if units.get(key, 0) > 0), variant_ids[0] if variant_ids else None)


def cards(product_ids: Iterable[UUID], *, currency: str) -> list[Card]:
    """Cards of the active ones of these products, in the order asked for; 5 queries whatever the number."""
    return card_reads.cards(product_ids, currency=currency)


def departments() -> list[dict[str, Any]]:
    """The top categories `{name, url, picture}`, for every page's header; from the cached tree."""
    return [
        {"name": node.name, "url": node.url, "picture": pictures.plain(node.picture, node.name, is_derived=is_derived)}
        for node, is_derived in _departments(languages.current())
    ]


@cache.held(cache.CATEGORY_TREE)
def _departments(_language: str) -> list[tuple[tree.Node, bool]]:
    """With whether their pictures have derivatives: the storage is asked once for each tree."""
    return [(node, pictures.is_derived(node.picture)) for node in tree.tree().children()]


@dataclass(frozen=True, slots=True)
class Addressed:
    """The product that an address means."""

    id: UUID
    is_archived: bool


def addressed(slug: str) -> Addressed | None:
    """The product (not a draft) whose page has this slug; None if there is none."""
    rows = Product.objects.filter(slug=slug).exclude(status=Product.Status.DRAFT)
    found = rows.values_list("pk", "status").first()
    return Addressed(found[0], found[1] == Product.Status.ARCHIVED) if found else None


def moved_to(kind: str, slug: str) -> str | None:
    """The present slug of the "product", "brand" (path of the "category") that once had this one; None if unknown."""
    old = OldSlug.objects.filter(kind=kind, slug=slug).values_list("object_id", flat=True).first()
    if old is None:
        return None
    if kind == "category":
        return next((node.url_path for node in tree.tree().nodes if node.id == old), None)
    model = Brand if kind == "brand" else Product
    present: str | None = model.objects.filter(pk=old).values_list("slug", flat=True).first()
    return present


def is_public(product_id: UUID) -> bool:
    """Whether there is such a product and it is not a draft."""
    return Product.objects.filter(pk=product_id).exclude(status=Product.Status.DRAFT).exists()


def variant_skus(product_id: UUID, sku: str | None = None) -> dict[UUID, str]:
    """The SKUs of a product's variants by id; of the one with `sku` only, if given. Drafts count too."""
    rows = Variant.objects.filter(product_id=product_id)
    if sku is not None:
        rows = rows.filter(sku=sku)
    return dict(rows.values_list("pk", "sku"))


def product_types() -> list[tuple[str, str]]:
    """(code, name) of every product type, by name."""
    return list(ProductType.objects.order_by("name").values_list("code", "name"))


def tax_classes() -> set[str]:
    """Those that product types have. One query."""
    return set(ProductType.objects.order_by().values_list("tax_class", flat=True).distinct())


def product_of_sku(sku: str) -> UUID | None:
    """The product that has a variant with this SKU, whatever its status; None if there is none."""
    return Variant.objects.filter(sku=sku).values_list("product_id", flat=True).first()


def name_of(product_id: UUID) -> str:
    """The name of a product in the active language, empty for none."""
    said = translations.product_names([product_id]).get(product_id)
    return said or Product.objects.filter(pk=product_id).values_list("name", flat=True).first() or ""


def sku_of(product_id: UUID) -> str:
    """The SKU of a product's first variant, empty without one."""
    return Variant.objects.filter(product_id=product_id).values_list("sku", flat=True).first() or ""


@dataclass(frozen=True)
class Place:
    """Where a product belongs: the path of its category ("computers/laptops", "" for none), its type's code."""

    category: str
    product_type: str


def places(product_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Category and type of products, also of archived ones; unknown ids are left out. One query."""
    rows = Product.objects.filter(pk__in=list(product_ids))
    found = rows.values_list("pk", "category__url_path", "product_type__code")
    return {key: Place(path or "", code) for key, path, code in found}


def siblings(product_ids: Iterable[UUID]) -> dict[UUID, dict[UUID, Mapping[str, str]]]:
    """The options of the active variants of active products, as they are called here, by product and variant, in
    order. One query.
    """
    terms = translations.terms()
    found: dict[UUID, dict[UUID, Mapping[str, str]]] = {}
    rows = Variant.objects.filter(
        is_active=True, product_id__in=list(product_ids), product__status=Product.Status.ACTIVE
    )
    for key, product_id, options in rows.values_list("pk", "product_id", "options"):
        found.setdefault(product_id, {})[key] = worded.named(options, terms)
    return found


def links(variant_ids: Iterable[str]) -> dict[str, Link]:
    """Names of variants' products and their admin pages, by variant (`shop.core.links`)."""
    rows = Variant.objects.filter(pk__in=ids(variant_ids)).values_list("pk", "product_id", "product__name")
    return {
        str(key): Link(name, reverse("admin:catalog_product_change", args=[product_id]))
        for key, product_id, name in rows
    }
