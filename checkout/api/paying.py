"""How an order is paid, and by whom, in the calls of shoppers: codes of gift cards and VAT ids in, errors with a stable
code out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request

from cart.tax import vat
from checkout.giftcards import selectors as gift_cards
from checkout.giftcards import views, wording
from checkout.payments import methods, ways
from checkout.purchase import vat_ids
from shop.core import requests, rest
from shop.core.money import Money


def _cards(request: Request, codes: Sequence[str], currency: str) -> tuple[UUID, ...]:
    """The cards that these codes name. Raises `ApiError`: "rate_limited" after too many codes, "validation_error" for
    one that nothing in this currency can be paid with."""
    found = []
    for code in codes:
        if views.is_guessing(request._request):
            raise rest.ApiError("rate_limited", views.too_many(), 429)
        card = gift_cards.with_code(code)
        if (why := wording.why_not(card, currency)) or card is None:
            fields = {"payment": {"gift_cards": [why]}}
            raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
        found.append(card.id)
    return tuple(found)


def vat_id(request: Request, typed: str, address: Mapping[str, Any] | None) -> str:
    """A VAT id as it was sent, tidied. Raises `ApiError` "vat_id_invalid" for one that cannot be, or that the register
    does not know."""
    country = str((address or {}).get("country", ""))
    if problem := vat_ids.problem(typed, country, request=request._request):
        raise rest.ApiError("vat_id_invalid", problem, 422, {"vat_id": [problem]})
    return vat.tidy(typed)


def way(request: Request, given: dict[str, Any], amount: Money, cart_id: UUID) -> ways.Way:
    """How it is to be paid, checked as the payment page does it."""
    wish = given["payment"]
    provider = "" if wish["provider"] in methods.BALANCES else wish["provider"]
    address = given["shipping_address"] or given.get("billing_address") or {}
    shopper = methods.Shopper(
        requests.customer_id(request), amount, address.get("country", ""),
        _cards(request, wish["gift_cards"], amount.currency),
    )  # fmt: skip
    chosen = {
        "method": methods.of_provider(provider),
        "provider": provider,
        "token": wish["token"],
        "saved_card": str(wish["saved_card"] or ""),
        "is_saving": wish["save_card"],
        "use_credit": wish["use_credit"] or wish["provider"] == methods.CREDIT,
    }
    try:
        return ways.resolve(shopper, cart_id, chosen)
    except ways.WayRefused as refused:
        fields = {"payment": {refused.part: [str(refused)]}}
        raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields) from refused
