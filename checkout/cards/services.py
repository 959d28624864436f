"""What can be done to saved cards."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from checkout.cards import locking
from checkout.cards.models import SavedCard
from checkout.cards.selectors import NoSuchCard, card_of
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

__all__ = ["NoSuchCard", "delete_removed", "keep", "make_default", "remove", "remove_all"]

MOST = 10  # cards of a customer: whoever tries to keep more is collecting them


def keep(*, customer_id: UUID, provider: str, reference: str, token: str, brand: str, last4: str, expires: str) -> None:
    """Remember a card that `provider` has kept: `reference` is its name of the customer,
    `token` of the card, `expires` "2031-04". Once for a token; a customer's first card is the default one."""
    with transaction.atomic(using=db.DEFAULT):
        locking.cards_of(customer_id)
        mine = SavedCard.objects.filter(customer_id=customer_id, removed_at=None)
        if mine.count() >= MOST:
            return
        made = SavedCard(
            customer_id=customer_id,
            provider=provider,
            reference=reference,
            token=token,
            brand=brand[:40],
            last4=last4[-4:],
            expires=expires[:7],
            is_default=not mine.filter(is_default=True).exists(),
        )
        SavedCard.objects.bulk_create([made], ignore_conflicts=True)


def make_default(*, customer_id: UUID, card_id: UUID, by: str) -> None:
    """Use this card first from now on. Raises `NoSuchCard`."""
    with transaction.atomic(using=db.DEFAULT):
        locking.cards_of(customer_id)
        chosen = card_of(customer_id=customer_id, card_id=card_id)
        SavedCard.objects.filter(customer_id=customer_id, is_default=True).update(is_default=False)
        SavedCard.objects.filter(pk=chosen.pk).update(is_default=True)
        _note("card.default", chosen, by)


def remove(*, customer_id: UUID, card_id: UUID, by: str) -> None:
    """Take the card off the customer's list; a worker has the provider forget it. Raises `NoSuchCard`."""
    with transaction.atomic(using=db.DEFAULT):
        locking.cards_of(customer_id)
        _remove(card_of(customer_id=customer_id, card_id=card_id), by)
        rest = SavedCard.objects.filter(customer_id=customer_id, removed_at=None)
        newest = rest.order_by("-id").first()
        if newest and not rest.filter(is_default=True).exists():
            SavedCard.objects.filter(pk=newest.pk).update(is_default=True)


def remove_all(*, customer_id: UUID, by: str) -> int:
    """Take all of a customer's cards off, as when the person is to be forgotten; returns how many."""
    with transaction.atomic(using=db.DEFAULT):
        found = locking.cards_of(customer_id)
        for card in found:
            _remove(card, by)
        return len(found)


def _remove(card: SavedCard, by: str) -> None:
    SavedCard.objects.filter(pk=card.pk).update(removed_at=Now(), is_default=False)
    _note("card.remove", card, by)
    bus.publish(types.CardRemoved(card_id=card.pk), using=db.DEFAULT)


def delete_removed(*, card_id: UUID) -> None:
    """Forget a removed card here as well, after its provider has."""
    SavedCard.objects.filter(pk=card_id).exclude(removed_at=None).delete()


def _note(action: str, card: SavedCard, by: str) -> None:
    audit.record(
        action=action, by=by, object_type="customer", object_id=card.customer_id,
        changes={"card": str(card.pk)}, using=db.DEFAULT,
    )  # fmt: skip
