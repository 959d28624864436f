"""What others ask of the catalogue: offers of variants, cards of products, departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from catalog.bundles import selectors as bundles
from catalog.customizations import selectors as customizations
from catalog.customizations.rules import Field
from catalog.products import cards as card_reads
from catalog.products import pictures, rules, tree
from catalog.products.cards import Card
from catalog.products.models import Brand, Image, OldSlug, Product, ProductType, Variant
from shop.core.links import Link, ids
from shop.core.money import Money


@dataclass(frozen=True)
class OfferedPart:
    """So many units of it are in one unit of a bundle."""

    offer: Offer
    quantity: int


@dataclass(frozen=True)
class Offer:
    """What carts and the checkout know of a variant. `unit_price` is None where it is not sold in the currency asked
    for.

    `is_sellable`: product and variant are active and there is a price. Stock is the inventory's affair.
    """

    product_id: UUID
    variant_id: UUID
    sku: str
    name: str
    options: Mapping[str, str]
    unit_price: Money | None
    regular_price: Money | None
    is_sellable: bool
    tax_class: str
    weight_grams: int | None
    picture: Mapping[str, Any] | None
    url: str
    product_slug: str
    moment: datetime  # for which the prices are, by the database's clock
    brand: str = ""  # its slug
    category_path: str = ""  # materialised
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[Field, ...] = ()  # of who buys it
    parts: tuple[OfferedPart, ...] = ()  # of a bundle
    is_made: bool = True  # neither it nor its product is switched off, whether it is sold by itself or not

    @property
    def needs_answers(self) -> bool:
        """Whether it cannot be bought without a word of who buys it."""
        return any(one.is_required for one in self.asked)


# Not what is long, as descriptions are: fifty products are read for a cart of fifty lines.
_OF_OFFERS = (
    "sku", "options", "is_active", "weight_grams",
    *(f"product__{name}" for name in ("name", "slug", "status", "tags", "attributes")),
    "product__product_type__tax_class", "product__brand__slug", "product__category__path",
)  # fmt: skip


def offers(variant_ids: Iterable[UUID], *, currency: str, price_list: str = "default") -> dict[UUID, Offer]:
    """The offers of these variants in `currency`, also of archived ones; unknown ids are left out. 2 queries, one
    more where a product asks for customizations, and three more where some are bundles.

    A bundle is sold while all of its parts are made, whether they are sold by themselves or not; it asks nothing.

    Prices are those of this moment by the database's clock.
    """
    ids = list(dict.fromkeys(variant_ids))
    if not ids:
        return {}
    beside = ("product__product_type", "product__brand", "product__category")
    wanted = priced(currency, price_list).filter(pk__in=ids).select_related(*beside).only(*_OF_OFFERS)
    has_asked = customizations.has_any("product_id", "product__product_type_id")
    rows = list(wanted.annotate(has_asked=has_asked, is_bundle=bundles.has_any("pk")))
    shown = _pictures({row.product_id for row in rows})
    types = {row.product_id: row.product.product_type_id for row in rows if row.has_asked}
    asked = customizations.fields_of(types, currency=currency)
    found = {row.pk: _offer(row, currency, shown, asked.get(row.product_id, ())) for row in rows}
    return found | _bundled(found, [row.pk for row in rows if row.is_bundle], currency, price_list)


def _bundled(found: Mapping[UUID, Offer], keys: Sequence[UUID], currency: str, price_list: str) -> dict[UUID, Offer]:
    """The offers of bundles with their parts."""
    if not keys:
        return {}
    known = bundles.parts_of(keys)
    components = offers([one for parts in known.values() for one in parts], currency=currency, price_list=price_list)
    made = {}
    for key in keys:
        parts = tuple(OfferedPart(components[one], units) for one, units in known.get(key, {}).items())
        is_whole = all(part.offer.is_made and not part.offer.needs_answers for part in parts)
        made[key] = replace(found[key], parts=parts, asked=(), is_sellable=found[key].is_sellable and is_whole)
    return made


def priced(currency: str, price_list: str = "default") -> QuerySet[Variant]:
    """Variants, each with its price in `currency` (amount_minor, sale_minor, …; None without one) and the moment."""
    return Variant.objects.annotate(
        price=FilteredRelation(
            "prices",
            condition=Q(prices__currency=currency, prices__price_list=price_list, prices__min_quantity=1),
        ),
        amount_minor=F("price__amount_minor"),
        sale_minor=F("price__sale_minor"),
        sale_starts_at=F("price__sale_starts_at"),
        sale_ends_at=F("price__sale_ends_at"),
        moment=Now(),
    )


def charged(row: Any, currency: str) -> tuple[Money | None, Money | None]:
    """(what is paid, what is struck out) for a row of `priced`; the second is None unless it is on sale."""
    if row.amount_minor is None:
        return None, None
    moment: datetime = row.moment
    terms = rules.Terms(row.amount_minor, row.sale_minor, row.sale_starts_at, row.sale_ends_at)
    price = rules.price_at(terms, moment)
    return Money(price.amount, currency), Money(price.regular, currency) if price.is_on_sale else None


def _offer(row: Any, currency: str, shown: Mapping[tuple[UUID, UUID | None], Any], asked: tuple[Field, ...]) -> Offer:
    product: Product = row.product
    price, regular = charged(row, currency)
    return Offer(
        product_id=product.pk,
        variant_id=row.pk,
        sku=row.sku,
        name=product.name,
        options=row.options,
        unit_price=price,
        regular_price=regular,
        is_sellable=product.status == Product.Status.ACTIVE and row.is_active and price is not None,
        tax_class=product.product_type.tax_class,
        weight_grams=row.weight_grams,
        picture=shown.get((product.pk, row.pk)) or shown.get((product.pk, None)),
        url=f"{product.get_absolute_url()}?variant={row.sku}",
        product_slug=product.slug,
        moment=row.moment,
        brand=product.brand.slug if product.brand else "",
        category_path=product.category.path if product.category else "",
        tags=tuple(map(str, product.tags)),
        attributes=product.attributes,
        asked=asked,
        is_made=product.status != Product.Status.ARCHIVED and row.is_active,
    )


def _pictures(product_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID | None], Any]:
    """First picture by (product, variant), and by (product, None) for any variant."""
    found: dict[tuple[UUID, UUID | None], Any] = {}
    for image in Image.objects.filter(product_id__in=list(product_ids)).exclude(file=""):
        found.setdefault((image.product_id, image.variant_id), pictures.picture(image))
        found.setdefault((image.product_id, None), pictures.picture(image))
    return found


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
        {"name": node.name, "url": node.url, "picture": pictures.plain(node.picture, node.name)}
        for node in tree.tree().children()
    ]


def product_id_of(slug: str) -> UUID | None:
    """The product (not a draft) whose page has this slug; None if there is none."""
    rows = Product.objects.filter(slug=slug).exclude(status=Product.Status.DRAFT)
    return rows.values_list("pk", flat=True).first()


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


def product_of_sku(sku: str) -> UUID | None:
    """The product that has a variant with this SKU, whatever its status; None if there is none."""
    return Variant.objects.filter(sku=sku).values_list("product_id", flat=True).first()


def name_of(product_id: UUID) -> str:
    """The name of a product, empty for none."""
    return Product.objects.filter(pk=product_id).values_list("name", flat=True).first() or ""


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
    """The options of the active variants of active products, by product and variant, in order. One query."""
    found: dict[UUID, dict[UUID, Mapping[str, str]]] = {}
    rows = Variant.objects.filter(
        is_active=True, product_id__in=list(product_ids), product__status=Product.Status.ACTIVE
    )
    for key, product_id, options in rows.values_list("pk", "product_id", "options"):
        found.setdefault(product_id, {})[key] = options
    return found


def links(variant_ids: Iterable[str]) -> dict[str, Link]:
    """Names of variants' products and their admin pages, by variant (`shop.core.links`)."""
    rows = Variant.objects.filter(pk__in=ids(variant_ids)).values_list("pk", "product_id", "product__name")
    return {
        str(key): Link(name, reverse("admin:catalog_product_change", args=[product_id]))
        for key, product_id, name in rows
    }
