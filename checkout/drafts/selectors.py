"""Reads of drafts: what one holds, what it costs now, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cart.carts import selectors as carts
from cart.carts.models import Cart
from cart.shipping import selectors as deliveries
from checkout.archive import selectors as archive
from checkout.drafts.models import Draft
from checkout.orders.models import Order
from checkout.payments import methods
from shop.core import addresses
from shop.core.money import Money


def named(rows: QuerySet[Draft], term: str) -> QuerySet[Draft]:
    """Those of `rows` that a search for `term` means: the one of this number ("D-000012", "12"), or else those whose
    e-mail address begins so."""
    digits = term.strip().upper().removeprefix("D-")
    if digits.isdecimal():
        return rows.filter(number=int(digits)) if len(digits) < 19 else rows.none()
    return rows.filter(email__startswith=term.strip().lower())


@dataclass(frozen=True)
class Look:
    """A draft with its cart priced and counted as of now. `missing`: sentences that say why it cannot be placed yet;
    `short`: which of its units are not there; `unserved`: that its delivery is not offered for its address, or ""."""

    draft: Draft
    cart: Cart
    view: carts.CartView
    order: Order | None
    missing: tuple[str, ...]
    short: tuple[str, ...]
    unserved: str

    @property
    def total(self) -> Money:
        return self.view.quote.total


def draft(draft_id: UUID) -> Draft | None:
    return Draft.objects.filter(pk=draft_id).first()


def currency_of(found: Draft) -> str:
    """The currency that the draft's totals are in."""
    return Cart.objects.values_list("currency", flat=True).get(pk=found.cart_id)


def look(found: Draft) -> Look:
    """The draft with everything that its page shows; the same number of queries, however many lines."""
    cart = Cart.objects.get(pk=found.cart_id)
    address = next((one for one in (found.shipping_address, found.billing_address) if one.get("country")), None)
    view = carts.view(
        cart, currency=cart.currency, address=address, delivery_option=found.delivery_option, is_fresh=True,
        customer_id=found.customer_id, email=found.email, vat_id=found.vat_id,
    )  # fmt: skip
    return Look(
        found, cart, view, order_of(found), tuple(_missing(found, view)), tuple(_short(view)), _unserved(found, view)
    )


def order_of(found: Draft) -> Order | None:
    """What became of the draft, archived or not. The order is found by the draft's key, also in the moment before that
    is noted."""
    return archive.by_key(found.key)


def _missing(found: Draft, view: carts.CartView) -> list[str]:
    says: list[str] = []
    if not found.email:
        says.append(_("Whose order is it? Give an e-mail address."))
    if not view.quote.lines:
        says.append(_("There is nothing in it that can be ordered."))
    if view.quote.is_by_email:
        return says
    if not is_complete(found.shipping_address):
        says.append(_("The delivery address is not complete."))
    elif not view.quote.delivery_options:
        says.append(_("Nothing is delivered to this address in this currency."))
    if found.billing_address and not is_complete(found.billing_address):
        says.append(_("The billing address is not complete."))
    return says


def _short(view: carts.CartView) -> list[str]:
    return [
        _("“%(name)s” is short: %(count)s can be had.") % {"name": line.name, "count": line.available}
        for line in view.shortages
    ]


def _unserved(found: Draft, view: carts.CartView) -> str:
    codes = [option.code for option in view.quote.delivery_options]
    if not codes or view.quote.is_by_email or found.delivery_option in ("", *codes):
        return ""
    name = deliveries.delivery_names().get(found.delivery_option, found.delivery_option)
    return _("“%(name)s” is not offered for this address. Choose another delivery.") % {"name": name}


def is_complete(address: dict[str, Any]) -> bool:
    """Whether an address can be delivered to as it stands."""
    return not addresses.clean(address)[1]


def ways() -> dict[str, str]:
    """How staff may say that a draft is to be paid, with the words for it."""
    known = methods.by_id()
    offered = {
        "link": _("By the link in the mail"),
        "cash": _("In cash: it is here"),
        "received": _("By bank transfer: it has arrived"),
        "bank_transfer": _("By bank transfer: it is to come"),
        "invoice": _("On invoice: goods leave first"),
    }
    always = ("link", "cash", "received")
    return {way: str(words) for way, words in offered.items() if way in known or way in always}
