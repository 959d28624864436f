"""A line of a cart as every screen and the API show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from cart.carts import claims, rules
from cart.carts import wording as told
from cart.carts.models import CartLine
from cart.pricing import baskets
from cart.pricing import selectors as pricing
from catalog.customizations.rules import Customization
from catalog.products.selectors import OfferedPart
from catalog.translations import selectors as translations
from inventory.stock import selectors as stock
from inventory.stock import wording
from shop.core import formats
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


def line(
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
