"""Gift cards as staff issue them, and products that are gift cards."""

from __future__ import annotations

from typing import Any

from catalog.products.models import Product, ProductType
from catalog.products.rules import GIFT_CARD
from checkout.giftcards import rules, services
from checkout.giftcards.models import GiftCard
from shop.core import db
from shop.core.money import Money
from tests.factories import cart as carts


def card(minor: int = 2000, *, currency: str = "USD", **about: Any) -> GiftCard:
    """A card with so many cents."""
    return services.issue(card_id=db.uuid7(), amount=Money(minor, currency), by="staff:1", **about)


def code(card: GiftCard) -> str:
    """As its holder reads it."""
    return rules.grouped(GiftCard.objects.get(pk=card.pk).code)


def left(card: GiftCard) -> int:
    return GiftCard.objects.get(pk=card.pk).balance_minor


def product(*, amount: int = 5000, units: int = 10) -> Product:
    """A gift card that can be bought."""
    made = carts.product(amount=amount, units=units)
    kind, _is_new = ProductType.objects.get_or_create(
        code="gift-card", defaults={"name": "Gift card", "tax_class": GIFT_CARD}
    )
    Product.objects.filter(pk=made.pk).update(product_type=kind)
    return made
