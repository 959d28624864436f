"""Commands of a cart: find or begin one, put in, change, take out, close for an order, give back.

Every change locks the cart, raises its version and prolongs its life. Stock is looked at, never held: only a placed
order holds units. Prices are read from the catalogue, never taken from the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cart.carts import claims, locking, ownership, paying, prices, putting, rules
from cart.carts.models import Cart, CartLine
from catalog.bundles import selectors as bundles
from inventory.waitlist import selectors as waitlist
from shop.core import db

# why not
CartRefused = putting.CartRefused
BadQuantity = putting.BadQuantity
BadCustomizations = putting.BadCustomizations
UnknownVariant = putting.UnknownVariant
NotSellable = putting.NotSellable
NotEnoughStock = putting.NotEnoughStock
NothingHeld = putting.NothingHeld
CartFull = putting.CartFull
UnknownLine = putting.UnknownLine
CartClosed = putting.CartClosed
CartChanged = putting.CartChanged

# whose cart it is: doors ask these first
current, begun, forget, merge = ownership.current, ownership.begun, ownership.forget, ownership.merge
acknowledge, change_currency = prices.acknowledge, paying.change_currency

NONE: Mapping[str, Any] = MappingProxyType({})


def put(request: HttpRequest, **wanted: Any) -> CartLine:
    """`add` what is `wanted` to the visitor's cart, or to a new one if that was ordered in another tab meanwhile."""
    try:
        return add(cart=begun(request), **wanted)
    except CartClosed:
        forget(request)
        return add(cart=begun(request), **wanted)


def add(*, cart: Cart, variant_id: UUID, quantity: int, by: str, customizations: Mapping[str, Any] = NONE) -> CartLine:
    """Put `quantity` more units of a variant in, made to these `customizations` (by code); returns their line.

    Raises `BadQuantity`, `UnknownVariant`, `NotSellable`, `BadCustomizations`, `NotEnoughStock`, `CartFull`,
    `CartClosed`.
    """
    putting.check_quantity(quantity)
    offer = putting.offer_of(variant_id, cart)
    answers = putting.answers_of(offer, customizations)
    available = bundles.available([variant_id])
    with transaction.atomic(using=db.DEFAULT):
        line, others = putting.line_for(cart, offer, answers)
        units = claims.added(available, [line, *others])[variant_id]
        present = line.quantity + sum(other.quantity for other in others)
        putting.check_available(wanted=present + quantity, present=present, available=units)
        line.quantity += quantity
        prices.note(line, offer)
        line.save()
        ownership.touch(cart)
    return line


def claim(*, cart: Cart, entry_id: UUID, by: str, customizations: Mapping[str, Any] = NONE) -> CartLine:
    """Put in what is held for a place in the waiting line, once however often called; its order takes those units.

    Raises `NothingHeld`, `UnknownVariant`, `NotSellable`, `BadCustomizations`, `CartFull`, `CartClosed`.
    """
    held = waitlist.held([entry_id]).get(entry_id)
    if held is None:
        ordered = _("What this link held for you was ordered already.")
        raise NothingHeld(ordered if waitlist.taken([entry_id]) else _("Nothing is held for you any more."))
    offer = putting.offer_of(held.variant_id, cart)
    answers = putting.answers_of(offer, customizations)
    with transaction.atomic(using=db.DEFAULT):
        line, others = putting.line_for(cart, offer, answers)
        if any(one.claim_id == entry_id for one in others):
            return next(one for one in others if one.claim_id == entry_id)
        if line.claim_id != entry_id and claims.held([line, *others]):
            raise NothingHeld(_("Your cart has a held unit of this product already. Order that one first."))
        line.claim_id = entry_id
        line.quantity = max(line.quantity, held.units)
        prices.note(line, offer)
        line.save()
        ownership.touch(cart)
    return line


def set_quantity(*, cart: Cart, line_id: UUID, quantity: int, by: str) -> None:
    """Make a line hold `quantity` units; 0 removes it. Raises as `add` does, and `UnknownLine`."""
    if quantity == 0:
        return remove(cart=cart, line_id=line_id, by=by)
    putting.check_quantity(quantity)
    found = CartLine.objects.filter(pk=line_id, cart_id=cart.pk).first()
    if found is None:
        raise UnknownLine(_("This product is not in your cart any more."))
    same = CartLine.objects.filter(cart_id=cart.pk, variant_id=found.variant_id)
    available = claims.added(bundles.available([found.variant_id]), same)[found.variant_id]
    offer = prices.offers([found.variant_id], cart).get(found.variant_id)
    with transaction.atomic(using=db.DEFAULT):
        putting.lock_open(cart)
        line = CartLine.objects.filter(pk=line_id, cart_id=cart.pk).first()
        if line is None:
            raise UnknownLine(_("This product is not in your cart any more."))
        if quantity > line.quantity:
            others = putting.units_beside(line)
            putting.check_available(wanted=quantity + others, present=others, available=available)
        prices.follow(line, offer, quantity)
        line.quantity = quantity
        line.save(update_fields=["quantity", "unit_price_minor"])
        ownership.touch(cart)
    return None


def remove(*, cart: Cart, line_id: UUID, by: str) -> None:
    """Take a line out. Raises `UnknownLine` when it is not there (a second click) and `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        putting.lock_open(cart)
        gone, _by_table = CartLine.objects.filter(pk=line_id, cart_id=cart.pk).delete()
        if not gone:
            raise UnknownLine(_("This product is not in your cart any more."))
        ownership.touch(cart)


def clear(*, cart: Cart, by: str) -> None:
    """Take every line and coupon out. Raises `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        putting.lock_open(cart)
        CartLine.objects.filter(cart_id=cart.pk).delete()
        cart.coupons = []
        ownership.touch(cart, coupons=[])


def add_coupon(*, cart: Cart, code: str, by: str) -> None:
    """Add a coupon code (canonical, checked by the caller), once however often. Raises `CartFull`, `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        putting.lock_open(cart)
        codes = list(dict.fromkeys([*cart.coupons, code]))
        if len(codes) > rules.MAX_COUPONS:
            raise CartFull(_("A cart takes at most %(count)s coupons.") % {"count": rules.MAX_COUPONS})
        cart.coupons = codes
        ownership.touch(cart, coupons=codes)


def remove_coupon(*, cart: Cart, code: str, by: str) -> None:
    """Take a coupon code (canonical form) off; nothing happens when it is not there. Raises `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        putting.lock_open(cart)
        cart.coupons = [one for one in cart.coupons if one != code]
        ownership.touch(cart, coupons=cart.coupons)


def set_place(*, cart: Cart, address: Mapping[str, str]) -> None:
    """Keep where the goods are to go (country, state and postal code of `address`), so that the cart says what it costs
    there. What is in the cart does not change by it, so neither does its version.
    """
    place = {name: address.get(name, "") for name in ("country", "state", "postal_code")}
    if cart.place != place:
        cart.place = place
        Cart.objects.filter(pk=cart.pk, status=Cart.Status.OPEN).update(place=place)


def prolong(*, cart: Cart) -> None:
    """A look at the cart keeps it alive; written at most once a day."""
    life = rules.life(is_guest=cart.customer_id is None)
    if cart.expires_at - timezone.now() > life - rules.REFRESH_AFTER:
        return  # so that a look costs no query; when it does, the database's clock decides
    stale = Now() + (life - rules.REFRESH_AFTER)
    Cart.objects.filter(pk=cart.pk, status=Cart.Status.OPEN, expires_at__lt=stale).update(expires_at=Now() + life)


def close(*, cart_id: UUID, version: int) -> None:
    """Lock the cart for an order and mark it ordered, in the caller's transaction on the default database.

    Raises `CartChanged` when its version is another one or it is not open any more.
    """
    closed = Cart.objects.filter(pk=cart_id, version=version, status=Cart.Status.OPEN).update(
        status=Cart.Status.ORDERED, updated_at=Now()
    )
    if not closed:
        raise CartChanged(_("Your cart has changed. Please check it before you order."))


def reopen(*, cart_id: UUID) -> bool:
    """Give an ordered cart back after its order was cancelled; True if it was. A customer who has begun another one
    meanwhile finds the lines in that. May be called twice."""
    with transaction.atomic(using=db.DEFAULT):
        cart = Cart.objects.filter(pk=cart_id, status=Cart.Status.ORDERED).first()
        if cart is None:
            return False
        other = ownership.open_of(cart.customer_id) if cart.customer_id else None
        locked = locking.carts([cart_id] + ([other.pk] if other else []))
        if locked[cart_id].status != Cart.Status.ORDERED:
            return False
        if other is not None and locked[other.pk].status == Cart.Status.OPEN:
            ownership.pour(source=locked[cart_id], target=locked[other.pk], available=None)
            return True
        life = rules.life(is_guest=cart.customer_id is None)
        Cart.objects.filter(pk=cart_id).update(
            status=Cart.Status.OPEN, version=F("version") + 1, updated_at=Now(), expires_at=Now() + life
        )
    return True


def expire(*, limit: int = 1000) -> int:
    """Mark open carts whose time is over as expired (they are ignored already); returns how many."""
    due = Cart.objects.filter(status=Cart.Status.OPEN, expires_at__lte=Now()).order_by("expires_at")[:limit]
    return Cart.objects.filter(pk__in=due.values("pk"), status=Cart.Status.OPEN, expires_at__lte=Now()).update(
        status=Cart.Status.EXPIRED, updated_at=Now()
    )
