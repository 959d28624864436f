"""``/_sandbox/``: what tests and demonstrations turn and look at. Needs the secret key; JSON in and out."""

import json
from collections.abc import Callable
from typing import Any

from checkout.payments.sandbox import disputes, intents, paypal_orders, paypal_payments, paypal_reports, wire
from checkout.payments.sandbox.box import Box, Call, public
from checkout.payments.sandbox.webhooks import Sender

_KINDS = ("payment_intent", "charge", "refund", "checkout.session", "dispute", "event")
_PAYPAL_KINDS = tuple(f"paypal.{kind}" for kind in ("order", "authorization", "capture", "refund", "dispute", "event"))


def answer(box: Box, sender: Sender, request: wire.Request) -> wire.Response:
    """The answer to a control request."""
    action = _ACTIONS.get((request.method, request.path.removeprefix("/_sandbox/")))
    if action is None:
        raise wire.ApiError(404, f"No such switch: {request.method} {request.path}")
    try:
        given = json.loads(request.body or b"{}")
        if not isinstance(given, dict):
            raise TypeError("a JSON object is wanted")
        return wire.json_response(200, action(box, sender, given))
    except (TypeError, ValueError) as error:
        raise wire.ApiError(400, str(error)) from error


def _state(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    found = {kind: public(box.store.newest(kind, 200)) for kind in (*_KINDS, *_PAYPAL_KINDS)}
    waiting = box.store.rows("SELECT count(*) FROM deliveries WHERE done = 0")[0][0]
    return {"counts": box.store.counts(), "waiting_webhooks": waiting, "faults": box.faults.shown(), **found}


def _change(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    box.faults.change(given)
    return box.faults.shown()


def _shown(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    return box.faults.shown()


def _clear(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    box.faults.clear()
    return box.faults.shown()


def _reset(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    box.faults.clear()
    box.store.clear()
    return {"counts": box.store.counts()}


def _deliver(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    order, copies = given.get("order", "normal"), given.get("copies", 1)
    if order not in ("normal", "reversed") or type(copies) is not int or not 1 <= copies <= 100:
        raise ValueError("order is normal or reversed, copies 1 to 100")
    return {"delivered": sender.deliver(newest_first=order == "reversed", copies=copies)}


def _challenge(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    """Answer a 3-D Secure challenge without a browser: ``{"payment_intent", "result": "complete"|"fail"}``."""
    return _decide(box, given, "complete", intents.challenged)


def _settle(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    """End a payment that is processing: ``{"payment_intent", "result": "succeeded"|"failed"}``."""
    return _decide(box, given, "succeeded", intents.settled)


def _decide(box: Box, given: dict[str, Any], good: str, act: Callable[[Call, Any, bool], Any]) -> Any:
    id, result = str(given.get("payment_intent")), given.get("result", good)
    try:
        with box.store.transaction():
            call = Call(box, {}, "")
            act(call, box.store.load("payment_intent", id), result == good)
    except wire.ApiError as error:
        if not error.kept:
            raise
    return public(box.store.load("payment_intent", id))


def _dispute(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    """Open a dispute, ``{"payment_intent"}``, or end one, ``{"dispute", "result": "won"|"lost"}``."""
    if "dispute" in given:
        return _at_once(box, lambda call: disputes.close(call, str(given["dispute"]), str(given.get("result"))))
    return _at_once(box, lambda call: disputes.open_(call, str(given.get("payment_intent"))))


def _paypal_approve(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    """Approve an order without a browser: ``{"order", "funding": "balance"|"declined"}``."""
    funding = given.get("funding", "balance")
    return _at_once(box, lambda call: paypal_orders.approve(call, _load(call, given, "order"), str(funding)))


def _paypal_settle(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    """End a capture that is pending: ``{"capture", "result": "succeeded"|"failed"}``."""
    is_good = given.get("result", "succeeded") == "succeeded"
    return _at_once(box, lambda call: paypal_payments.settle(call, str(given.get("capture")), is_good))


def _paypal_dispute(box: Box, sender: Sender, given: dict[str, Any]) -> Any:
    """Open a dispute, ``{"capture"}``, or end one, ``{"dispute", "result": "won"|"lost"}``."""
    if "dispute" in given:
        result = str(given.get("result"))
        return _at_once(box, lambda call: paypal_reports.end_dispute(call, str(given["dispute"]), result))
    return _at_once(box, lambda call: paypal_reports.open_dispute(call, str(given.get("capture"))))


def _at_once(box: Box, act: Callable[[Call], Any]) -> Any:
    with box.store.transaction():
        return public(act(Call(box, {}, "")))


def _load(call: Call, given: dict[str, Any], kind: str) -> Any:
    return call.store.load(f"paypal.{kind}", str(given.get(kind)))


_ACTIONS: dict[tuple[str, str], Callable[[Box, Sender, dict[str, Any]], Any]] = {
    ("GET", "state"): _state,
    ("GET", "faults"): _shown,
    ("POST", "faults"): _change,
    ("DELETE", "faults"): _clear,
    ("POST", "reset"): _reset,
    ("POST", "webhooks/deliver"): _deliver,
    ("POST", "challenge"): _challenge,
    ("POST", "settle"): _settle,
    ("POST", "dispute"): _dispute,
    ("POST", "paypal/approve"): _paypal_approve,
    ("POST", "paypal/settle"): _paypal_settle,
    ("POST", "paypal/dispute"): _paypal_dispute,
}
