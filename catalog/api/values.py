"""What the catalogue's API gives, as plain JSON values in the shapes of `shapes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.customizations.rules import Field
from catalog.products import tree
from catalog.products.page import Choice, ProductPage
from catalog.products.selectors import OfferedPart
from catalog.search import page
from catalog.search.engine import Facet, Hit
from shop.core import languages, rest
from shop.core.money import Money


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
        "url": languages.here(f"/products/{hit.slug}/"),
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


def _part(part: OfferedPart) -> dict[str, Any]:
    offer = part.offer
    return {
        "product_id": str(offer.product_id),
        "variant_id": str(offer.variant_id),
        "sku": offer.sku,
        "name": offer.name,
        "quantity": part.quantity,
    }


def _asked(field: Field, currency: str) -> dict[str, Any]:
    return {
        "code": field.code,
        "name": field.name,
        "kind": field.kind,
        "hint": field.help_text,
        "choices": list(field.choices),
        "max_length": field.max_length,
        "is_required": field.is_required,
        "is_final_sale": field.is_final_sale,
        "price": amount(Money(field.price_minor, currency)),
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
                "price_breaks": [{"quantity": one.quantity, "price": amount(one.price)} for one in choice.breaks],
                "available": choice.units,
                "availability": choice.availability,
                "expected_on": choice.expected_on.isoformat() if choice.expected_on else None,
            }
            for choice in found.variants
        ],
        "parts": [_part(one) for one in found.parts],
        "custom_fields": [_asked(one, currency) for one in found.asked],
        "rating": {
            "average": float(product.rating_average) if product.rating_count else None,
            "count": product.rating_count,
        },
        "updated_at": product.updated_at.isoformat(),
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
