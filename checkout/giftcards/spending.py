"""What payments do with a card. Each command is one transaction and idempotent by its key.

Amounts are positive `Money` in the card's currency. The card's row is locked while its balance changes, and a
constraint of the database keeps the balance from going below zero should anybody forget to.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from checkout.giftcards import booking, locking, selectors
from checkout.giftcards.booking import BadAmount, KeyReused, NotEnough
from checkout.giftcards.models import GiftCard, GiftCardEntry
from shop.core import db
from shop.core.money import Money

__all__ = ["BadAmount", "KeyReused", "NotEnough", "hold", "refund", "release", "take"]

Kind = GiftCardEntry.Kind


def hold(*, card_id: UUID, payment_id: UUID, amount: Money, document: str, key: str, by: str) -> GiftCardEntry:
    """Set a part of a card aside for a payment: it cannot be spent elsewhere. Raises `NotEnough`, also for a card that
    is over, ended or of another currency."""
    booking.check(amount)
    with transaction.atomic(using=db.DEFAULT):
        card = locking.card(card_id)
        if card is None or card.currency != amount.currency:
            raise NotEnough(Money.zero(amount.currency))
        before = booking.done(card, Kind.HELD, -amount.minor, 0, key)
        if before is None and not selectors.is_valid(card, db.clock()):
            raise NotEnough(Money.zero(amount.currency))
        return before or booking.add(
            card, Kind.HELD, -amount.minor, key=key, by=by, document=document, payment_id=payment_id
        )


def take(*, payment_id: UUID, amount: Money, key: str, by: str) -> GiftCardEntry:
    """Keep what is held for a payment, for good. Raises `NotEnough` beyond what is held."""
    booking.check(amount)
    with transaction.atomic(using=db.DEFAULT):
        card = _card_of(payment_id, amount)
        before = booking.done(card, Kind.TAKEN, 0, amount.minor, key)
        if before is None and amount.minor > selectors.use_of(payment_id).open:
            raise NotEnough(Money(selectors.use_of(payment_id).open, card.currency))
        return before or booking.add(card, Kind.TAKEN, 0, key=key, by=by, payment_id=payment_id, taken=amount.minor)


def release(*, payment_id: UUID, key: str, by: str) -> GiftCardEntry | None:
    """Let go of what is still held for a payment; None when nothing is."""
    with transaction.atomic(using=db.DEFAULT):
        card = locking.card_of(payment_id)
        left = selectors.use_of(payment_id).open if card else 0
        if card is None or not left:
            return None
        _keep_usable(card)
        return booking.add(card, Kind.RELEASED, left, key=key, by=by, payment_id=payment_id)


def refund(*, payment_id: UUID, amount: Money, key: str, by: str) -> GiftCardEntry:
    """Give back what a payment has taken, to the card that it came from. Raises `NotEnough` beyond that."""
    booking.check(amount)
    with transaction.atomic(using=db.DEFAULT):
        card = _card_of(payment_id, amount)
        before = booking.done(card, Kind.REFUNDED, amount.minor, 0, key)
        if before is None and amount.minor > selectors.use_of(payment_id).kept:
            raise NotEnough(Money(selectors.use_of(payment_id).kept, card.currency))
        if before is None:
            _keep_usable(card)
        return before or booking.add(card, Kind.REFUNDED, amount.minor, key=key, by=by, payment_id=payment_id)


def _card_of(payment_id: UUID, amount: Money) -> GiftCard:
    card = locking.card_of(payment_id)
    if card is None or card.currency != amount.currency:
        raise NotEnough(Money.zero(amount.currency))
    return card


def _keep_usable(card: GiftCard) -> None:
    """What comes back to a locked card that is over, or nearly, can be spent for some days more: its holder could not
    have spent it meanwhile."""
    least = db.clock() + timedelta(days=settings.GIFT_CARD_GRACE_DAYS)
    if card.expires_at is not None and card.expires_at < least:
        card.expires_at = least
        GiftCard.objects.filter(pk=card.pk).update(expires_at=least)
