"""Parts of the cart's REST answers that others use too, or that stand by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from cart.carts import rules
from cart.pricing.selectors import Quote, QuotedLine
from cart.tax import words as tax_words
from catalog.products.selectors import OfferedPart
from shop.core.money import Money


class CurrencyIn(serializers.Serializer[Any]):
    """What the cart is to be paid in (ISO 4217)."""

    currency = serializers.CharField(max_length=3)


class QuantityIn(serializers.Serializer[Any]):
    """How many units a line is to hold; 0 removes it."""

    quantity = serializers.IntegerField(min_value=0, max_value=rules.MAX_QUANTITY)


class CouponIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40)


class TotalsOut(serializers.Serializer[Any]):
    """Decimal strings in `currency`; null: not known before the address is."""

    subtotal = serializers.CharField()
    discounts = serializers.CharField()
    shipping = serializers.CharField(allow_null=True)
    tax = serializers.CharField(allow_null=True)
    total = serializers.CharField()


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


class DiscountOut(serializers.Serializer[Any]):
    """What a promotion takes off; `code` is empty for one that needs no coupon."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    amount = serializers.CharField()


class TaxOut(serializers.Serializer[Any]):
    """What a tax comes to; `rate` as a share ("0.0725"), `is_included`: the prices contain it."""

    name = serializers.CharField()
    rate = serializers.CharField()
    amount = serializers.CharField()
    is_included = serializers.BooleanField()


class ExplainedOut(serializers.Serializer[Any]):
    """Of what discounts and tax of the totals are made."""

    promotions = DiscountOut(many=True)
    taxes = TaxOut(many=True)


def explained(quote: Quote) -> dict[str, Any]:
    """As `ExplainedOut`."""
    return {
        "promotions": [
            {"code": one.code, "name": one.name, "amount": amount(one.amount)} for one in quote.discounts if one.amount
        ],
        "taxes": [
            {
                "name": tax_words.called(one.name),
                "rate": str(one.rate),
                "amount": amount(one.amount),
                "is_included": one.is_included,
            }
            for one in quote.tax_lines
        ],
    }


def kept(order: Any) -> dict[str, Any]:
    """The same of an order, which has kept it."""
    return {
        "promotions": [
            {"code": one["code"], "name": one["name"], "amount": amount(order.money(one["amount_minor"]))}
            for one in order.discount_lines
        ],
        "taxes": [
            {
                "name": tax_words.called(one["name"]),
                "rate": one["rate"],
                "amount": amount(order.money(one["amount_minor"])),
                "is_included": one["is_included"],
            }
            for one in order.tax_lines
        ],
    }


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
