"""PayPal's payments: holds, captures of them, refunds."""

from collections.abc import Callable
from decimal import Decimal

from checkout.payments.sandbox import paypal_events as events
from checkout.payments.sandbox import paypal_wire as wire
from checkout.payments.sandbox.box import Call
from checkout.payments.sandbox.store import Object

COLLECTIONS = {"authorizations": "authorization", "captures": "capture", "refunds": "refund"}
PAYEE = {"email_address": "shop@example.com", "merchant_id": "SANDBOXSHOP01"}
_PROTECTION = {"status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"]}
_MORE = Decimal("1.15")  # of a hold may be captured
_FEE, _FEE_FIXED = Decimal("0.0349"), Decimal("0.49")


def of(call: Call, order_id: str, kind: str) -> list[Object]:
    """An order's holds, captures or refunds, oldest first, as an order shows them."""
    return [shown(call, thing, "supplementary_data", "payee") for thing in _all(call, order_id, kind)]


def shown(call: Call, thing: Object, *left_out: str) -> Object:
    path = f"/v2/payments/{thing['object'].removeprefix('paypal.')}s/{thing['id']}"
    links = [wire.link(call, "self", path)]
    if up := thing.get("_up"):
        links.append(wire.link(call, "up", up))
    return wire.shown(thing, *left_out) | {"links": links}


def reader(kind: str) -> Callable[[Call, str], Object]:
    """``GET /v2/payments/<kind>s/:id``"""

    def retrieve(call: Call, id: str) -> Object:
        return shown(call, wire.load(call, kind, id))

    return retrieve


def hold(call: Call, order: Object) -> Object:
    """Hold an approved order's money."""
    made = _made(call, order, "authorization", order["purchase_units"][0]["amount"], status="CREATED")
    made |= {"expiration_time": "2099-01-01T00:00:00Z", "seller_protection": _PROTECTION, "payee": PAYEE}
    call.store.put(made)
    events.emit(call, "PAYMENT.AUTHORIZATION.CREATED", "authorization", shown(call, made))
    return made


def take(call: Call, order: Object, total: Decimal, currency: str, *, is_final: bool, up: str = "") -> Object:
    """Capture money of an order: all of it at once, or of its hold (``up``: the hold's path)."""
    is_pending = call.box.faults.take("processing")
    made = _made(call, order, "capture", wire.money(total, currency), status="PENDING" if is_pending else "COMPLETED")
    made |= {
        "final_capture": is_final,
        "seller_protection": _PROTECTION,
        "payee": PAYEE,
        "_up": up or f"/v2/checkout/orders/{order['id']}",
    }
    if invoice := wire.text(call.params, "invoice_id"):
        made["invoice_id"] = invoice
    if is_pending:
        made["status_details"] = {"reason": "PENDING_REVIEW"}
    return _settled(call, made) if not is_pending else _told(call, call.store.put(made), "PENDING")


def settle(call: Call, id: str, is_good: bool) -> Object:
    """A capture that was pending comes to its end."""
    made = wire.load(call, "capture", id)
    if made["status"] != "PENDING":
        raise wire.refused("CAPTURE_NOT_PENDING", "Only a pending capture can be settled.")
    made.pop("status_details", None)
    if is_good:
        return _settled(call, made | {"status": "COMPLETED"})
    return _told(call, call.store.put(made | {"status": "DECLINED", "update_time": wire.now()}), "DENIED")


def capture(call: Call, id: str) -> Object:
    """``POST /v2/payments/authorizations/:id/capture``"""
    held = wire.load(call, "authorization", id)
    _require_open(held)
    limit, currency = wire.value(held["amount"]), held["amount"]["currency_code"]
    taken = sum((wire.value(one["amount"]) for one in _all(call, held["_order"], "capture")), Decimal())
    total, asked = wire.amount(call.params["amount"]) if "amount" in call.params else (limit - taken, currency)
    if asked != currency:
        raise wire.refused("AUTH_CURRENCY_MISMATCH", "The currencies of authorization and capture differ.")
    if taken + total > limit * _MORE:
        raise wire.refused("MAX_CAPTURE_AMOUNT_EXCEEDED", "Capture amount exceeds allowable limit.")
    is_final = call.params.get("final_capture") is True
    order = wire.load(call, "order", held["_order"])
    made = take(call, order, total, currency, is_final=is_final, up=f"/v2/payments/authorizations/{id}")
    is_over = is_final or taken + total >= limit
    call.store.put(held | {"status": "CAPTURED" if is_over else "PARTIALLY_CAPTURED", "update_time": wire.now()})
    return shown(call, made)


def void(call: Call, id: str) -> None:
    """``POST /v2/payments/authorizations/:id/void``"""
    held = wire.load(call, "authorization", id)
    _require_open(held)
    call.store.put(held | {"status": "VOIDED", "update_time": wire.now()})
    events.emit(call, "PAYMENT.AUTHORIZATION.VOIDED", "authorization", shown(call, held | {"status": "VOIDED"}))


def refund(call: Call, id: str) -> Object:
    """``POST /v2/payments/captures/:id/refund``"""
    taken = wire.load(call, "capture", id)
    if taken["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
        issue = "CAPTURE_FULLY_REFUNDED" if taken["status"] == "REFUNDED" else "TRANSACTION_REFUSED"
        raise wire.refused(issue, f"The capture is {taken['status']}.")
    currency = taken["amount"]["currency_code"]
    given_back = sum(
        (wire.value(one["amount"]) for one in call.store.where("paypal.refund", "_capture", id)), Decimal()
    )
    left = wire.value(taken["amount"]) - given_back
    total, asked = wire.amount(call.params["amount"]) if "amount" in call.params else (left, currency)
    if asked != currency:
        raise wire.refused("REFUND_CAPTURE_CURRENCY_MISMATCH", "Refund and capture are of different currencies.")
    if total > left:
        raise wire.refused("REFUND_AMOUNT_EXCEEDED", "The refund is greater than what is left of the capture.")
    made = _refund(call, taken, total, given_back)
    status = "REFUNDED" if total == left else "PARTIALLY_REFUNDED"
    call.store.put(taken | {"status": status, "update_time": wire.now()})
    events.emit(call, "PAYMENT.CAPTURE.REFUNDED", "refund", shown(call, made))
    return shown(call, made)


def _refund(call: Call, taken: Object, total: Decimal, before: Decimal) -> Object:
    currency = taken["amount"]["currency_code"]
    order = wire.load(call, "order", taken["_order"])
    made = _made(call, order, "refund", wire.money(total, currency), status="COMPLETED")
    for note in ("custom_id", "invoice_id"):
        if given := wire.text(call.params, note):
            made[note] = given
    made |= {
        "seller_payable_breakdown": {
            "gross_amount": wire.money(total, currency),
            "paypal_fee": wire.money(Decimal(), currency),
            "net_amount": wire.money(total, currency),
            "total_refunded_amount": wire.money(before + total, currency),
        },
        "_capture": taken["id"],
        "_up": f"/v2/payments/captures/{taken['id']}",
    }
    made.pop("supplementary_data")
    return call.store.put(made)


def _made(call: Call, order: Object, kind: str, amount: Object, *, status: str) -> Object:
    notes = {name: note for name, note in order["purchase_units"][0].items() if name in ("custom_id", "invoice_id")}
    return {
        "id": wire.new_id(),
        "object": f"paypal.{kind}",
        "status": status,
        "amount": amount,
        **notes,
        "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        "create_time": wire.now(),
        "update_time": wire.now(),
        "_order": order["id"],
    }


def _settled(call: Call, made: Object) -> Object:
    """Money has come, less PayPal's fee."""
    total, currency = wire.value(made["amount"]), made["amount"]["currency_code"]
    fee = min(total, wire.value(wire.money(total * _FEE + _FEE_FIXED, currency)))
    made["seller_receivable_breakdown"] = {
        "gross_amount": wire.money(total, currency),
        "paypal_fee": wire.money(fee, currency),
        "net_amount": wire.money(total - fee, currency),
    }
    return _told(call, call.store.put(made | {"update_time": wire.now()}), "COMPLETED")


def _told(call: Call, made: Object, what: str) -> Object:
    events.emit(call, f"PAYMENT.CAPTURE.{what}", "capture", shown(call, made))
    return made


def _all(call: Call, order_id: str, kind: str) -> list[Object]:
    return call.store.where(f"paypal.{kind}", "_order", order_id)


def _require_open(held: Object) -> None:
    if held["status"] in ("CAPTURED", "VOIDED"):
        issue = "AUTHORIZATION_ALREADY_CAPTURED" if held["status"] == "CAPTURED" else "AUTHORIZATION_VOIDED"
        raise wire.refused(issue, f"The authorization is {held['status'].lower()}.")
