"""PayPal's messages: what proves that one is PayPal's, and what it is about. Pure: PayPal itself is asked elsewhere."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from checkout.payments.providers import base
from checkout.payments.providers import paypal_answers as answers

# PayPal sends a message for three days until it is taken, each time with the proof of the first.
LONGEST = timedelta(days=4)
_AHEAD = timedelta(minutes=10)
_PROOF = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}


def proof(headers: Mapping[str, str], webhook_id: str, now: datetime) -> dict[str, str]:
    """What PayPal is asked to verify. Raises BadSignature when it is not there, or too old."""
    given = {name.lower(): value for name, value in headers.items()}
    found = {field: given.get(header, "") for field, header in _PROOF.items()}
    if not all(found.values()) or not webhook_id:
        raise base.BadSignature("a message without a signature")
    try:
        sent = datetime.fromisoformat(found["transmission_time"])
        is_timely = now - LONGEST <= sent <= now + _AHEAD
    except (TypeError, ValueError) as error:  # TypeError: a time of no zone
        raise base.BadSignature("a message of no time") from error
    if not is_timely:
        raise base.BadSignature("a message signed too long ago")
    return found | {"webhook_id": webhook_id}


def message(body: bytes) -> dict[str, Any]:
    """A message's content, looked at before anybody is asked about it. Raises BadMessage."""
    try:
        content = base.read(body)
        base.kept(content["id"])
        base.kept(content["event_type"])
        if not isinstance(content["resource"], dict) or datetime.fromisoformat(content["create_time"]).tzinfo is None:
            raise TypeError("no resource")
    except (ValueError, KeyError, TypeError) as error:
        raise base.BadMessage(f"not a message of PayPal's: {error!r}") from error
    return content


def order_of(content: Mapping[str, Any]) -> str | None:
    """The order that a message names itself."""
    resource = content["resource"]
    if content["event_type"].startswith("CHECKOUT.ORDER."):
        return str(resource["id"])
    return related_order(resource)


def related_order(thing: Mapping[str, Any]) -> str | None:
    """The order that a capture or authorisation belongs to."""
    related = (thing.get("supplementary_data") or {}).get("related_ids") or {}
    return related.get("order_id") or None


def capture_of(content: Mapping[str, Any]) -> str | None:
    """The capture that a message without an order is about: a refund's, or the one in dispute."""
    resource = content["resource"]
    if content["event_type"].startswith("CUSTOMER.DISPUTE."):
        disputed = resource.get("disputed_transactions") or [{}]
        return disputed[0].get("seller_transaction_id") or None
    is_refund = content["event_type"] in ("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.REFUND.PENDING", "PAYMENT.REFUND.FAILED")
    return answers.up(resource) or None if is_refund else None


def payment_of(content: Mapping[str, Any]) -> str | None:
    """Our payment's id in a message about an order, an authorisation or a capture (a refund's note is another)."""
    resource, type = content["resource"], content["event_type"]
    if type.startswith("CHECKOUT.ORDER."):
        units = resource.get("purchase_units") or [{}]
        return answers.name_of(units[0].get("custom_id"))
    if type.startswith(("PAYMENT.CAPTURE.", "PAYMENT.AUTHORIZATION.")) and not type.endswith("REFUNDED"):
        return answers.name_of(resource.get("custom_id"))
    return None
