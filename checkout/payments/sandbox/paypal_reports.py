"""PayPal's list of transactions, and its disputes."""

from datetime import datetime, timedelta
from typing import Any

from checkout.payments.sandbox import paypal_events as events
from checkout.payments.sandbox import paypal_wire as wire
from checkout.payments.sandbox.box import Call
from checkout.payments.sandbox.store import Object

_CODES = {"authorization": "T1300", "capture": "T0006", "refund": "T1107"}
_STATUS = {"COMPLETED": "S", "CREATED": "S", "PENDING": "P", "DECLINED": "D", "VOIDED": "V"}
_LONGEST = timedelta(days=31)
_MOST = 100_000
_ENDS = {"won": "RESOLVED_SELLER_FAVOUR", "lost": "RESOLVED_BUYER_FAVOUR"}


def transactions(call: Call) -> Object:
    """``GET /v1/reporting/transactions``"""
    start, end = _moment(call.params, "start_date"), _moment(call.params, "end_date")
    if not start <= end <= start + _LONGEST:
        raise wire.malformed("INVALID_REQUEST", "Date range is greater than 31 days")
    page, size = _number(call.params, "page", 1), _number(call.params, "page_size", 100)
    is_all = call.params.get("balance_affecting_records_only") == "N"
    rows = [
        _row(kind, thing)
        for kind in _CODES
        if is_all or kind != "authorization"
        for thing in call.store.newest(f"paypal.{kind}", _MOST)
        if start <= datetime.fromisoformat(thing["create_time"]) <= end
    ]
    rows.sort(key=lambda row: str(row["transaction_info"]["transaction_initiation_date"]))
    return {
        "transaction_details": rows[(page - 1) * size : page * size],
        "account_number": "SANDBOXSHOP01",
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "end_date": end.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "last_refreshed_datetime": wire.now(),
        "page": page,
        "total_items": len(rows),
        "total_pages": -(-len(rows) // size) or 1,
        "links": [wire.link(call, "self", "/v1/reporting/transactions")],
    }


def disputes(call: Call) -> Object:
    """``GET /v1/customer/disputes``, of one transaction."""
    found = call.store.where("paypal.dispute", "_capture", wire.text(call.params, "disputed_transaction_id"))
    names = ("dispute_id", "create_time", "update_time", "reason", "status", "dispute_amount", "links")
    items = [{name: value for name, value in _shown(call, one).items() if name in names} for one in found]
    return {"items": items, "links": [wire.link(call, "self", "/v1/customer/disputes")]}


def dispute(call: Call, id: str) -> Object:
    """``GET /v1/customer/disputes/:id``"""
    return _shown(call, wire.load(call, "dispute", id))


def open_dispute(call: Call, capture_id: str) -> Object:
    """A shopper calls a captured payment back."""
    capture = wire.load(call, "capture", capture_id)
    transaction = {
        "seller_transaction_id": capture_id,
        "transaction_status": "COMPLETED",
        "gross_amount": capture["amount"],
        "create_time": capture["create_time"],
    } | ({"custom": capture["custom_id"]} if "custom_id" in capture else {})
    made = {
        "id": f"PP-D-{wire.new_id(6)}",
        "object": "paypal.dispute",
        "create_time": wire.now(),
        "update_time": wire.now(),
        "disputed_transactions": [transaction],
        "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "seller_response_due_date": "2099-01-01T00:00:00Z",
        "dispute_amount": capture["amount"],
        "dispute_life_cycle_stage": "CHARGEBACK",
        "_capture": capture_id,
    }
    events.emit(call, "CUSTOMER.DISPUTE.CREATED", "dispute", _shown(call, call.store.put(made)))
    return _shown(call, made)


def end_dispute(call: Call, id: str, result: str) -> Object:
    """A dispute is "won" by the shop, or "lost"."""
    if result not in _ENDS:
        raise ValueError("result is won or lost")
    made = wire.load(call, "dispute", id) | {"status": "RESOLVED", "update_time": wire.now()}
    given_back = made["dispute_amount"] if result == "lost" else made["dispute_amount"] | {"value": "0.00"}
    made["dispute_outcome"] = {"outcome_code": _ENDS[result], "amount_refunded": given_back}
    events.emit(call, "CUSTOMER.DISPUTE.RESOLVED", "dispute", _shown(call, call.store.put(made)))
    return _shown(call, made)


def _shown(call: Call, made: Object) -> Object:
    found = wire.shown(made, "id")
    return (
        {"dispute_id": made["id"]} | found | {"links": [wire.link(call, "self", f"/v1/customer/disputes/{made['id']}")]}
    )


def _row(kind: str, thing: Object) -> Object:
    at = datetime.fromisoformat(thing["create_time"]).strftime("%Y-%m-%dT%H:%M:%S%z")
    sign = "-" if kind == "refund" else ""
    info = {
        "paypal_account_id": "SANDBOXSHOPPER",
        "transaction_id": thing["id"],
        "transaction_event_code": _CODES[kind],
        "transaction_initiation_date": at,
        "transaction_updated_date": at,
        "transaction_amount": thing["amount"] | {"value": sign + thing["amount"]["value"]},
        "transaction_status": _STATUS.get(thing["status"], "S"),
        "protection_eligibility": "01",
    }
    if fee := (thing.get("seller_receivable_breakdown") or {}).get("paypal_fee"):
        info["fee_amount"] = fee | {"value": f"-{fee['value']}"}
    if kind == "refund":
        info |= {"paypal_reference_id": thing["_capture"], "paypal_reference_id_type": "TXN"}
    for ours, theirs in (("custom_id", "custom_field"), ("invoice_id", "invoice_id")):
        if ours in thing:
            info[theirs] = thing[ours]
    return {"transaction_info": info}


def _moment(given: dict[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(wire.text(given, name))
    except ValueError:
        raise wire.malformed("INVALID_REQUEST", f"{name} is not a date and time") from None
    if found.tzinfo is None:
        raise wire.malformed("INVALID_REQUEST", f"{name} has no zone")
    return found


def _number(given: dict[str, Any], name: str, default: int) -> int:
    text = wire.text(given, name) or str(default)
    if not text.isdigit() or not 1 <= int(text) <= 500:
        raise wire.malformed("INVALID_REQUEST", f"{name} is a number from 1 to 500")
    return int(text)
