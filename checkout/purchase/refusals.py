"""Why an order is not placed."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from cart.carts import wording
from cart.pricing import selectors as pricing
from shop.core import formats


class PurchaseRefused(Exception):
    """An order that cannot be placed; nothing was done. `code` is stable, `message` is for the shopper."""

    code = "purchase_refused"

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message, self.code = message, code or self.code


class CartEmpty(PurchaseRefused):
    """There is nothing in the cart that can be ordered."""

    code = "cart_empty"


class DeliveryRequired(PurchaseRefused):
    """Something in the cart goes to an address: `missing` are those of `Details` that say where to and how."""

    code = "delivery_required"

    def __init__(self, *missing: str) -> None:
        super().__init__(_("Something in your cart has to be delivered. Please tell us where to, and how."))
        self.missing = missing


class NotDeliverable(PurchaseRefused):
    """No delivery method, or not the chosen one, serves the address ("currency_not_delivered": is in the currency)."""

    code = "not_deliverable"


class PriceChanged(PurchaseRefused):
    """The total is not the one that the shopper saw; `quote` is the present one, to be shown and confirmed."""

    code = "price_changed"

    def __init__(self, quote: pricing.Quote) -> None:
        changed = _("The total has changed to %(total)s. Please confirm it.") % {"total": formats.money(quote.total)}
        super().__init__(" ".join([changed, *wording.coupons(quote.coupon_problems)]))
        self.quote = quote


class OutOfStock(PurchaseRefused):
    """Units are gone. `shortages`: how many are left, by variant id; the message names the products."""

    code = "out_of_stock"

    def __init__(self, shortages: Mapping[UUID, int], names: Mapping[UUID, str]) -> None:
        super().__init__(" ".join(shortage(names[one], left) for one, left in shortages.items() if one in names))
        self.shortages = dict(shortages)


def shortage(name: str, left: int) -> str:
    """One product that is short, in a sentence."""
    if left == 0:
        return _("“%(name)s” is no longer available.") % {"name": name}
    return _("“%(name)s” is no longer available in this quantity: %(left)s left.") % {"name": name, "left": left}
