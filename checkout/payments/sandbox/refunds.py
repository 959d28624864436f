"""Refunds, never more than was captured, and charges as they are read."""

from checkout.payments.sandbox import charges, wire
from checkout.payments.sandbox.box import Call, listing
from checkout.payments.sandbox.store import Object, Store

_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(call: Call) -> Object:
    """``POST /v1/refunds``"""
    params = call.params
    wire.known(params, "payment_intent", "charge", "amount", "reason", "metadata")
    charge = _charge(call)
    given_back = sum(refund["amount"] for refund in moved(call.store, charge["id"]))
    left = charge["amount_captured"] - given_back
    if charge["amount_captured"] and not left:
        message = f"Charge {charge['id']} has already been refunded."
        raise wire.ApiError(400, message, code="charge_already_refunded")
    amount = wire.integer(params, "amount", left)
    if amount <= 0:
        raise wire.invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise wire.ApiError(400, message, param="amount", code="amount_too_large")
    reason = wire.text(params, "reason", "") or None
    if reason and reason not in _REASONS:
        raise wire.invalid(f"Invalid reason: {reason}", "reason", "parameter_unknown")
    refund = charges.refund_of(charge, amount, reason) | {"metadata": wire.metadata(params)}
    charge |= {"amount_refunded": charge["amount_refunded"] + amount, "refunded": amount == left}
    call.store.put(charge)
    call.store.put(refund)
    for type, thing in (("refund.created", refund), ("charge.refunded", charge), ("refund.updated", refund)):
        call.emit(type, thing)
    return refund


def retrieve(call: Call, id: str) -> Object:
    """``GET /v1/refunds/:id``"""
    return call.store.load("refund", id)


def list_(call: Call) -> Object:
    """``GET /v1/refunds``, of one payment intent or charge where named."""
    if intent := wire.text(call.params, "payment_intent", ""):
        found = call.store.where("refund", "payment_intent", intent)[::-1]
    elif charge := wire.text(call.params, "charge", ""):
        found = call.store.where("refund", "charge", charge)[::-1]
    else:
        found = call.store.newest("refund", 100)
    return listing(found, "/v1/refunds")


def retrieve_charge(call: Call, id: str) -> Object:
    """``GET /v1/charges/:id``"""
    return call.store.load("charge", id)


def moved(store: Store, charge_id: str) -> list[Object]:
    """The refunds of a charge that moved money (not those that let a hold go)."""
    return [refund for refund in store.where("refund", "charge", charge_id) if refund["balance_transaction"]]


def _charge(call: Call) -> Object:
    if id := wire.text(call.params, "charge", ""):
        charge = call.store.load("charge", id, "charge")
    else:
        intent = call.store.load("payment_intent", wire.text(call.params, "payment_intent"), "payment_intent")
        if not intent["latest_charge"]:
            message = "This PaymentIntent does not have a successful charge to refund."
            raise wire.ApiError(400, message, param="payment_intent", code="payment_intent_unexpected_state")
        charge = call.store.load("charge", intent["latest_charge"])
    if not charge["captured"]:
        message = f"Charge {charge['id']} has nothing captured to refund."
        raise wire.ApiError(400, message, code="charge_not_captured")
    return charge
