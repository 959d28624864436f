"""What the catalogue's API takes and gives: serializers for input and schema, and functions that make plain JSON
values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from catalog.products import tree
from catalog.products.page import Choice, ProductPage
from catalog.reviews.selectors import Shown
from catalog.search import page
from catalog.search.engine import Facet, Hit
from shop.core import rest
from shop.core.money import Money

STATUSES = ("draft", "active", "archived")


class CategoryRef(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    path = serializers.CharField()


class RatingOut(serializers.Serializer[Any]):
    average = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()


class ProductBrief(serializers.Serializer[Any]):
    """A product in a list. Prices are decimal strings; `salePrice` is null unless it is on sale."""

    id = serializers.UUIDField()
    sku = serializers.CharField()
    variant_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    slug = serializers.CharField()
    url = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    category = CategoryRef(allow_null=True)
    price = serializers.CharField(allow_null=True)
    sale_price = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    is_price_from = serializers.BooleanField()
    is_sellable = serializers.BooleanField()
    in_stock = serializers.BooleanField()
    rating = RatingOut()
    image = serializers.CharField(allow_null=True)


class VariantOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    sku = serializers.CharField()
    attributes = serializers.DictField(child=serializers.CharField())
    price = serializers.CharField(allow_null=True)
    sale_price = serializers.CharField(allow_null=True)
    available = serializers.IntegerField()


class ImageOut(serializers.Serializer[Any]):
    url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    alt = serializers.CharField()


class ProductOut(serializers.Serializer[Any]):
    """A whole product. `price` is the regular price of its default variant."""

    id = serializers.UUIDField()
    sku = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    slug = serializers.CharField()
    url = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    description = serializers.CharField()
    brand = serializers.CharField(allow_null=True)
    category = CategoryRef(allow_null=True)
    product_type = serializers.CharField()
    price = serializers.CharField(allow_null=True)
    sale_price = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    attributes = serializers.DictField()
    tags = serializers.ListField(child=serializers.CharField())
    images = ImageOut(many=True)
    variants = VariantOut(many=True)
    rating = RatingOut()
    updated_at = serializers.DateTimeField()


class VariantIn(serializers.Serializer[Any]):
    """A variant of a new product; `attributes` are its options: {"Colour": "Moss"}."""

    sku = serializers.CharField(max_length=255)
    attributes = serializers.DictField(child=serializers.CharField(max_length=100), required=False)
    price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False)
    sale_price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False, allow_null=True)
    gtin = serializers.CharField(max_length=14, required=False, allow_blank=True)
    weight_grams = serializers.IntegerField(min_value=0, max_value=10**9, required=False, allow_null=True)


class ProductPatch(serializers.Serializer[Any]):
    """The fields of a product that staff may change. `price` and `salePrice` are of its only variant, or of `sku`."""

    name = serializers.CharField(max_length=300, required=False)
    slug = serializers.SlugField(max_length=150, required=False)
    description = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    brand = serializers.CharField(max_length=120, required=False, allow_null=True)
    category = serializers.CharField(max_length=500, required=False, allow_null=True)
    attributes = serializers.DictField(required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50, required=False)
    seo_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    seo_description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    released_on = serializers.DateField(required=False, allow_null=True)
    sku = serializers.CharField(max_length=255, required=False)
    price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False)
    sale_price = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=0, required=False, allow_null=True)


class ProductIn(ProductPatch):
    """A new product: with `sku` and `price` for one variant, or with `variants`."""

    name = serializers.CharField(max_length=300)
    product_type = serializers.SlugField(max_length=140, required=False)
    status = serializers.ChoiceField(choices=STATUSES[:2], default="draft")
    variants = VariantIn(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("sku")) == bool(attrs.get("variants")):
            raise serializers.ValidationError({"sku": [_("Send either sku or variants.")]})
        return attrs


class StockIn(serializers.Serializer[Any]):
    """What is on hand: of one variant (`sku`) or of each; at one location, or all of it at the default one."""

    quantity = serializers.IntegerField(min_value=0, max_value=10**9)
    sku = serializers.CharField(max_length=255, required=False)
    location = serializers.CharField(max_length=40, required=False)


class ReviewIn(serializers.Serializer[Any]):
    rating = serializers.IntegerField(min_value=1, max_value=5)
    title = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    body = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    author = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class ReviewOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    rating = serializers.IntegerField()
    title = serializers.CharField()
    body = serializers.CharField()
    author = serializers.CharField()
    is_verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()


# --- Values


def amount(money: Money | None) -> str | None:
    """A decimal string."""
    return str(money.decimal) if money is not None else None


def category_ref(path: str) -> dict[str, str] | None:
    """The category at a materialised path."""
    node = tree.tree().by_path.get(path)
    return {"id": str(node.id), "name": node.name, "path": node.url_path} if node else None


def brief(hit: Hit) -> dict[str, Any]:
    """A hit as `ProductBrief`."""
    regular = page.regular_price(hit)
    paid = Money(hit.price_minor, hit.shown_currency) if hit.price_minor is not None else None
    picture = hit.card.get("picture")
    return {
        "id": str(hit.product_id),
        "sku": hit.card.get("sku", ""),
        "variant_id": hit.card.get("variant_id"),
        "name": hit.name,
        "slug": hit.slug,
        "url": f"/products/{hit.slug}/",
        "brand": hit.brand_name or None,
        "category": category_ref(hit.category_path),
        "price": amount(regular or paid),
        "sale_price": amount(paid) if regular else None,
        "currency": hit.shown_currency or None,
        "is_price_from": hit.has_range,
        "is_sellable": hit.is_sellable,
        "in_stock": hit.is_in_stock,
        "rating": {"average": hit.rating_average if hit.rating_count else None, "count": hit.rating_count},
        "image": picture["src"] if picture else None,
    }


def _prices(choice: Choice | None) -> dict[str, str | None]:
    if choice is None:
        return {"price": None, "sale_price": None}
    on_sale = choice.regular_price is not None
    return {
        "price": amount(choice.regular_price or choice.price),
        "sale_price": amount(choice.price) if on_sale else None,
    }


def whole(found: ProductPage, currency: str) -> dict[str, Any]:
    """A product as `ProductOut`."""
    product = found.product
    return {
        "id": str(product.pk),
        "sku": found.variant.sku if found.variant else None,
        "name": product.name,
        "slug": product.slug,
        "url": product.get_absolute_url(),
        "status": product.status,
        "description": product.description,
        "brand": product.brand.name if product.brand else None,
        "category": category_ref(product.category.path) if product.category else None,
        "product_type": product.product_type.code,
        **_prices(found.variant),
        "currency": currency,
        "attributes": product.attributes,
        "tags": product.tags,
        "images": [
            {"url": one["src"], "width": one["width"], "height": one["height"], "alt": one["alt"]}
            for one in found.gallery
        ],
        "variants": [
            {
                "id": str(choice.id),
                "sku": choice.sku,
                "attributes": dict(choice.options),
                **_prices(choice),
                "available": choice.units,
            }
            for choice in found.variants
        ],
        "rating": {
            "average": float(product.rating_average) if product.rating_count else None,
            "count": product.rating_count,
        },
        "updated_at": product.updated_at.isoformat(),
    }


def review(shown: Shown) -> dict[str, Any]:
    """A review as `ReviewOut`."""
    return {
        "id": str(shown.id),
        "rating": shown.rating,
        "title": shown.title,
        "body": shown.text,
        "author": shown.author,
        "is_verified": shown.is_verified,
        "created_at": shown.written_at.isoformat(),
    }


_FACETS = {
    "category": "categories",
    "brand": "brands",
    "price": "price_ranges",
    "rating": "ratings",
    "availability": "availability",
}


def facets(found: Iterable[Facet]) -> dict[str, Any]:
    """Facets by the contract's names; those of attributes in a list of their own."""
    rows: dict[str, Any] = {name: [] for name in _FACETS.values()} | {"attribute_facets": []}
    for facet in found:
        values = [{"value": one.value, "label": one.label, "count": one.count} for one in facet.counts]
        if facet.name in _FACETS:
            rows[_FACETS[facet.name]] = values
        else:
            rows["attribute_facets"].append(
                {"code": facet.name.removeprefix("attr."), "label": facet.label, "values": values}
            )
    return rows


def sparse(item: Mapping[str, Any], fields: str | None) -> dict[str, Any]:
    """Only the fields in `?fields=id,name` (camelCase as in the answers). Raises `ApiError` for an unknown name."""
    if fields is None:
        return dict(item)
    names = {_camel(name): name for name in item}
    wanted = [name.strip() for name in fields.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in names]
    if unknown or not wanted:
        message = _("One or more of: %(names)s") % {"names": ", ".join(names)}
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, {"fields": [message]})
    return {names[name]: item[names[name]] for name in wanted}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)
