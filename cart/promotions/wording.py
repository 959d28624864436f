"""What shoppers are told of promotions: why a coupon takes nothing off, and what is nearly reached."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cart.promotions import rules
from cart.promotions.rules import Lane, Outcome, Refusal, Tried, Why
from cart.shipping.selectors import DeliveryOption
from catalog.translations import selectors as translations
from shop.core import formats
from shop.core.money import Money

HINTS = 2  # what is nearly reached
NEAR = 2  # a sum is nearly reached when less than a half of it is missing


def problems(outcome: Outcome, currency: str, options: Sequence[DeliveryOption] = ()) -> dict[str, str]:
    """By code, a sentence for every coupon that takes nothing off; `options` are the ways of delivery."""
    return {
        one.promotion.code: sentence(one.refusal, currency, _ways(one.promotion, options))
        for one in outcome.tried
        if one.promotion.code and one.refusal
    }


def hints(
    outcome: Outcome,
    currency: str,
    *,
    delivery: DeliveryOption | None = None,
    options: Sequence[DeliveryOption] = (),
) -> tuple[str, ...]:
    """What a shopper should know of promotions that are nearly reached: "Add $12.40 more for “Free delivery”.". Nothing
    of those of a delivery that is free already: of the chosen one, or of those among `options` which they name.
    """
    costly = [one for one in options if one.price]
    near = [
        one
        for one in outcome.tried
        if one.refusal and not one.promotion.code and _is_near(one.refusal) and _helps(one.promotion, delivery, costly)
    ]
    near.sort(key=lambda one: _share_missing(one.refusal))
    return tuple(_hint(one, currency, _ways(one.promotion, costly)) for one in near[:HINTS])


def _helps(promotion: rules.Promotion, delivery: DeliveryOption | None, costly: Sequence[DeliveryOption]) -> bool:
    if promotion.lane is not Lane.SHIPPING:
        return True
    if promotion.conditions.deliveries:
        return bool(_ways(promotion, costly))
    return delivery is None or bool(delivery.price)


def _ways(promotion: rules.Promotion, options: Sequence[DeliveryOption]) -> str:
    """The names of those which the promotion is only for; empty where it is for all."""
    return ", ".join(one.name for one in options if one.code in promotion.conditions.deliveries)


def _is_near(refusal: Refusal) -> bool:
    return refusal.why in {Why.MINIMUM, Why.QUANTITY} and refusal.missing * NEAR <= refusal.needed


def _share_missing(refusal: Refusal | None) -> float:
    return refusal.missing / refusal.needed if refusal and refusal.needed else 1


def _hint(tried: Tried, currency: str, ways: str) -> str:
    refusal, name = tried.refusal, translations.said(tried.promotion.name)
    if refusal is None:
        return ""
    if refusal.why is Why.MINIMUM:
        told = _("Add %(amount)s more for “%(name)s” (%(ways)s).") if ways else _("Add %(amount)s more for “%(name)s”.")
        return told % {"amount": formats.money(Money(refusal.missing, currency)), "name": name, "ways": ways}
    return ngettext("Add 1 more for “%(name)s”.", "Add %(count)s more for “%(name)s”.", refusal.missing) % {
        "count": refusal.missing,
        "name": name,
    }


def sentence(refusal: Refusal, currency: str, ways: str = "") -> str:
    """Why a coupon takes nothing off, to the shopper; `ways` are the names of the deliveries that it is for."""
    if refusal.why is Why.DELIVERY and ways:
        return _("This coupon is for another way of delivery: %(names)s.") % {"names": ways}
    if refusal.why is Why.MINIMUM:
        return _("This coupon counts from %(amount)s on: add %(missing)s more.") % {
            "amount": formats.money(Money(refusal.needed, currency)),
            "missing": formats.money(Money(refusal.missing, currency)),
        }
    if refusal.why is Why.QUANTITY:
        return ngettext(
            "This coupon needs 1 more of what it is for.",
            "This coupon needs %(count)s more of what it is for.",
            refusal.missing,
        ) % {"count": refusal.missing}
    return {
        Why.UNKNOWN: _("We do not know this coupon code."),
        Why.OFF: _("This coupon is not valid."),
        Why.NOT_STARTED: _("This coupon is not valid yet."),
        Why.EXPIRED: _("This coupon has expired."),
        Why.USED_UP: _("This coupon has been used up."),
        Why.BUDGET: _("What is left of this coupon’s offer is less than your cart would take off."),
        Why.CUSTOMER_LIMIT: _("You have used this coupon as often as you can."),
        Why.CURRENCY: _("This coupon is for another currency."),
        Why.NO_PRODUCT: _("This coupon is for products that are not in your cart."),
        Why.GROUP: _("This coupon is not for your account."),
        Why.COUNTRY: _("This coupon is not for the country that you order to."),
        Why.CHANNEL: _("This coupon cannot be used here."),
        Why.NOT_FIRST_ORDER: _("This coupon is for a first order, and you have ordered here before."),
        Why.NO_GIFT: _("The gift of this coupon is out of stock."),
        Why.DELIVERY: _("This coupon is for another way of delivery."),
        Why.NO_DELIVERY: _("There is no delivery charge that this coupon could take off."),
        Why.NOTHING_LEFT: _("There is nothing left that this coupon could take off."),
        Why.TAKEN: _("This coupon does not go together with another discount in your cart."),
        Why.EXCLUDED: _("Another discount saves you more; this coupon does not go together with it."),
    }.get(refusal.why, _("This coupon cannot be used here."))
