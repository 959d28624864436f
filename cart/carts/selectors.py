"""Reads of carts: what every screen and the API show of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cart.carts import access, claims, having, rules, sums
from cart.carts import wording as told
from cart.carts.models import Cart, CartLine
from cart.pricing import baskets
from cart.pricing import selectors as pricing
from cart.promotions.rules import Why
from catalog.customizations.rules import Customization
from catalog.products.selectors import OfferedPart
from catalog.translations import selectors as translations
from inventory.stock import selectors as stock
from inventory.stock import wording
from shop.accounts import selectors as accounts
from shop.accounts.visitors import UNITS
from shop.core import formats, requests
from shop.core.money import Money


@dataclass(frozen=True)
class LineView:
    """One line as shown. `is_available`: it can be ordered as it stands; else `notices` say why not."""

    id: UUID
    product_id: UUID
    variant_id: UUID
    sku: str
    name: str
    options: str  # and customizations, in words
    url: str
    picture: Any
    quantity: int
    unit_price: Money
    regular_unit_price: Money | None
    line_total: Money
    available: int
    is_sellable: bool
    notices: tuple[str, ...]
    availability: str = "out"  # in_stock, preorder or backorder: what its units would be; out: not so many
    expected_on: date | None = None  # when the last of its units is, if not all are on hand and somebody knows
    stock_text: str = ""  # the same in words
    customizations: tuple[Customization, ...] = ()
    price_text: str = ""  # why it is so cheap, or how it could be
    parts: tuple[OfferedPart, ...] = ()  # of a bundle
    lang: str = ""  # the language of the name, where that is not the page's

    @property
    def is_available(self) -> bool:
        return self.is_sellable and self.available >= self.quantity

    @property
    def max_quantity(self) -> int:
        return max(1, rules.capped(rules.MAX_QUANTITY, self.available))

    @property
    def update_url(self) -> str:
        return reverse("cart_line", args=[self.id])

    @property
    def remove_url(self) -> str:
        return reverse("cart_line_remove", args=[self.id])


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
            _line(
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


def options_text(options: Mapping[str, str]) -> str:
    """{"Colour": "Moss", "Size": "M"} as "Moss · M"."""
    return " · ".join(str(value) for value in options.values())


def _line(
    row: CartLine,
    quoted: pricing.QuotedLine | None,
    have: stock.Availability,
    held: claims.Held | None,
    *,
    is_taken: bool = False,
    misfit: baskets.Wanted | None = None,
    currency: str = "",
) -> LineView:
    """What it can `have`, with those `held` for its variant; in a cart of this `currency`."""
    then = Money(row.unit_price_minor, row.currency)
    if quoted is None:
        why = told.misfit(misfit) if misfit else told.unsellable(row, currency)
        return LineView(
            row.id, row.product_id, row.variant_id, row.sku, row.name, "", misfit.offer.url if misfit else "", None,
            row.quantity, then, None, then * row.quantity, 0, False, (why,),
        )  # fmt: skip
    available = have.units
    notices = [told.held_until(held)] if held else []
    listed = quoted.listed_price or quoted.unit_price
    if listed != then and listed.currency == then.currency:  # in another one nobody has told a price yet
        change = {"old": formats.money(then), "new": formats.money(listed)}
        notices.append(_("The price changed from %(old)s to %(new)s.") % change)
    if is_taken and available < row.quantity:
        notices.append(_("What your link held for you was ordered already, from another cart."))
    if available == 0:
        notices.append(_("Sold out: please remove it to go on."))
    elif available < row.quantity:
        notices.append(_("Only %(count)s available.") % {"count": available})
    return LineView(
        id=row.id,
        product_id=row.product_id,
        variant_id=row.variant_id,
        sku=quoted.sku,
        name=quoted.name,
        lang=quoted.lang,
        options=told.about(quoted),
        url=quoted.url,
        picture=quoted.picture,
        quantity=row.quantity,
        unit_price=quoted.unit_price,
        regular_unit_price=quoted.regular_price,
        line_total=quoted.line_total,
        available=available,
        is_sellable=True,
        notices=tuple(notices),
        availability=have.state(row.quantity),
        expected_on=have.expected(row.quantity),
        stock_text=wording.notice(have, row.quantity),
        customizations=quoted.customizations,
        price_text=_price_text(quoted),
        parts=quoted.parts,
    )


def _price_text(quoted: pricing.QuotedLine) -> str:
    told = [translations.said(quoted.reduced_by)] if quoted.reduced_by else []
    if step := quoted.next_break:
        more = {"price": formats.money(step.price), "count": step.quantity}
        told.append(_("%(price)s each from %(count)s on.") % more)
    return " · ".join(told)
