"""PayPal's orders: opened, approved by the shopper, captured or authorised."""

from decimal import Decimal
from typing import Any

from checkout.payments.sandbox import paypal_events as events
from checkout.payments.sandbox import paypal_payments as payments
from checkout.payments.sandbox import paypal_wire as wire
from checkout.payments.sandbox.box import Call
from checkout.payments.sandbox.store import Object

INTENTS = ("CAPTURE", "AUTHORIZE")
_NOTE = "/purchase_units/@reference_id=='default'/custom_id"


def create(call: Call) -> Object:
    """``POST /v2/checkout/orders``: one purchase unit, paid from a PayPal account."""
    units = call.params.get("purchase_units")
    if call.params.get("intent") not in INTENTS or not isinstance(units, list) or len(units) != 1:
        raise wire.malformed("INVALID_PARAMETER_VALUE", "An intent and one purchase unit are wanted.")
    bought = units[0] if isinstance(units[0], dict) else {}
    page = wire.part(wire.part(wire.part(call.params, "payment_source"), "paypal"), "experience_context")
    back, away = wire.text(page, "return_url", 4000), wire.text(page, "cancel_url", 4000)
    if not back or not away:
        raise wire.malformed("MISSING_REQUIRED_PARAMETER", "return_url and cancel_url")
    total, currency = wire.amount(bought.get("amount"))
    notes = {name: wire.text(bought, name) for name in ("description", "custom_id", "invoice_id")}
    unit = {"reference_id": "default", "amount": wire.money(total, currency), "payee": payments.PAYEE}
    order = {
        "id": wire.new_id(),
        "object": "paypal.order",
        "intent": call.params["intent"],
        "status": "PAYER_ACTION_REQUIRED",
        "payment_source": {"paypal": {}},
        "purchase_units": [unit | {name: note for name, note in notes.items() if note}],
        "create_time": wire.now(),
        "update_time": wire.now(),
        "_return_url": back,
        "_cancel_url": away,
        "_brand": wire.text(page, "brand_name"),
        "_funding": "balance",
    }
    return shown(call, call.store.put(order))


def retrieve(call: Call, id: str) -> Object:
    """``GET /v2/checkout/orders/:id``"""
    return shown(call, wire.load(call, "order", id))


def patch(call: Call, id: str) -> None:
    """``PATCH /v2/checkout/orders/:id``: only our own note on it."""
    order = wire.load(call, "order", id)
    if order["status"] not in ("PAYER_ACTION_REQUIRED", "CREATED", "APPROVED"):
        raise wire.refused("ORDER_ALREADY_COMPLETED", "The order cannot be patched after it is completed.")
    for change in call.params["list"]:
        if not isinstance(change, dict) or change.get("op") != "replace" or change.get("path") != _NOTE:
            raise wire.refused("NOT_PATCHABLE", "The sandbox replaces only the custom_id.")
        order["purchase_units"][0]["custom_id"] = wire.text(change, "value")
    call.store.put(order | {"update_time": wire.now()})


def approve(call: Call, order: Object, funding: str) -> Object:
    """The shopper has said yes, and where the money is to come from ("balance", "declined")."""
    payer = {"email_address": "shopper@example.com", "account_id": "SANDBOXSHOPPER"}
    order |= {
        "status": "APPROVED",
        "payment_source": {"paypal": payer | {"account_status": "VERIFIED"}},
        "update_time": wire.now(),
        "_funding": funding,
    }
    call.store.put(order)
    events.emit(call, "CHECKOUT.ORDER.APPROVED", "checkout-order", shown(call, order))
    return order


def capture(call: Call, id: str) -> Object:
    """``POST /v2/checkout/orders/:id/capture``"""
    order = _payable(call, id, "CAPTURE")
    total, currency = _total(order)
    payments.take(call, order, total, currency, is_final=True)
    return shown(call, call.store.put(order | {"status": "COMPLETED", "update_time": wire.now()}))


def authorize(call: Call, id: str) -> Object:
    """``POST /v2/checkout/orders/:id/authorize``"""
    order = _payable(call, id, "AUTHORIZE")
    payments.hold(call, order)
    return shown(call, call.store.put(order | {"status": "COMPLETED", "update_time": wire.now()}))


def shown(call: Call, order: Object) -> Object:
    """An order as PayPal answers it: with what was paid, and where to go on."""
    found = wire.shown(order)
    made = {name: payments.of(call, order["id"], kind) for name, kind in payments.COLLECTIONS.items()}
    if made := {name: things for name, things in made.items() if things}:
        found["purchase_units"][0]["payments"] = made
    links = [wire.link(call, "self", f"/v2/checkout/orders/{order['id']}")]
    if order["status"] == "PAYER_ACTION_REQUIRED":
        links.append(wire.link(call, "payer-action", f"/checkoutnow?token={order['id']}"))
    return found | {"links": links}


def _payable(call: Call, id: str, intent: str) -> dict[str, Any]:
    order = wire.load(call, "order", id)
    if order["intent"] != intent:
        raise wire.refused("ACTION_DOES_NOT_MATCH_INTENT", f"The order's intent is {order['intent']}.")
    if order["status"] == "COMPLETED":
        done = "CAPTURED" if intent == "CAPTURE" else "AUTHORIZED"
        raise wire.refused(f"ORDER_ALREADY_{done}", f"Order already {done.lower()}.")
    if order["status"] != "APPROVED":
        raise wire.refused("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
    if order["_funding"] == "declined":
        again = wire.link(call, "redirect", f"/checkoutnow?token={id}")
        message = "The instrument presented was either declined by the processor or bank, or it can't be used."
        raise wire.refused("INSTRUMENT_DECLINED", message, [again])
    return order


def _total(order: Object) -> tuple[Decimal, str]:
    asked = order["purchase_units"][0]["amount"]
    return wire.value(asked), asked["currency_code"]
