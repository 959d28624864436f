"""Commands of a cart: find or begin one, put in, change, take out, close for an order, give back.

Every change locks the cart, raises its version and prolongs its life. Stock is looked at, never held: only a placed
order holds units. Prices are read from the catalogue, never taken from the caller.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from cart.carts import claims, locking, ownership, prices, rules
from cart.carts.models import Cart, CartLine
from catalog.products import selectors as products
from inventory.stock import selectors as stock
from inventory.waitlist import selectors as waitlist
from shop.core import db

# whose cart it is: doors ask these first
current, begun, forget, merge = ownership.current, ownership.begun, ownership.forget, ownership.merge
acknowledge = prices.acknowledge


class CartRefused(Exception):
    """A change of a cart that cannot be. `code` is stable, `message` is for the shopper."""

    code = "cart_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadQuantity(CartRefused):
    """Not a whole number from 1 to 999."""

    code = "validation_error"


class UnknownVariant(CartRefused):
    """Nothing is sold under this id."""

    code = "unknown_product"


class NotSellable(CartRefused):
    """The variant exists but is not for sale (archived, or has no price in this currency)."""

    code = "not_sellable"


class NotEnoughStock(CartRefused):
    """Fewer units are available than the line would hold; `available` says how many."""

    code = "out_of_stock"

    def __init__(self, message: str, available: int) -> None:
        super().__init__(message)
        self.available = available


class NothingHeld(CartRefused):
    """No units are held for this place in the line (any more)."""

    code = "nothing_held"


class CartFull(CartRefused):
    code = "cart_full"


class UnknownLine(CartRefused):
    """The cart has no such line (any more)."""

    code = "not_found"


class CartClosed(CartRefused):
    """The cart was ordered, merged or has expired meanwhile."""

    code = "cart_closed"


class CartChanged(CartRefused):
    """The cart is not what the caller last saw."""

    code = "cart_changed"


def add(*, cart: Cart, variant_id: UUID, quantity: int, by: str) -> CartLine:
    """Put `quantity` more units of a variant in; returns its line.

    Raises `BadQuantity`, `UnknownVariant`, `NotSellable`, `NotEnoughStock`, `CartFull`, `CartClosed`.
    """
    _check_quantity(quantity)
    offer = _offer(variant_id, cart)
    available = stock.available([variant_id])
    with transaction.atomic(using=db.DEFAULT):
        line = _line(cart, offer)
        units = claims.added(available, [line])[variant_id]
        _check_available(wanted=line.quantity + quantity, present=line.quantity, available=units)
        line.quantity += quantity
        prices.note(line, offer)
        line.save()
        ownership.touch(cart)
    return line


def claim(*, cart: Cart, entry_id: UUID, by: str) -> CartLine:
    """Put in what is held for a place in the waiting line, once however often called; its order takes those units.

    Raises `NothingHeld`, `UnknownVariant`, `NotSellable`, `CartFull`, `CartClosed`.
    """
    held = waitlist.held([entry_id]).get(entry_id)
    if held is None:
        ordered = _("What this link held for you was ordered already.")
        raise NothingHeld(ordered if waitlist.taken([entry_id]) else _("Nothing is held for you any more."))
    offer = _offer(held.variant_id, cart)
    with transaction.atomic(using=db.DEFAULT):
        line = _line(cart, offer)
        if line.claim_id != entry_id and claims.held([line]):
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
    _check_quantity(quantity)
    found = CartLine.objects.filter(pk=line_id, cart_id=cart.pk).first()
    if found is None:
        raise UnknownLine(_("This product is not in your cart any more."))
    available = claims.added(stock.available([found.variant_id]), [found])[found.variant_id]
    offer = prices.offers([found.variant_id], cart).get(found.variant_id)
    with transaction.atomic(using=db.DEFAULT):
        _lock_open(cart)
        line = CartLine.objects.filter(pk=line_id, cart_id=cart.pk).first()
        if line is None:
            raise UnknownLine(_("This product is not in your cart any more."))
        if quantity > line.quantity:
            _check_available(wanted=quantity, present=0, available=available)
        prices.follow(line, offer, quantity)
        line.quantity = quantity
        line.save(update_fields=["quantity", "unit_price_minor"])
        ownership.touch(cart)
    return None


def remove(*, cart: Cart, line_id: UUID, by: str) -> None:
    """Take a line out. Raises `UnknownLine` when it is not there (a second click) and `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        _lock_open(cart)
        gone, _by_table = CartLine.objects.filter(pk=line_id, cart_id=cart.pk).delete()
        if not gone:
            raise UnknownLine(_("This product is not in your cart any more."))
        ownership.touch(cart)


def clear(*, cart: Cart, by: str) -> None:
    """Take every line and coupon out. Raises `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        _lock_open(cart)
        CartLine.objects.filter(cart_id=cart.pk).delete()
        cart.coupons = []
        ownership.touch(cart, coupons=[])


def add_coupon(*, cart: Cart, code: str, by: str) -> None:
    """Add a coupon code (canonical, checked by the caller), once however often. Raises `CartFull`, `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        _lock_open(cart)
        codes = list(dict.fromkeys([*cart.coupons, code]))
        if len(codes) > rules.MAX_COUPONS:
            raise CartFull(_("A cart takes at most %(count)s coupons.") % {"count": rules.MAX_COUPONS})
        cart.coupons = codes
        ownership.touch(cart, coupons=codes)


def remove_coupon(*, cart: Cart, code: str, by: str) -> None:
    """Take a coupon code (canonical form) off; nothing happens when it is not there. Raises `CartClosed`."""
    with transaction.atomic(using=db.DEFAULT):
        _lock_open(cart)
        cart.coupons = [one for one in cart.coupons if one != code]
        ownership.touch(cart, coupons=cart.coupons)


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


def _offer(variant_id: UUID, cart: Cart) -> products.Offer:
    """What the catalogue sells under this id. Raises `UnknownVariant`, `NotSellable`."""
    offer = prices.offers([variant_id], cart).get(variant_id)
    if offer is None:
        raise UnknownVariant(_("This product does not exist."))
    if not offer.is_sellable or offer.unit_price is None:
        raise NotSellable(_("This product is not for sale at the moment."))
    return offer


def _line(cart: Cart, offer: products.Offer) -> CartLine:
    """Lock the cart; its line for what is offered, under today's name, unsaved (quantity 0) if it is new."""
    _lock_open(cart)
    lines = {line.variant_id: line for line in CartLine.objects.filter(cart_id=cart.pk)}
    line = lines.get(offer.variant_id)
    if line is None and len(lines) >= rules.MAX_LINES:
        raise CartFull(_("A cart holds at most %(count)s different products.") % {"count": rules.MAX_LINES})
    line = line or CartLine(cart_id=cart.pk, variant_id=offer.variant_id, quantity=0)
    line.product_id, line.sku, line.name = offer.product_id, offer.sku, offer.name
    return line


def _lock_open(cart: Cart) -> None:
    """Lock the caller's cart and bring its version up to date. Raises `CartClosed`."""
    locked = locking.cart(cart.pk)
    if locked.status != Cart.Status.OPEN:
        raise CartClosed(_("This cart was closed meanwhile."))
    cart.version, cart.coupons, cart.customer_id = locked.version, locked.coupons, locked.customer_id


def _check_quantity(quantity: int) -> None:
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= rules.MAX_QUANTITY:
        raise BadQuantity(_("Choose a whole number from 1 to %(most)s.") % {"most": rules.MAX_QUANTITY})


def _check_available(*, wanted: int, present: int, available: int) -> None:
    if wanted > rules.MAX_QUANTITY:
        raise BadQuantity(_("You can order at most %(most)s of one product.") % {"most": rules.MAX_QUANTITY})
    if wanted <= available:
        return
    if available == 0:
        raise NotEnoughStock(_("This product is sold out."), 0)
    message = _("Only %(count)s available.") % {"count": available}
    if present:
        message += " " + _("You have %(count)s in your cart already.") % {"count": present}
    raise NotEnoughStock(message, available)
