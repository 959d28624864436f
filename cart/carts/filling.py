"""Carts of the desk: filled by staff in one go, whatever is on hand. Nobody's browser leads to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from cart.carts import locking, rules
from cart.carts import services as carts
from cart.carts.models import Cart, CartLine
from catalog.products import selectors as products
from shop.accounts import selectors as accounts
from shop.core import db

CHANNEL = "desk"
_LIFE = timedelta(days=3650)  # a draft waits for as long as staff let it


def begin(*, currency: str, language: str) -> Cart:
    """An empty cart of the desk's own."""
    return Cart.objects.create(
        channel=CHANNEL, currency=currency, language=language, expires_at=db.clock() + _LIFE
    )  # fmt: skip


def fill(
    *,
    cart_id: UUID,
    version: int,
    units: Mapping[UUID, int],
    coupons: Sequence[str],
    currency: str,
    language: str,
    customer_id: UUID | None = None,
) -> Cart:
    """Make the cart hold exactly these units (by variant id) and coupons (canonical codes), at the prices of
    `customer_id`; it has a new version then.

    Stock is not looked at: the page tells what is short, and placing the order decides. Raises `CartChanged` when the
    cart is not of `version` any more, `CartClosed`, `CartFull`, `BadQuantity`, `UnknownVariant`, `NotSellable`.
    """
    _check(units, coupons)
    offers = products.offers(units, currency=currency, price_list=accounts.standing(customer_id).price_list)
    rows = [_line(cart_id, offers.get(one), one, count) for one, count in units.items()]
    with transaction.atomic(using=db.DEFAULT):
        cart = locking.cart(cart_id)
        if cart.status != Cart.Status.OPEN:
            raise carts.CartClosed(_("This cart was closed meanwhile."))
        if cart.version != version:
            raise carts.CartChanged(_("Somebody else has changed this meanwhile. Here is how it is now."))
        CartLine.objects.filter(cart_id=cart_id).delete()
        for row, key in zip(rows, sorted(db.uuid7() for _row in rows), strict=True):  # their order is that of the keys
            row.pk, row.currency = key, currency
        CartLine.objects.bulk_create(rows)
        Cart.objects.filter(pk=cart_id).update(
            version=F("version") + 1, coupons=list(coupons), currency=currency, language=language, updated_at=Now()
        )
        cart.refresh_from_db()
        return cart


def discard(*, cart_id: UUID) -> bool:
    """Nobody needs the cart any more; False if it was ordered already."""
    return bool(
        Cart.objects.filter(pk=cart_id, status=Cart.Status.OPEN).update(status=Cart.Status.EXPIRED, updated_at=Now())
    )


def _check(units: Mapping[UUID, int], coupons: Sequence[str]) -> None:
    if not all(1 <= count <= rules.MAX_QUANTITY for count in units.values()):
        raise carts.BadQuantity(_("Choose a whole number from 1 to %(most)s.") % {"most": rules.MAX_QUANTITY})
    if len(units) > rules.MAX_LINES:
        raise carts.CartFull(_("A cart holds at most %(count)s different products.") % {"count": rules.MAX_LINES})
    if len(coupons) > rules.MAX_COUPONS:
        raise carts.CartFull(_("A cart takes at most %(count)s coupons.") % {"count": rules.MAX_COUPONS})


def _line(cart_id: UUID, offer: products.Offer | None, variant_id: UUID, quantity: int) -> CartLine:
    if offer is None:
        raise carts.UnknownVariant(_("This product does not exist."))
    if offer.needs_answers:
        text = _("“%(name)s” (%(sku)s) is made to its buyer’s wishes: only the buyer can put it into a cart.")
        raise carts.NotSellable(text % {"name": offer.name, "sku": offer.sku})
    price = offer.for_quantity(quantity)
    if not offer.is_sellable or price is None:
        raise carts.NotSellable(_("“%(name)s” (%(sku)s) is not for sale.") % {"name": offer.name, "sku": offer.sku})
    return CartLine(
        cart_id=cart_id, product_id=offer.product_id, variant_id=variant_id, sku=offer.sku, name=offer.name,
        quantity=quantity, unit_price_minor=price.minor,
    )  # fmt: skip
