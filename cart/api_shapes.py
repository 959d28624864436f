"""Parts of the cart's REST answers that others use too, or that stand by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from cart.pricing.selectors import QuotedLine
from catalog.products.selectors import OfferedPart
from shop.core.money import Money


class CurrencyIn(serializers.Serializer[Any]):
    """What the cart is to be paid in (ISO 4217)."""

    currency = serializers.CharField(max_length=3)


class CustomizationOut(serializers.Serializer[Any]):
    """What a unit is made like; `price` is what it adds to the unit's price."""

    code = serializers.CharField()
    name = serializers.CharField()
    value = serializers.JSONField()
    price = serializers.CharField()


class PartOut(serializers.Serializer[Any]):
    """What is in a bundle: so many units of a variant in each unit of it."""

    product_id = serializers.UUIDField()
    variant_id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()


def part(one: OfferedPart) -> dict[str, Any]:
    """As `PartOut`."""
    return {
        "product_id": str(one.offer.product_id),
        "variant_id": str(one.offer.variant_id),
        "sku": one.offer.sku,
        "name": one.offer.name,
        "quantity": one.quantity,
    }


class GiftOut(serializers.Serializer[Any]):
    """What a promotion gives: the subtotal has its price, the discounts as much."""

    product_id = serializers.UUIDField()
    variant_id = serializers.UUIDField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = serializers.CharField()
    line_total = serializers.CharField()


def amount(money: Money) -> str:
    """ "54.20" """
    return str(money.decimal)


def gift(line: QuotedLine) -> dict[str, Any]:
    """As `GiftOut`."""
    return {
        "product_id": str(line.product_id),
        "variant_id": str(line.variant_id),
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": amount(line.unit_price),
        "line_total": amount(line.line_total),
    }


def customizations_of(kept: Iterable[Mapping[str, Any]], currency: str) -> list[dict[str, Any]]:
    """Answers as `customizations.rules.kept` has them, as `CustomizationOut`."""
    return [
        {
            "code": one["code"],
            "name": one["name"],
            "value": one["value"],
            "price": amount(Money(one["price_minor"], currency)),
        }
        for one in kept
    ]
