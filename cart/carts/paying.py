"""The currency of a cart: one for all of it, changed as a whole."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest

from cart.carts import locking, prices
from cart.carts.models import Cart, CartLine
from shop.core import db
from shop.currencies import selectors as currencies


def change_currency(*, cart: Cart, currency: str, by: str) -> bool:
    """Make the cart one in `currency`, in which the shop sells: what its lines cost is as of now. What is not sold in
    it stays and costs nothing, as anything that is not for sale. Coupons stay; the quote says if one takes nothing off.

    False, and nothing is changed, of a cart that is not open any more: an order keeps its currency.
    """
    if cart.currency == currency:
        return True
    cart.currency, before = currency, cart.currency
    known = prices.offers(CartLine.objects.filter(cart_id=cart.pk).values_list("variant_id", flat=True), cart)
    with transaction.atomic(using=db.DEFAULT):
        locked = locking.cart(cart.pk)
        if locked.status != Cart.Status.OPEN:
            cart.currency = before
            return False
        cart.version, cart.coupons = locked.version, locked.coupons
        for line in CartLine.objects.filter(cart_id=cart.pk):
            if line.variant_id in known:
                prices.note(line, known[line.variant_id])
                line.save(update_fields=["unit_price_minor", "currency"])
        Cart.objects.filter(pk=cart.pk).update(currency=currency, version=F("version") + 1, updated_at=Now())
        cart.version += 1
    return True


def follow(request: HttpRequest, cart: Cart) -> None:
    """A cart is in the currency that its shopper chose, on this device or another one; and in one that is sold in."""
    wanted = currencies.saved(request)
    if wanted is None and cart.currency != settings.DEFAULT_CURRENCY and cart.currency not in currencies.choices():
        wanted = settings.DEFAULT_CURRENCY
        _tell(cart)
    if wanted is not None and wanted != cart.currency:
        change_currency(cart=cart, currency=wanted, by="system")


def _tell(cart: Cart) -> None:
    """That its currency is not sold in any more, once."""
    cart.notices = [*cart.notices, {"kind": "currency", "name": cart.currency, "quantity": 0}]
    Cart.objects.filter(pk=cart.pk, status=Cart.Status.OPEN).update(notices=cart.notices)
