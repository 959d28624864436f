"""The one way to a provider: through its circuit breaker, and never with a transaction open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import transaction

from checkout.payments import providers
from checkout.payments.providers import base
from shop.core import db
from shop.resilience import breaker

T = TypeVar("T")


def ask(code: str, question: Callable[[base.Provider], T]) -> T:
    """What the provider `code` answers to `question`.

    Raises `ProviderUnavailable` (as `NotAsked` while the circuit is open), `ProviderRefused`, and `RuntimeError`
    inside a transaction: a lock must never wait for the network.
    """
    return _through(circuit(code), code, question)


def heard(code: str, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
    """What a message says that came in the name of provider `code`, verified. Some providers must be asked for that.

    Through a circuit of its own: forged messages must not stop payments, nor a stopped provider our ears. Raises
    `BadSignature`, `ProviderUnavailable`, and `RuntimeError` inside a transaction.
    """
    return _through(f"{circuit(code)}.webhooks", code, lambda provider: provider.parse_webhook(body, headers))


def _through(name: str, code: str, question: Callable[[base.Provider], T]) -> T:
    with transaction.atomic(using=db.DEFAULT, durable=True):
        pass
    provider = providers.provider(code)
    try:
        return breaker.call(name, (base.ProviderUnavailable,), lambda: question(provider))
    except breaker.Open as error:
        raise base.NotAsked(f"{code} does not answer at present") from error


def circuit(code: str) -> str:
    """The name of the provider's circuit in metrics and logs."""
    return f"payments.{code}"
