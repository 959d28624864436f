"""Reads of carts: what every screen and the API show of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cart.carts import access, claims, having, lines, sums
from cart.carts import wording as told
from cart.carts.lines import LineView
from cart.carts.models import Cart, CartLine
from cart.pricing import selectors as pricing
from cart.promotions.rules import Why
from shop.accounts import selectors as accounts
from shop.accounts.visitors import UNITS
from shop.core import requests


@dataclass(frozen=True)
class CartView:
    """A cart with its quote. Lines that cannot be sold are shown and cost nothing; they are not in `quote.lines`."""

    cart: Cart | None
    lines: tuple[LineView, ...]
    quote: pricing.Quote
    notices: tuple[str, ...]

    @property
    def unit_count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def ordered(self) -> tuple[LineView, ...]:
        """The lines that an order would have, of those that are not gifts."""
        return tuple(line for line in self.lines if line.is_sellable)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What an order would be without, though it is in the cart, and why: a sentence of each."""
        said = _("“%(name)s”: %(why)s")
        return tuple(
            said % {"name": line.name, "why": " ".join(line.notices)} for line in self.lines if not line.is_sellable
        )

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def can_checkout(self) -> bool:
        """Something can be ordered, and nothing of it is short."""
        return any(not line.is_gift for line in self.quote.lines) and not self.shortages

    @property
    def gifts(self) -> tuple[pricing.QuotedLine, ...]:
        """What promotions give."""
        return tuple(line for line in self.quote.lines if line.is_gift)

    @property
    def shortages(self) -> tuple[LineView, ...]:
        """Lines that are for sale but hold more units than there are."""
        return tuple(line for line in self.lines if line.is_sellable and not line.is_available)

    @property
    def summary(self) -> sums.Summary:
        return sums.summary(self.quote)

    @property
    def coupons(self) -> tuple[sums.Row, ...]:
        """The cart's coupons that take something off."""
        return tuple(sums.Row(one.name, one.amount, one.code) for one in self.quote.discounts if one.code)


def count(request: HttpRequest) -> int:
    """Units in the visitor's cart, in at most one query; none for a visitor without one."""
    known: int | None = getattr(request, UNITS, None)  # a page that shows the cart has counted already
    if known is None:
        known = int(_lines_in_cart(request).aggregate(units=Sum("quantity"))["units"] or 0)
        setattr(request, UNITS, known)
    return known


def products_in_cart(request: HttpRequest) -> list[UUID]:
    """The products in the visitor's cart, each once, the latest first; in at most one query, as `count`."""
    return list(dict.fromkeys(_lines_in_cart(request).order_by("-id").values_list("product_id", flat=True)))


def _lines_in_cart(request: HttpRequest) -> QuerySet[CartLine]:
    customer_id, token = requests.customer_id(request), access.token_of(request)
    if customer_id is None and not token:
        return CartLine.objects.none()
    whose = Q(cart__customer_id=customer_id) if customer_id else Q(cart__customer_id=None, cart__token=token)
    return CartLine.objects.filter(whose, cart__status=Cart.Status.OPEN, cart__expires_at__gt=Now())


def lines_of(cart_id: UUID) -> list[CartLine]:
    """The lines in the order they were put in."""
    return list(CartLine.objects.filter(cart_id=cart_id))


def state(cart_id: UUID) -> tuple[int, bool]:
    """A cart's version now and whether it is open. Raises `Cart.DoesNotExist`."""
    version, status = Cart.objects.values_list("version", "status").get(pk=cart_id)
    return version, status == Cart.Status.OPEN


def view(
    cart: Cart | None,
    *,
    currency: str,
    address: Mapping[str, Any] | None = None,
    delivery_option: str | None = None,
    is_fresh: bool = False,
    with_code: str = "",
    vat_id: str = "",
    customer_id: UUID | None = None,
    email: str = "",
    standing: accounts.Standing | None = None,
) -> CartView:
    """`cart` (None: an empty one) priced for delivery to `address` (None: where its shopper said last), with what they
    must be told. `with_code`: as if it had this coupon, too; `vat_id`: the buyer's own, if they said one; for whom it
    is, if the cart does not know: `customer_id` and `email`; `standing`: as what they buy, if that is known.

    Availability comes through the 30-second cache unless `is_fresh`; a line it calls short is looked at afresh.
    """
    rows = lines_of(cart.pk) if cart else []
    quote = pricing.quote(
        lines=[pricing.QuoteLine(row.variant_id, row.quantity, row.customizations) for row in rows],
        currency=cart.currency if cart else currency,
        address=address or (cart.place if cart else None),
        delivery_option=delivery_option,
        coupons=[*(cart.coupons if cart else []), *([with_code] if with_code else [])],
        customer_id=customer_id or (cart.customer_id if cart else None),
        vat_id=vat_id,
        email=email,
        channel=cart.channel if cart else settings.CHANNEL,
        standing=standing,
    )
    quoted = {line.key: line for line in quote.shown}
    available, held = having.available(rows, quoted, is_fresh=is_fresh), claims.held(rows)
    taken = claims.taken(rows, held)
    left = having.left(rows, quoted, available, held)
    return CartView(
        cart=cart,
        lines=tuple(
            lines.line(
                row,
                quoted.get(row.key),
                left[row.pk],
                held.get(row.variant_id),
                is_taken=row.pk in taken,
                misfit=quote.misfits.get(row.key),
                currency=quote.currency,
            )
            for row in rows
        ),
        quote=quote,
        # with nothing in the cart, no coupon can be right
        notices=(*told.notices(cart), *(told.coupons(quote.coupon_problems) if rows else ())),
    )


def coupon_of(view: CartView, code: str) -> str:
    """The coupon's own code, which the one that `view` was asked with (canonical) may only look like."""
    return view.quote.coupon_codes.get(code, code)


def objection(view: CartView, code: str) -> str:
    """Why a coupon (`coupon_of`) that `view` was asked with is not taken, in words; empty: it is, also where nobody
    has said yet where the goods go and it is for some countries only, or for another way of delivery than the cart
    counts with, which is chosen at checkout.
    """
    if view.is_empty:
        return _("Your cart is empty. Put something in it first.")
    problem = view.quote.coupon_problems.get(code, "")
    refused = next((one.refusal for one in view.quote.outcome.tried if one.promotion.code == code), None)
    if refused is None:
        return problem
    is_placed = view.cart is None or bool(view.cart.place)
    is_open = refused.why is Why.DELIVERY or (refused.why is Why.COUNTRY and not is_placed)
    return "" if is_open else problem
