"""PayPal's messages to the shop: written down, signed, and verified when the shop asks."""

import base64
import hashlib
import hmac
import json
import zlib
from typing import Any

from checkout.payments.sandbox.box import Box, Call, Settings
from checkout.payments.sandbox.paypal_wire import link, malformed, new_id, now, shown
from checkout.payments.sandbox.store import Object

KIND = "paypal.event"
_EVENT = b'"webhook_event":'


def emit(call: Call, type: str, resource_type: str, resource: Object) -> None:
    """Tell the shop, unless webhooks are switched off."""
    id = f"WH-{new_id(17)}-{new_id(17)}"
    event = {
        "id": id,
        "object": KIND,
        "create_time": now(),
        "resource_type": resource_type,
        "event_type": type,
        "summary": f"{type} in the sandbox",
        "resource": resource,
        "links": [link(call, "self", f"/v1/notifications/webhooks-events/{id}")],
        "event_version": "1.0",
        "resource_version": "2.0",
    }
    call.store.put(event)
    if call.box.settings.paypal_webhook_url and not call.box.faults.webhooks.off:
        call.store.queue(id)


def message(box: Box, event: Object, at: str = "") -> tuple[bytes, dict[str, str]]:
    """A message as it is sent, now or ``at``: its body, and the headers that prove it."""
    body = json.dumps(shown(event), separators=(",", ":")).encode()
    proof = {
        "auth_algo": "SHA256withRSA",
        "cert_url": "https://api.paypal.com/v1/notifications/certs/CERT-sandbox",
        "transmission_id": new_id(20).lower(),
        "transmission_time": at or now(),
    }
    proof["transmission_sig"] = signature(box.settings, proof, body)
    headers = {f"PayPal-{name.replace('_', '-').title()}": value for name, value in proof.items()}
    return body, headers | {"Content-Type": "application/json", "User-Agent": "Payment-Sandbox/1.0"}


def signature(settings: Settings, proof: dict[str, Any], body: bytes) -> str:
    """Over what PayPal signs, the body's checksum among it; with a secret in place of a certificate."""
    parts = (proof["transmission_id"], proof["transmission_time"], settings.paypal_webhook_id, zlib.crc32(body))
    signed = "|".join(str(part) for part in parts).encode()
    digest = hmac.new(f"paypal {settings.webhook_secret}".encode(), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def verify(call: Call, raw: bytes) -> Object:
    """``POST /v1/notifications/verify-webhook-signature``: the event must be given back as it was sent, to the byte."""
    given, found, event = call.params, *_split(raw)
    if not found:
        raise malformed("MISSING_REQUIRED_PARAMETER", "webhook_event")
    asked = ("transmission_id", "transmission_time", "transmission_sig", "cert_url", "auth_algo", "webhook_id")
    if not all(isinstance(given.get(name), str) for name in asked):
        raise malformed("MISSING_REQUIRED_PARAMETER", "All parts of the signature are needed.")
    right = signature(call.box.settings, given, event)
    is_good = given["webhook_id"] == call.box.settings.paypal_webhook_id
    is_good = is_good and hmac.compare_digest(right.encode(), given["transmission_sig"].encode())
    return {"verification_status": "SUCCESS" if is_good else "FAILURE"}


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """(whether it is there, the event's bytes): the last member of the question."""
    _, found, rest = raw.partition(_EVENT)
    return found, rest.strip()[:-1].strip()
