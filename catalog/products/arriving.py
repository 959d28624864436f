"""When a product comes that is ordered now, and how it may go back, as its page says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from catalog.products import offering
from catalog.products.page import Choice, ProductPage

_STEP = timedelta(minutes=15)  # days begin at a multiple of it, wherever that is


def promise(found: ProductPage) -> dict[str, Any] | None:
    """`{text, cost_text, until, data}` of the chosen variant; None where it is not delivered, or nobody knows when.

    `data` is what search engines are told of it, None where nothing is sent to an address. `until` is the moment
    (aware) until which it holds: the next cut-off, or a day's end somewhere.
    """
    variant = found.variant
    if variant is None or variant.price is None or variant.moment is None or not found.is_sellable:
        return None
    if found.is_money:
        return {"text": _("Sent by e-mail as soon as it is paid"), "cost_text": "", "until": None, "data": None}
    if not _is_known(variant):
        return None
    told = import_string(settings.DELIVERY_NOTE)(_units(found, variant), price=variant.price, at=variant.moment)
    if told is None:
        return None
    until = min(filter(None, (told.until, _next_step(variant.moment))))
    return {"text": told.text, "cost_text": told.cost_text, "until": until, "data": told.data}


def returns(found: ProductPage) -> Any:
    """How it may be sent back (`text`, `cost_text`, `data`); None where nobody says, and of what comes by e-mail."""
    product = found.product
    if found.is_money:
        return None
    item = {
        "product_id": str(product.pk),
        "product_type": product.product_type.code,
        "category": product.category.url_path if product.category else "",
    }
    is_final = any(one.is_required and one.is_final_sale for one in found.asked)
    return import_string(settings.RETURNS_NOTE)(item, is_final=is_final)


def _is_known(variant: Choice) -> bool:
    """Whether the next unit is on hand, or somebody knows when it will be."""
    return variant.availability == "in_stock" or (variant.availability != "out" and variant.expected_on is not None)


def _units(found: ProductPage, variant: Choice) -> list[dict[str, Any]]:
    """What goes into the parcel: the variant, or a bundle's parts, the first of which has the whole value."""
    value = variant.price.minor if variant.price else 0
    if not found.parts:
        keys = offering.keys_of_product(found.product, variant.id)
        return [_unit(variant.id, 1, value, variant.weight_grams, variant.cubic_mm, keys)]
    return [
        _unit(one.offer.variant_id, one.quantity, 0 if place else value, one.offer.weight_grams, one.offer.cubic_mm,
              one.offer.keys)
        for place, one in enumerate(found.parts)
    ]  # fmt: skip


def _unit(
    variant_id: Any, quantity: int, value: int, grams: int | None, cubic_mm: int | None, keys: Any
) -> dict[str, Any]:
    return {
        "variant_id": variant_id,
        "quantity": quantity,
        "value": value,
        "grams": grams or 0,
        "cubic_mm": cubic_mm or 0,
        "keys": keys,
    }


def _next_step(moment: datetime) -> datetime:
    passed = (moment - datetime.min.replace(tzinfo=UTC)) % _STEP
    return moment - passed + _STEP
