"""The currency that a REST call names."""

from __future__ import annotations

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
