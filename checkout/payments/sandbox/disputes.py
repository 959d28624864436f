"""Disputes: card holders who call their money back, told by hand through ``/_sandbox/dispute``."""

from checkout.payments.sandbox import wire
from checkout.payments.sandbox.box import Call, listing
from checkout.payments.sandbox.store import Object, new_id, now

_ANSWER_WITHIN = 7 * 86_400  # seconds
_ENDS = ("won", "lost")
_EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure"),
    *("cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name"),
    *("customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation"),
    *("duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure"),
    *("refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier"),
    *("shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file"),
    "uncategorized_text",
)


def list_(call: Call) -> Object:
    """``GET /v1/disputes``, of one payment intent where named."""
    wire.known(call.params, "payment_intent", "limit")
    if intent := wire.text(call.params, "payment_intent", ""):
        found = call.store.where("dispute", "payment_intent", intent)[::-1]
    else:
        found = call.store.newest("dispute", 100)
    return listing(found, "/v1/disputes")


def retrieve(call: Call, id: str) -> Object:
    """``GET /v1/disputes/:id``"""
    return call.store.load("dispute", id)


def open_(call: Call, intent_id: str) -> Object:
    """Call back what was captured of a payment."""
    intent = call.store.load("payment_intent", intent_id)
    charge = call.store.load("charge", str(intent["latest_charge"]))
    if not charge["captured"]:
        raise ValueError("only a captured payment can be disputed")
    call.store.put(charge | {"disputed": True})
    dispute = {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount_captured"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now() + _ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": intent_id,
        "payment_method_details": {
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": "chargeback",
                "network_reason_code": "13.1",
            },
            "type": "card",
        },
        "reason": "product_not_received",
        "status": "needs_response",
    }
    call.emit("charge.dispute.created", dispute)
    return call.store.put(dispute)


def close(call: Call, id: str, result: str) -> Object:
    """The dispute is "won" by the shop, or "lost"."""
    if result not in _ENDS:
        raise ValueError("result is won or lost")
    dispute = call.store.load("dispute", id) | {"status": result}
    call.emit("charge.dispute.closed", dispute)
    return call.store.put(dispute)
