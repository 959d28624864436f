"""Payment methods (made by browsers) and customers."""

import hashlib
from typing import Any

from checkout.payments.sandbox import cards, wire
from checkout.payments.sandbox.box import Call
from checkout.payments.sandbox.store import Object, Store, new_id, now

_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(call: Call) -> Object:
    """``POST /v1/payment_methods``"""
    return add(call.store, call.params)


def add(store: Store, params: dict[str, Any]) -> Object:
    """A payment method from card data, refused in Stripe's words when the data is wrong."""
    wire.known(params, "type", "card", "billing_details", "metadata", "allow_redisplay")
    if wire.text(params, "type") != "card":
        raise wire.invalid("The sandbox knows only cards.", "type", "parameter_unknown")
    card = wire.mapping(params, "card")
    number = cards.number_of(wire.text(card, "number"))
    month, year = cards.expiry_of(wire.text(card, "exp_month"), wire.text(card, "exp_year"))
    if "cvc" in card:
        cards.check_cvc(wire.text(card, "cvc"), cards.BY_NUMBER[number].brand)
    return store.put(_method(new_id("pm"), number, month, year, params))


def retrieve(call: Call, id: str) -> Object:
    """``GET /v1/payment_methods/:id``"""
    return usable(call.store, id, "id")


def usable(store: Store, id: str, param: str) -> Object:
    """A payment method by id; each of Stripe's test tokens makes a new one. Raises 404, as Stripe answers."""
    if id in cards.TOKENS:
        return store.put(_method(new_id("pm"), cards.TOKENS[id], 8, now() // 31_556_952 + 1972, {}))
    method = store.find("payment_method", id)
    if method is None:
        raise wire.ApiError(404, f"No such PaymentMethod: '{id}'", param=param, code="resource_missing", stored=False)
    return method


def require_owner(method: Object, customer: str | None) -> None:
    """Refuse a method that is kept for another customer, or was given up."""
    if method["customer"] and method["customer"] != customer:
        message = "The provided PaymentMethod is attached to a customer; it can only be used with that customer."
        raise wire.ApiError(400, message, param="payment_method", stored=False)
    if method.get("_is_detached"):
        message = "This PaymentMethod was detached from a customer; it may not be used again."
        raise wire.ApiError(400, message, param="payment_method", stored=False)


def detach(call: Call, id: str) -> Object:
    """``POST /v1/payment_methods/:id/detach``"""
    method = call.store.load("payment_method", id)
    if not method["customer"]:
        raise wire.ApiError(400, "The payment method is not attached to a customer so detachment is impossible.")
    return call.store.put(method | {"customer": None, "_is_detached": True})


def card_of(method: Object) -> cards.Card:
    return cards.BY_NUMBER[method["_test_card"]]


def _method(id: str, number: str, month: int, year: int, params: dict[str, Any]) -> Object:
    card = cards.BY_NUMBER[number]
    return {
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing(wire.mapping(params, "billing_details")),
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "US",
            "display_brand": card.brand,
            "exp_month": month,
            "exp_year": year,
            "fingerprint": hashlib.sha256(number.encode()).hexdigest()[:16],
            "funding": "credit",
            "generated_from": None,
            "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": wire.metadata(params),
        "type": "card",
        "_test_card": number,
    }


def _billing(given: dict[str, Any]) -> Object:
    address = wire.mapping(given, "address")
    return {
        "address": {name: address.get(name) or None for name in _ADDRESS},
        **{name: given.get(name) or None for name in ("email", "name", "phone", "tax_id")},
    }


def create_customer(call: Call) -> Object:
    """``POST /v1/customers``"""
    params = call.params
    wire.known(params, "email", "name", "description", "metadata", "phone")
    return call.store.put(
        {
            "id": new_id("cus"),
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": now(),
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": params.get("description"),
            "email": params.get("email"),
            "invoice_settings": {"custom_fields": None, "default_payment_method": None, "footer": None},
            "livemode": False,
            "metadata": wire.metadata(params),
            "name": params.get("name"),
            "phone": params.get("phone"),
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        }
    )


def retrieve_customer(call: Call, id: str) -> Object:
    """``GET /v1/customers/:id``"""
    return call.store.load("customer", id)
