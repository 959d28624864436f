"""What a cart's page says of its lines and of what happened to it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cart.carts import claims
from cart.carts.models import Cart, CartLine
from cart.pricing import baskets
from cart.pricing.selectors import Quote, QuotedLine
from cart.shipping import selectors as shipping
from catalog.customizations import wording as customizing
from catalog.customizations.rules import in_lines
from shop.core import formats


def about(line: QuotedLine) -> str:
    """The options of a line and what is wanted of it, in words; a message with its lines."""
    return in_lines([*map(str, line.options.values()), *(one.text for one in line.customizations)])


def misfit(asked: baskets.Wanted) -> str:
    """Why a line cannot be had as it was asked for: its product asks other things now."""
    told = customizing.problems(asked.offer.asked, asked.answers.problems)
    names = {one.code: one.name for one in asked.offer.asked}
    what = " ".join(f"{names.get(code, code)}: {text}" for code, text in told.items())
    return _("This cannot be made like this any more; please remove it and choose anew. %(what)s") % {"what": what}


def unsellable(line: CartLine, currency: str) -> str:
    """Why a line is not bought: it is not sold at all, or not in what the cart is paid in."""
    if line.currency != currency:
        return _("Not sold in %(currency)s; it is not part of your order.") % {"currency": currency}
    return _("No longer for sale; it is not part of your order.")


def undelivered(quote: Quote) -> str:
    """Why nothing of it can be delivered wherever to: what it is paid in. Empty where that is not the reason."""
    if not quote.lines or quote.delivery_options or shipping.is_delivered_in(quote.currency):
        return ""
    told = _("We do not deliver what is paid in %(currency)s yet. Please choose another currency.")
    return told % {"currency": quote.currency}


def held_until(held: claims.Held) -> str:
    """Until when units are held for the cart's owner."""
    until = formats.moment(held.expires_at)
    return ngettext("Held for you until %(until)s.", "%(count)s held for you until %(until)s.", held.units) % {
        "count": held.units,
        "until": until,
    }


def coupons(problems: Mapping[str, str]) -> list[str]:
    """Why coupons take nothing off, each with its code: a cart may have several."""
    return [f"{code}: {sentence}" for code, sentence in problems.items()]


def notices(cart: Cart | None) -> list[str]:
    """What happened to the cart behind the shopper's back, in words."""
    told = {
        "currency": _("We do not sell in %(name)s any more; all prices are in our own currency now."),
        "capped": _("Only %(count)s × %(name)s could be kept when your carts were joined."),
    }
    return [
        told.get(notice["kind"], told["capped"]) % {"count": notice["quantity"], "name": notice["name"]}
        for notice in (cart.notices if cart else [])
    ]
