"""The one way to a provider: through its circuit breaker, and never with a transaction open."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from checkout.payments import providers
from checkout.payments.providers import base
from shop.core import db
from shop.resilience import breaker

T = TypeVar("T")


def ask(code: str, question: Callable[[base.Provider], T]) -> T:
    """What the provider `code` answers to `question`.

    Raises `ProviderUnavailable` (also while the circuit is open: nothing was asked then), `ProviderRefused`, and
    `RuntimeError` inside a transaction: a lock must never wait for the network.
    """
    with transaction.atomic(using=db.DEFAULT, durable=True):
        pass
    provider = providers.provider(code)
    try:
        return breaker.call(circuit(code), (base.ProviderUnavailable,), lambda: question(provider))
    except breaker.Open as error:
        raise base.ProviderUnavailable(f"{code} does not answer at present") from error


def circuit(code: str) -> str:
    """The name of the provider's circuit in metrics and logs."""
    return f"payments.{code}"
