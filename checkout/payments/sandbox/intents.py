"""Payment intents: made, confirmed, challenged, captured, cancelled."""

import re
from typing import Any

from checkout.payments.sandbox import cards, charges, disputes, methods, wire
from checkout.payments.sandbox.box import Call, listing, public
from checkout.payments.sandbox.store import Object, new_id, now

CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_SMALLEST = {"usd": 50, "eur": 50, "gbp": 30}
_LARGEST, _MOST = 99_999_999, 100_000  # minor units; payments that are listed
_NULLS = [
    "allowed_payment_method_types",
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "customer_account",
    "excluded_payment_method_types",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
]
_SEARCH = re.compile(r"metadata\[[\"']([\w-]+)[\"']\]:[\"']((?:[^\"'\\]|\\.)*)[\"']")


def create(call: Call) -> Object:
    """``POST /v1/payment_intents``"""
    params = call.params
    wire.known(
        params,
        *("amount", "currency", "payment_method", "payment_method_types", "automatic_payment_methods", "confirm"),
        *("capture_method", "return_url", "metadata", "description", "customer", "use_stripe_sdk", "off_session"),
        *("payment_method_options", "setup_future_usage"),
    )
    confirmed = wire.text(params, "confirm", "false") == "true"
    if confirmed and "payment_method" not in params:
        raise wire.missing("payment_method")
    intent = call.store.put(new(call, params))
    if not confirmed:
        if "payment_method" in params:
            method = methods.usable(call.store, wire.text(params, "payment_method"), "payment_method")
            return call.store.put(intent | {"payment_method": method["id"], "status": "requires_confirmation"})
        return intent
    return attempt(call, intent, wire.text(params, "payment_method"), wire.text(params, "return_url", ""))


def new(call: Call, params: dict[str, Any]) -> Object:
    """A fresh intent from checked parameters; not yet stored."""
    amount, currency = wire.integer(params, "amount"), wire.text(params, "currency").lower()
    if not re.fullmatch("[a-z]{3}", currency):
        raise wire.invalid(f"Invalid currency: {currency}.", "currency", "parameter_invalid_string")
    if amount < _SMALLEST.get(currency, 1):
        raise wire.invalid("Amount must be at least the smallest chargeable amount.", "amount", "amount_too_small")
    if amount > _LARGEST:
        raise wire.invalid("Amount must be no more than 99999999.", "amount", "amount_too_large")
    capture = wire.text(params, "capture_method", "automatic_async")
    if capture not in ("automatic", "automatic_async", "manual"):
        raise wire.invalid(f"Invalid capture_method: {capture}", "capture_method", "parameter_unknown")
    if customer := wire.text(params, "customer", ""):
        call.store.load("customer", customer, "customer")
    usage = wire.text(params, "setup_future_usage", "") or None
    if usage not in (None, "on_session", "off_session"):
        raise wire.invalid(f"Invalid setup_future_usage: {usage}", "setup_future_usage", "parameter_unknown")
    id = new_id("pi")
    return dict.fromkeys(_NULLS) | {
        "id": id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": capture,
        "client_secret": f"{id}_{new_id('secret')}",
        "confirmation_method": "automatic",
        "created": now(),
        "currency": currency,
        "customer": customer or None,
        "description": params.get("description"),
        "livemode": False,
        "metadata": wire.metadata(params),
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"} | _card_options(params)},
        "payment_method_types": ["card"],
        "setup_future_usage": usage,
        "status": "requires_payment_method",
    }


def _card_options(params: dict[str, Any]) -> dict[str, Any]:
    options = wire.mapping(wire.mapping(params, "payment_method_options"), "card")
    wire.known(options, "request_multicapture")
    if options.get("request_multicapture", "never") not in ("if_available", "never"):
        raise wire.invalid("Invalid request_multicapture", "payment_method_options[card][request_multicapture]")
    return options


def confirm(call: Call, id: str) -> Object:
    """``POST /v1/payment_intents/:id/confirm``"""
    wire.known(call.params, "payment_method", "return_url", "use_stripe_sdk", "off_session")
    intent = call.store.load("payment_intent", id, "intent")
    require(intent, "confirm", CONFIRMABLE)
    chosen = wire.text(call.params, "payment_method", intent["payment_method"] or "")
    if not chosen:
        raise wire.missing("payment_method")
    return attempt(call, intent, chosen, wire.text(call.params, "return_url", ""))


def retrieve(call: Call, id: str) -> Object:
    """``GET /v1/payment_intents/:id``"""
    return call.store.load("payment_intent", id, "intent")


def list_(call: Call) -> Object:
    """``GET /v1/payment_intents``"""
    limit, created = min(max(wire.integer(call.params, "limit", 10), 1), 100), wire.mapping(call.params, "created")
    since, until = wire.integer(created, "gte", 0), wire.integer(created, "lt", 2**40)
    newest = call.store.newest("payment_intent", _MOST, wire.text(call.params, "starting_after", ""))
    found = [intent for intent in newest if since <= intent["created"] < until]
    return listing(found[:limit], "/v1/payment_intents", more=len(found) > limit)


def search(call: Call) -> Object:
    """``GET /v1/payment_intents/search``: only ``metadata['name']:'value'``, newest first."""
    query = _SEARCH.fullmatch(wire.text(call.params, "query").strip())
    if query is None:
        raise wire.invalid("The sandbox searches only by metadata['name']:'value'.", "query")
    value = re.sub(r"\\(.)", r"\1", query[2])
    found = call.store.where("payment_intent", f"metadata.{query[1]}", value)[::-1]
    limit = min(max(wire.integer(call.params, "limit", 10), 1), 100)
    return listing(found[:limit], "/v1/payment_intents/search", more=len(found) > limit, kind="search_result")


def capture(call: Call, id: str) -> Object:
    """``POST /v1/payment_intents/:id/capture``"""
    wire.known(call.params, "amount_to_capture", "final_capture", "metadata")
    intent = call.store.load("payment_intent", id, "intent")
    require(intent, "capture", ("requires_capture",))
    amount = wire.integer(call.params, "amount_to_capture", intent["amount_capturable"])
    if not 0 < amount <= intent["amount_capturable"]:
        message = "The amount to capture must be positive and no more than the amount that can be captured."
        raise wire.ApiError(400, message, code="amount_too_large", param="amount_to_capture")
    is_final = wire.text(call.params, "final_capture", "true") == "true" or amount == intent["amount_capturable"]
    if not is_final and intent["payment_method_options"]["card"].get("request_multicapture") != "if_available":
        message = "final_capture can only be false where multicapture was requested with the PaymentIntent."
        raise wire.ApiError(400, message, code="payment_intent_unexpected_state", param="final_capture")
    charge = charges.take(call.store, call.store.load("charge", intent["latest_charge"]), amount, is_final=is_final)
    intent["amount_received"] += amount
    call.emit("charge.captured", charge)
    if is_final:
        intent |= {"status": "succeeded", "amount_capturable": 0}
        call.emit("payment_intent.succeeded", intent)
    else:
        intent["amount_capturable"] -= amount
        call.emit("payment_intent.amount_capturable_updated", intent)
    return call.store.put(intent)


def cancel(call: Call, id: str) -> Object:
    """``POST /v1/payment_intents/:id/cancel``"""
    wire.known(call.params, "cancellation_reason")
    intent = call.store.load("payment_intent", id, "intent")
    require(intent, "cancel", CANCELABLE)
    if any(session["status"] == "open" for session in call.store.where("checkout.session", "payment_intent", id)):
        message = (
            "You cannot cancel the PaymentIntent of an open Checkout Session. Expire the Checkout Session instead."
        )
        raise wire.ApiError(400, message, code="payment_intent_unexpected_state", payment_intent=public(intent))
    return cancelled(call, intent, wire.text(call.params, "cancellation_reason", "") or None)


def cancelled(call: Call, intent: Object, reason: str | None) -> Object:
    if intent["status"] == "requires_capture":
        call.emit("charge.refunded", charges.let_go(call.store, call.store.load("charge", intent["latest_charge"])))
    intent |= {
        "status": "canceled",
        "canceled_at": now(),
        "cancellation_reason": reason,
        "amount_capturable": 0,
        "next_action": None,
    }
    call.emit("payment_intent.canceled", intent)
    return call.store.put(intent)


def attempt(call: Call, intent: Object, method_id: str, return_url: str) -> Object:
    """Try to pay with a method. Raises the 402 of a decline (what it did is kept)."""
    method = methods.usable(call.store, method_id, "payment_method")
    methods.require_owner(method, intent["customer"])
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if methods.card_of(method).challenge:
        return _challenge(call, intent, return_url)
    if call.box.faults.take("processing"):
        intent |= {"status": "processing", "processing": {"type": "card", "card": {}}}
        call.emit("payment_intent.processing", intent)
        return call.store.put(intent)
    return settle(call, intent)


def settle(call: Call, intent: Object) -> Object:
    """The bank's answer to the intent's payment method. Raises the 402 of a decline."""
    method = call.store.load("payment_method", intent["payment_method"])
    problem = charges.decline_of(methods.card_of(method))
    held = intent["capture_method"] == "manual"
    charge = charges.make(call.store, intent, method, captured=not held, problem=problem)
    intent |= {"latest_charge": charge["id"], "next_action": None, "processing": None}
    if problem:
        call.emit("charge.failed", charge)
        raise failed(call, intent, method, {"type": "card_error", **problem, "charge": charge["id"]})
    amount = intent["amount"]
    if intent["setup_future_usage"] and intent["customer"]:
        call.store.put(method | {"customer": intent["customer"]})
    if held:
        intent |= {"status": "requires_capture", "amount_capturable": amount}
        call.emit("payment_intent.amount_capturable_updated", intent)
    else:
        intent |= {"status": "succeeded", "amount_received": amount}
        call.emit("charge.succeeded", charge)
        call.emit("payment_intent.succeeded", intent)
    call.store.put(intent)
    if methods.card_of(method).disputed and not held:
        disputes.open_(call, intent["id"])
    return intent


def failed(call: Call, intent: Object, method: Object, error: Object) -> wire.ApiError:
    """Write the failure into the intent; the error to raise or to drop."""
    error = {
        "doc_url": f"https://stripe.com/docs/error-codes/{error['code']}",
        **error,
        "payment_method": public(method),
    }
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_payment_error": error,
    }
    call.emit("payment_intent.payment_failed", intent)
    call.store.put(intent)
    extra = {name: value for name, value in error.items() if name not in ("type", "message")}
    return wire.ApiError(402, error["message"], type=error["type"], kept=True, payment_intent=public(intent), **extra)


def challenged(call: Call, intent: Object, passed: bool) -> Object:
    """The shopper has answered the 3-D Secure challenge."""
    require(intent, "authenticate", ("requires_action",))
    if passed:
        return settle(call, intent)
    method = call.store.load("payment_method", intent["payment_method"])
    message = (
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new"
        " PaymentMethod to attempt to fulfill this PaymentIntent again."
    )
    code = "payment_intent_authentication_failure"
    raise failed(call, intent, method, {"type": "invalid_request_error", "code": code, "message": message})


def settled(call: Call, intent: Object, good: bool) -> Object:
    """A payment that was processing comes to its end."""
    require(intent, "settle", ("processing",))
    if good:
        return settle(call, intent)
    method = call.store.load("payment_method", intent["payment_method"])
    error = {"type": "card_error", "code": "processing_error", "message": cards.MESSAGES["processing_error"]}
    raise failed(call, intent | {"processing": None}, method, error)


def require(intent: Object, verb: str, statuses: tuple[str, ...]) -> None:
    """Refuse what the intent's status does not allow."""
    if intent["status"] not in statuses:
        message = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
        code = "payment_intent_unexpected_state"
        raise wire.ApiError(400, message, code=code, payment_intent=public(intent))


def _challenge(call: Call, intent: Object, return_url: str) -> Object:
    intent["status"] = "requires_action"
    if return_url:
        intent |= {"_challenge": new_id("key"), "_return_url": return_url}
        url = f"{call.origin}/challenge/{intent['id']}/{intent['_challenge']}"
        intent["next_action"] = {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}
    else:
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    call.emit("payment_intent.requires_action", intent)
    return call.store.put(intent)
