"""Requests and answers as PayPal writes them: JSON in and out, decimal amounts, links, errors with issues."""

import secrets
import string
import time
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from checkout.payments.sandbox import wire
from checkout.payments.sandbox.box import Call, public
from checkout.payments.sandbox.store import Object

PREFIX = "/paypal"
NOTE_LENGTH = 127
_CURRENCIES = (
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
    *("JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"),
)
_WHOLE_UNITS = ("HUF", "JPY", "TWD")
_ALPHABET = string.ascii_uppercase + string.digits


class Problem(wire.ApiError):
    """An answer of PayPal's that is not 2xx. ``issue`` says what is the matter, ``name`` what kind of thing it is."""

    def __init__(self, status: int, name: str, issue: str, description: str, links: list[Object] | None = None) -> None:
        super().__init__(status, description)
        self.body = {
            "name": name,
            "message": HTTPStatus(status).description or HTTPStatus(status).phrase,
            "debug_id": new_id(13).lower(),
            "details": [{"issue": issue, "description": description}],
            "links": links or [],
        }


def refused(issue: str, description: str, links: list[Object] | None = None) -> Problem:
    """The request is understood and not followed."""
    return Problem(422, "UNPROCESSABLE_ENTITY", issue, description, links)


def malformed(issue: str, description: str) -> Problem:
    return Problem(400, "INVALID_REQUEST", issue, description)


def no_such() -> Problem:
    return Problem(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", "Specified resource ID does not exist.")


def new_id(length: int = 17) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def load(call: Call, kind: str, id: str) -> Object:
    """The object, or the 404 that PayPal answers."""
    thing = call.store.find(f"paypal.{kind}", id)
    if thing is None:
        raise no_such()
    return thing


def shown(thing: Object, *left_out: str) -> Object:
    """Without the sandbox's own notes."""
    found: Object = public(thing)
    return {name: value for name, value in found.items() if name not in ("object", *left_out)}


def part(given: Any, name: str) -> dict[str, Any]:
    """A nested object, empty when absent."""
    value = (given if isinstance(given, dict) else {}).get(name) or {}
    if not isinstance(value, dict):
        raise malformed("MALFORMED_REQUEST_JSON", f"{name} is an object")
    return value


def text(given: dict[str, Any], name: str, longest: int = NOTE_LENGTH) -> str:
    """A string, empty when absent."""
    value = given.get(name, "")
    if not isinstance(value, str):
        raise malformed("INVALID_PARAMETER_SYNTAX", f"{name} is a string")
    if len(value) > longest:
        raise malformed("INVALID_STRING_MAX_LENGTH", f"{name} has at most {longest} characters")
    return value


def amount(given: Any) -> tuple[Decimal, str]:
    """(value, currency) of an amount. Raises what PayPal answers to one that it cannot take."""
    if not isinstance(given, dict) or not isinstance(given.get("value"), str):
        raise malformed("MISSING_REQUIRED_PARAMETER", "An amount has a value and a currency_code.")
    currency = text(given, "currency_code", 3)
    if currency not in _CURRENCIES:
        raise refused("CURRENCY_NOT_SUPPORTED", f"{currency} is not supported.")
    try:
        value = Decimal(given["value"])
    except InvalidOperation:
        raise malformed("INVALID_PARAMETER_SYNTAX", "The value is not a number.") from None
    if not value.is_finite() or value <= 0 or value >= 10**10:
        raise refused("CANNOT_BE_ZERO_OR_NEGATIVE", "The amount must be greater than zero.")
    digits = 0 if currency in _WHOLE_UNITS else 2
    if value != round(value, digits):
        raise refused("DECIMAL_PRECISION", f"{currency} has {digits} decimals.")
    return value, currency


def money(value: Decimal, currency: str) -> Object:
    digits = 0 if currency in _WHOLE_UNITS else 2
    return {"currency_code": currency, "value": f"{value:.{digits}f}"}


def value(given: Object) -> Decimal:
    return Decimal(given["value"])


def link(call: Call, rel: str, path: str, method: str = "GET") -> Object:
    return {"href": f"{call.origin}{PREFIX}{path}", "rel": rel, "method": method}
