"""The catalogue's calls that change something: products and stock levels, by staff."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api import reads, shapes
from catalog.products import prices, selectors, services, tree
from inventory.stock import services as stock
from shop.core import requests, rest
from shop.core.money import BadAmount, Money

_PLAIN = {"name", "slug", "description", "status", "attributes", "tags", "seo_title", "seo_description", "released_on"}


def create(request: Request) -> Response:
    """201 and the product."""
    given = checked(shapes.ProductIn, request)
    variants = [_variant(row) for row in given.get("variants") or [given]]
    kind = services.ensure_product_type(code=given.get("product_type", "product"), name=_("Product"))
    fields = _fields(given)
    options = list(dict.fromkeys(name for variant in variants for name in variant.options))
    try:
        made = services.create(
            product_type_id=kind.pk,
            by=requests.actor(request._request),
            options=options,
            variants=variants,
            **fields,
        )
    except (services.BadProduct, prices.BadPrice) as problem:
        raise _refusal(problem) from problem
    return Response(reads.whole(str(made.pk), is_staff=True), status=201)


def change(request: Request, product_id: str) -> Response:
    """The changed product."""
    given = checked(shapes.ProductPatch, request)
    known = reads.key(product_id)
    try:
        services.revise(
            product_id=known, by=requests.actor(request._request), changes=_fields(given), price=_price(known, given)
        )
    except ObjectDoesNotExist:
        raise reads.missing() from None
    except (services.BadProduct, prices.BadPrice) as problem:
        raise _refusal(problem) from problem
    return Response(reads.whole(product_id, is_staff=True))


def archive(request: Request, product_id: str) -> Response:
    """204; the product is archived."""
    try:
        services.archive(product_id=reads.key(product_id), by=requests.actor(request._request))
    except ObjectDoesNotExist:
        raise reads.missing() from None
    return Response(status=204)


def set_stock(request: Request, product_id: str) -> Response:
    """What is on hand of a product's variants."""
    given = checked(shapes.StockIn, request)
    skus = selectors.variant_skus(reads.key(product_id), given.get("sku"))
    if not skus:
        raise reads.missing()
    try:
        stock.set_on_hand(
            levels=dict.fromkeys(skus, given["quantity"]),
            skus=skus,
            location=given.get("location"),
            reason="set by API",
            by=requests.actor(request._request),
        )
    except stock.UnknownLocation:
        raise rest.ApiError("not_found", _("There is no such location."), 404) from None
    except stock.BadQuantity as problem:
        raise invalid({"quantity": [str(problem)]}) from problem
    rows = [{"id": str(key), "sku": sku, "on_hand": given["quantity"]} for key, sku in skus.items()]
    return Response({"data": rows})


def checked(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body as `shape` reads it. Raises a validation error."""
    if not isinstance(request.data, Mapping):
        raise invalid({"": [_("Send a JSON object.")]})
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found


def invalid(fields: Mapping[str, Any]) -> rest.ApiError:
    return rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields)


def _refusal(problem: Exception) -> rest.ApiError:
    fields = getattr(problem, "fields", {"price": str(problem)})
    return invalid({name: [text] for name, text in fields.items()})


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The services' names for what was given."""
    fields = {name: given[name] for name in _PLAIN & given.keys()}
    if "brand" in given:
        fields["brand_id"] = services.ensure_brand(name=given["brand"]).pk if given["brand"] else None
    if "category" in given:
        fields["category_id"] = _category(given["category"])
    return fields


def _category(text: str | None) -> UUID | None:
    """The category of this path or id."""
    if not text:
        return None
    found = tree.tree().at(text) or next((node for node in tree.tree().nodes if str(node.id) == text), None)
    if found is None:
        raise invalid({"category": [_("There is no such category.")]})
    return found.id


def _variant(row: Mapping[str, Any]) -> services.NewVariant:
    amount = _money(row.get("price"), "price")
    return services.NewVariant(
        sku=row["sku"],
        options=row.get("attributes", {}) if "name" not in row else {},
        gtin=row.get("gtin", ""),
        weight_grams=row.get("weight_grams"),
        price=amount,
        sale=_money(row.get("sale_price"), "sale_price") if amount else None,
    )


def _price(product_id: UUID, given: Mapping[str, Any]) -> services.PriceChange | None:
    """Which variant is to cost what; None when no price was given."""
    amount = _money(given.get("price"), "price")
    if amount is None:
        if "sale_price" in given:
            raise invalid({"price": [_("A sale price needs the price beside it.")]})
        return None
    skus = selectors.variant_skus(product_id, given.get("sku"))
    if len(skus) != 1:
        raise invalid({"sku": [_("Name one of the product's variants.")]})
    return services.PriceChange(next(iter(skus)), amount, _money(given.get("sale_price"), "sale_price"))


def _money(value: Decimal | None, name: str) -> Money | None:
    if value is None:
        return None
    try:
        return Money.of(value.normalize() if value else Decimal(0), settings.DEFAULT_CURRENCY)
    except BadAmount as problem:
        raise invalid({name: [str(problem)]}) from problem
