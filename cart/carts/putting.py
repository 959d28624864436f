"""What may go into a cart and what not: the refusals, and the line that units go onto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from cart.carts import locking, prices, rules
from cart.carts.models import Cart, CartLine
from catalog.customizations import rules as customizing
from catalog.customizations import wording as customizing_words
from catalog.customizations.rules import Answers
from catalog.products import selectors as products


class CartRefused(Exception):
    """A change of a cart that cannot be. `code` is stable, `message` is for the shopper."""

    code = "cart_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadQuantity(CartRefused):
    """Not a whole number from 1 to 999."""

    code = "validation_error"


class BadCustomizations(CartRefused):
    """The product is not made like this. `fields` says by code what is wrong; `offer` what was to be put in."""

    code = "customizations_invalid"

    def __init__(self, offer: products.Offer, answers: Answers) -> None:
        self.offer, self.fields = offer, customizing_words.problems(offer.asked, answers.problems)
        names = {one.code: one.name for one in offer.asked}
        super().__init__(" ".join(f"{names.get(code, code[:40])}: {text}" for code, text in self.fields.items()))


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


def offer_of(variant_id: UUID, cart: Cart) -> products.Offer:
    """What the catalogue sells under this id to whose cart it is. Raises `UnknownVariant`, `NotSellable`."""
    offer = prices.offers([variant_id], cart).get(variant_id)
    if offer is None:
        raise UnknownVariant(_("This product does not exist."))
    if not offer.is_sellable or offer.unit_price is None:
        raise NotSellable(_("This product is not for sale at the moment."))
    return offer


def answers_of(offer: products.Offer, given: Mapping[str, Any]) -> Answers:
    """The customizations that were asked for. Raises `BadCustomizations`."""
    answers = customizing.answers(offer.asked, given)
    if answers.problems:
        raise BadCustomizations(offer, answers)
    return answers


def line_for(cart: Cart, offer: products.Offer, answers: Answers) -> tuple[CartLine, list[CartLine]]:
    """Lock the cart; its line for what is offered, made like this, under today's name, unsaved (quantity 0) if it is
    new; and its other lines of the same variant.
    """
    lock_open(cart)
    lines = {line.key: line for line in CartLine.objects.filter(cart_id=cart.pk)}
    key = customizing.key(answers.values)
    line = lines.pop(customizing.line_key(offer.variant_id, key), None)
    if line is None and len(lines) >= rules.MAX_LINES:
        raise CartFull(_("A cart holds at most %(count)s different products.") % {"count": rules.MAX_LINES})
    line = line or CartLine(
        cart_id=cart.pk,
        variant_id=offer.variant_id,
        quantity=0,
        customizations=answers.values,
        customization_key=key,
    )
    line.product_id, line.sku, line.name = offer.product_id, offer.sku, offer.name
    return line, [other for other in lines.values() if other.variant_id == offer.variant_id]


def lock_open(cart: Cart) -> None:
    """Lock the caller's cart and bring its version up to date. Raises `CartClosed`."""
    locked = locking.cart(cart.pk)
    if locked.status != Cart.Status.OPEN:
        raise CartClosed(_("This cart was closed meanwhile."))
    cart.version, cart.coupons, cart.customer_id = locked.version, locked.coupons, locked.customer_id


def check_quantity(quantity: int) -> None:
    """Raises `BadQuantity`."""
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= rules.MAX_QUANTITY:
        raise BadQuantity(_("Choose a whole number from 1 to %(most)s.") % {"most": rules.MAX_QUANTITY})


def check_available(*, wanted: int, present: int, available: int) -> None:
    """`wanted` units of a variant, of which `present` are in the cart. Raises `BadQuantity`, `NotEnoughStock`."""
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


def units_beside(line: CartLine) -> int:
    """Units of the same variant on the cart's other lines."""
    same = CartLine.objects.filter(cart_id=line.cart_id, variant_id=line.variant_id).exclude(pk=line.pk)
    return int(same.aggregate(units=Sum("quantity"))["units"] or 0)
