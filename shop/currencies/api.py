"""The currency that a REST call names."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.request import Request

from shop.core import rest
from shop.currencies import selectors


def paid_in(request: Request) -> str:
    """The currency of a call: `?currency=`, else what the customer chose. Raises `ApiError` ("unknown_currency")."""
    if said := request.query_params.get("currency", ""):
        checked(said)
    return selectors.of(request._request)


def checked(code: str) -> str:
    """The code as it is kept. Raises `ApiError` ("unknown_currency") for what the shop does not sell in."""
    try:
        return selectors.checked(code)
    except selectors.UnknownCurrency as error:
        raise rest.ApiError(error.code, error.message, 400, {"currency": [error.message]}) from error


def agreed(said: str, currency: str) -> None:
    """That what a call says to pay in is the cart's currency; nothing said is. Raises `ApiError` ("unknown_currency",
    "currency_mismatch").
    """
    if said and checked(said) != currency:
        sentence = _("Your cart is in %(currency)s.") % {"currency": currency}
        raise rest.ApiError("currency_mismatch", sentence, 409, {"currency": [sentence]})
