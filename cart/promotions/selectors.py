"""What coupon codes take off a cart, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from cart.promotions import engine
from cart.promotions.models import Coupon
from shop.core import db
from shop.core.money import Money


def discounts(
    *, codes: Sequence[str], subtotal: Money, customer_id: UUID | None = None
) -> tuple[list[engine.Discount], dict[str, str]]:
    """The discounts of `codes` (as entered) on goods worth `subtotal`, and by code a sentence for each that fails.

    No query without codes, else two.
    """
    wanted = list(dict.fromkeys(engine.canonical(code) for code in codes))
    if not wanted:
        return [], {}
    rows = {row.code.upper(): row for row in _coupons(wanted)}
    now = db.clock()
    offers, problems = [], {}
    for code in wanted:
        offer = _offer(rows[code], subtotal.currency) if code in rows else None
        why = engine.problem(offer, subtotal=subtotal, now=now) if offer else "unknown"
        if why:
            problems[code] = sentence(why, offer)
        elif offer:
            offers.append(offer)
    return engine.apply(offers, subtotal=subtotal), problems


def problem(*, code: str, subtotal: Money) -> str | None:
    """Why `code` cannot be used on goods worth `subtotal`, as a sentence; None when it can."""
    _found, problems = discounts(codes=[code], subtotal=subtotal)
    return problems.get(engine.canonical(code))


def _coupons(codes: Sequence[str]) -> list[Coupon]:
    return list(Coupon.objects.alias(upper=Upper("code")).filter(upper__in=codes, is_active=True))


def _offer(row: Coupon, currency: str) -> engine.Offer:
    return engine.Offer(
        code=row.code.upper(),
        name=row.name,
        percent=row.percent,
        amount=None if row.amount_minor is None else Money(row.amount_minor, row.currency),
        minimum=Money(row.minimum_minor, row.currency or currency) if row.minimum_minor else None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        is_used_up=row.usage_limit is not None and row.used >= row.usage_limit,
    )


def sentence(why: engine.Problem, offer: engine.Offer | None) -> str:
    """What to tell the shopper."""
    if why == "minimum" and offer and offer.minimum:
        return _("This coupon counts from %(amount)s on.") % {"amount": offer.minimum.format()}
    return {
        "unknown": _("We do not know this coupon code."),
        "not_started": _("This coupon is not valid yet."),
        "expired": _("This coupon has expired."),
        "used_up": _("This coupon has been used up."),
        "currency": _("This coupon is for another currency."),
    }.get(why, _("This coupon cannot be used here."))
