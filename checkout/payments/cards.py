"""Saved cards and their providers: what an answer says was kept, and having a provider forget."""

from __future__ import annotations

from uuid import UUID

from checkout.cards import selectors as cards
from checkout.cards import services
from checkout.orders.models import Order
from checkout.payments import calls, providers
from checkout.payments.models import Payment
from checkout.payments.providers import base


def can_save(provider: str) -> bool:
    """Whether the provider keeps cards."""
    return bool(providers.provider(provider).can_save)


def note_saved(*, order: Order, payment: Payment, saved: base.Saved | None) -> None:
    """Remember what the provider kept, in the caller's transaction; only for a customer who asked for it."""
    if saved is None or order.customer_id is None or not payment.is_saving:
        return
    services.keep(
        customer_id=order.customer_id, provider=payment.provider, reference=saved.customer, token=saved.token,
        brand=saved.brand, last4=saved.last4, expires=saved.expires,
    )  # fmt: skip


def forget(*, card_id: UUID) -> None:
    """Have the provider forget a removed card, then delete it. Raises `ProviderUnavailable`: to be called again."""
    card = cards.removed(card_id)
    if card is None:
        return
    calls.ask(card.provider, lambda provider: provider.forget(card.token))
    services.delete_removed(card_id=card_id)
