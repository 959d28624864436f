"""What every part of the sandbox shares: settings, memory, faults, and a call under way."""

import json
from dataclasses import dataclass, field
from typing import Any

from checkout.payments.sandbox import faults as faults_
from checkout.payments.sandbox.store import Object, Store, new_id, now

API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True)
class Settings:
    """``shop_origins``: who may call from a browser. ``webhook_url``, ``paypal_webhook_url``: empty, no messages."""

    secret_key: str = "sk_test_sandbox"  # noqa: S105 - opens nothing
    publishable_key: str = "pk_test_sandbox"
    webhook_secret: str = "whsec_sandbox"  # noqa: S105 - opens nothing
    webhook_url: str = ""
    paypal_client_id: str = "paypal_sandbox_client"
    paypal_client_secret: str = "paypal_sandbox_secret"  # noqa: S105 - opens nothing
    paypal_webhook_id: str = "WH-SANDBOX"
    paypal_webhook_url: str = ""
    shop_origins: tuple[str, ...] = ()
    public_url: str = ""


@dataclass
class Box:
    settings: Settings
    store: Store
    faults: faults_.Faults = field(default_factory=faults_.Faults)


@dataclass
class Call:
    """One request to the API, inside one transaction of the store."""

    box: Box
    params: dict[str, Any]
    origin: str
    key: str | None = None  # the idempotency key

    @property
    def store(self) -> Store:
        return self.box.store

    def emit(self, type: str, thing: Object) -> None:
        """Tell the shop: an event, and its delivery unless webhooks are switched off."""
        event: Object = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now(),
            "data": {"object": public(thing)},
            "livemode": False,
            "pending_webhooks": 1 if self.box.settings.webhook_url else 0,
            "request": {"id": new_id("req"), "idempotency_key": self.key},
            "type": type,
        }
        self.store.put(event)
        if self.box.settings.webhook_url and not self.box.faults.webhooks.off:
            self.store.queue(event["id"])


def public(thing: Any) -> Any:
    """Without the sandbox's own notes (names that begin with an underscore)."""
    if isinstance(thing, dict):
        return {name: public(value) for name, value in thing.items() if not name.startswith("_")}
    if isinstance(thing, list):
        return [public(value) for value in thing]
    return thing


def listing(things: list[Object], url: str, *, more: bool = False, kind: str = "list") -> Object:
    return {"object": kind, "data": things, "has_more": more, "url": url}


def compact(thing: Any) -> str:
    return json.dumps(thing, separators=(",", ":"))
