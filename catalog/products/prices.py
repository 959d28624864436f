"""What variants cost: price rows and what follows from a change of one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.products import repricing
from catalog.products.models import Price, Variant
from catalog.products.rules import GIFT_CARD
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.currencies import selectors as currencies
from shop.events import bus, types

reprice, refresh, spread = repricing.reprice, repricing.refresh, repricing.spread


class BadPrice(ValueError):
    """A price cannot be kept like this; the text says why."""


def set_price(
    *,
    variant_id: UUID,
    amount: Money,
    by: str,
    sale: Money | None = None,
    sale_starts_at: datetime | None = None,
    sale_ends_at: datetime | None = None,
    price_list: str = "default",
    min_quantity: int = 1,
) -> Price:
    """What one unit costs in `amount`'s currency, and its sale price between two moments (aware; None is open).

    Own transaction; publishes `PriceChanged`. Raises `BadPrice`, `Variant.DoesNotExist`.
    """
    check(amount, sale, sale_starts_at, sale_ends_at, min_quantity)
    with transaction.atomic(using=db.CATALOG):
        known = Variant.objects.values_list("product_id", "product__product_type__tax_class")
        product_id, tax_class = known.get(pk=variant_id)
        check_card(tax_class, amount, sale)
        values = {
            "amount_minor": amount.minor,
            "sale_minor": sale.minor if sale else None,
            "sale_starts_at": sale_starts_at if sale else None,
            "sale_ends_at": sale_ends_at if sale else None,
        }
        price, _created = Price.objects.update_or_create(
            variant_id=variant_id,
            currency=amount.currency,
            price_list=price_list,
            min_quantity=min_quantity,
            defaults=values,
        )
        reprice([product_id])
        audit.record(
            action="price.set",
            by=by,
            object_type="variant",
            object_id=variant_id,
            changes={"amount": str(amount), "sale": str(sale) if sale else None, "price_list": price_list},
            using=db.CATALOG,
        )
        bus.publish(types.PriceChanged(product_id=product_id), using=db.CATALOG)
    return price


def remove_price(*, price_id: UUID, by: str) -> None:
    """The variant is no longer sold at this price row. Own transaction; publishes `PriceChanged`."""
    with transaction.atomic(using=db.CATALOG):
        price = Price.objects.select_related("variant").get(pk=price_id)
        product_id = price.variant.product_id
        price.delete()
        reprice([product_id])
        audit.record(
            action="price.remove",
            by=by,
            object_type="variant",
            object_id=price.variant_id,
            changes={"amount": str(Money(price.amount_minor, price.currency)), "price_list": price.price_list},
            using=db.CATALOG,
        )
        bus.publish(types.PriceChanged(product_id=product_id), using=db.CATALOG)


def check(
    amount: Money,
    sale: Money | None,
    starts: datetime | None = None,
    ends: datetime | None = None,
    min_quantity: int = 1,
) -> None:
    """Raises `BadPrice` for what cannot be a price."""
    if amount.minor < 0 or (sale is not None and sale.minor < 0):
        raise BadPrice("a price is not negative")
    if sale is not None and (sale.currency != amount.currency or sale.minor >= amount.minor):
        raise BadPrice("a sale price is in the same currency and below the price")
    if starts is not None and ends is not None and ends <= starts:
        raise BadPrice("a sale ends after it starts")
    if min_quantity < 1:
        raise BadPrice("a price counts from 1 unit or more")


def check_card(tax_class: str, *amounts: Money | None) -> None:
    """Raises `BadPrice` for what no gift card is sold at: nothing, or more than one may hold. For people to read."""
    for amount in amounts if tax_class == GIFT_CARD else ():
        if amount is not None and not amount.minor:
            raise BadPrice(_("A gift card costs more than nothing."))
        if amount is not None and amount > (most := currencies.limit(settings.GIFT_CARD_LARGEST, amount.currency)):
            raise BadPrice(_("A gift card holds at most %(most)s.") % {"most": most.format()})
