"""Checkout Sessions: a hosted payment page for one payment."""

from typing import Any

from checkout.payments.sandbox import intents, wire
from checkout.payments.sandbox.box import Call, listing
from checkout.payments.sandbox.store import Object, new_id, now

_DAY = 86_400
_NULLS = [
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer",
    "customer_account",
    "customer_email",
    "customer_details",
    "discounts",
    "integration_identifier",
    "invoice",
    "locale",
    "origin_context",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
    "wallet_options",
]


def create(call: Call) -> Object:
    """``POST /v1/checkout/sessions``, mode payment with inline prices."""
    params = call.params
    wire.known(
        params,
        *("mode", "payment_method_types", "line_items", "client_reference_id", "metadata", "payment_intent_data"),
        *("success_url", "cancel_url", "expires_at"),
    )
    if wire.text(params, "mode") != "payment":
        raise wire.invalid("The sandbox knows only the mode 'payment'.", "mode", "parameter_unknown")
    total, currency = _sum(params.get("line_items"))
    data = wire.mapping(params, "payment_intent_data")
    wire.known(data, "capture_method", "metadata", "description")
    intent_params = data | {"amount": str(total), "currency": currency}
    intents.new(call, intent_params)  # refuses here what would fail on the page
    id = new_id("cs_test")
    return call.store.put(
        dict.fromkeys(_NULLS)
        | {
            "id": id,
            "object": "checkout.session",
            "adaptive_pricing": {"enabled": False},
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "cancel_url": wire.text(params, "cancel_url", "") or None,
            "client_reference_id": params.get("client_reference_id"),
            "created": now(),
            "currency": currency,
            "custom_fields": [],
            "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
            "customer_creation": "if_required",
            "expires_at": _expiry(params),
            "invoice_creation": {"enabled": False, "invoice_data": None},
            "livemode": False,
            "metadata": wire.metadata(params),
            "mode": "payment",
            "payment_method_collection": "if_required",
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "permissions": None,
            "phone_number_collection": {"enabled": False},
            "shipping_options": [],
            "status": "open",
            "success_url": wire.text(params, "success_url"),
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{call.origin}/pay/{id}",
            "_intent": intent_params,
        }
    )


def current(call: Call, id: str) -> Object:
    """The session, expired if its time has come."""
    session = call.store.load("checkout.session", id, "session")
    if session["status"] == "open" and session["expires_at"] <= now():
        return _expired(call, session)
    return session


def list_(call: Call) -> Object:
    """``GET /v1/checkout/sessions``, of one payment intent where named."""
    if intent := wire.text(call.params, "payment_intent", ""):
        found = call.store.where("checkout.session", "payment_intent", intent)
    else:
        found = call.store.newest("checkout.session", 100)
    return listing(found, "/v1/checkout/sessions")


def expire(call: Call, id: str) -> Object:
    """``POST /v1/checkout/sessions/:id/expire``"""
    session = current(call, id)
    if session["status"] != "open":
        raise wire.ApiError(
            400,
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}.",
        )
    return _expired(call, session)


def pay(call: Call, session: Object, method_id: str) -> Object:
    """A shopper pays on the page: the intent after the attempt. Raises the 402 of a decline."""
    if session["payment_intent"]:
        intent = call.store.load("payment_intent", session["payment_intent"])
        intents.require(intent, "pay", intents.CONFIRMABLE)
    else:
        intent = call.store.put(intents.new(call, session["_intent"]))
        call.store.put(session | {"payment_intent": intent["id"]})
    return intents.attempt(call, intent, method_id, f"{call.origin}/pay/{session['id']}/return")


def complete(call: Call, session: Object, intent: Object) -> Object:
    """Close the session once its intent has what it needs."""
    if session["status"] != "open" or intent["status"] not in ("succeeded", "requires_capture", "processing"):
        return session
    session |= {
        "status": "complete",
        "payment_intent": intent["id"],
        "payment_status": "paid" if intent["status"] == "succeeded" else "unpaid",
        "url": None,
    }
    call.emit("checkout.session.completed", session)
    return call.store.put(session)


def _expired(call: Call, session: Object) -> Object:
    if session["payment_intent"]:
        intent = call.store.load("payment_intent", session["payment_intent"])
        if intent["status"] in intents.CANCELABLE:
            intents.cancelled(call, intent, "abandoned")
    session |= {"status": "expired", "url": None}
    call.emit("checkout.session.expired", session)
    return call.store.put(session)


def _sum(items: Any) -> tuple[int, str]:
    if not isinstance(items, list) or not items:
        raise wire.missing("line_items")
    total, currencies = 0, set()
    for item in items:
        price = wire.mapping(item if isinstance(item, dict) else {}, "price_data")
        if not wire.text(wire.mapping(price, "product_data"), "name"):
            raise wire.missing("line_items[0][price_data][product_data][name]")
        total += wire.integer(price, "unit_amount") * wire.integer(item, "quantity")
        currencies.add(wire.text(price, "currency").lower())
    if len(currencies) > 1:
        raise wire.invalid("All line items must have the same currency.", "line_items")
    return total, currencies.pop()


def _expiry(params: dict[str, Any]) -> int:
    expires_at = wire.integer(params, "expires_at", now() + _DAY)
    if not now() + 1_790 <= expires_at <= now() + _DAY + 10:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise wire.invalid(message, "expires_at", "parameter_invalid_integer")
    return expires_at
