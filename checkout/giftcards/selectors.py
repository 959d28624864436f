"""Reads of gift cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from checkout.giftcards import rules
from checkout.giftcards.models import GiftCard, GiftCardEntry
from checkout.storecredit import rules as uses
from shop.core import crypto, db
from shop.core.money import Money
from shop.currencies import selectors as currencies

PURPOSE = "gift card code"  # of the digests that codes are found by
_SHOWN = 200  # entries of a card's page


@dataclass(frozen=True, slots=True)
class Card:
    """A card as whoever has its code may see it. `is_valid`: it is neither ended nor over nor `is_blocked`, as its unit
    is being returned, whatever is left on it."""

    id: UUID
    last4: str
    balance: Money
    expires_at: datetime | None
    is_valid: bool
    is_expired: bool
    is_blocked: bool


def largest(currency: str) -> Money:
    """The most that staff may put on one card."""
    return currencies.limit(settings.GIFT_CARD_LARGEST, currency)


def with_code(text: str) -> Card | None:
    """The card that somebody typed the code of; None for an unknown one, and for one that staff have ended. The same
    query whatever was typed."""
    code = rules.read(text)
    digests = crypto.digests(code or "", purpose=PURPOSE)
    row = GiftCard.objects.filter(code_digest__in=digests, is_active=True).first()
    return _card(row, db.clock()) if row and code else None


def usable(card_ids: Iterable[UUID], currency: str) -> list[Card]:
    """Those of the cards that something in this currency can be paid with, as `named`."""
    return [one for one in named(card_ids) if one.is_valid and one.balance.currency == currency and one.balance.minor]


def named(card_ids: Iterable[UUID]) -> list[Card]:
    """These cards, in the order of `card_ids`. One query and one for the time; none without cards."""
    wanted = list(dict.fromkeys(card_ids))[: rules.MOST_CARDS]
    if not wanted:
        return []
    rows = GiftCard.objects.filter(pk__in=wanted)
    now = db.clock()
    found = {row.pk: _card(row, now) for row in rows}
    return [found[key] for key in wanted if key in found]


def is_valid(card: GiftCard, now: datetime) -> bool:
    """Whether it can be spent at this moment, if there is anything on it."""
    return card.is_active and card.blocked_for is None and not (card.expires_at and card.expires_at <= now)


def _card(row: GiftCard, now: datetime) -> Card:
    is_expired = row.expires_at is not None and row.expires_at <= now
    is_blocked = row.blocked_for is not None
    return Card(row.pk, row.last4, row.balance, row.expires_at, is_valid(row, now), is_expired, is_blocked)


def entries_of(payment_id: UUID) -> list[GiftCardEntry]:
    """What a payment did, oldest first, with the card."""
    return list(GiftCardEntry.objects.filter(payment_id=payment_id).select_related("card").order_by("id"))


def is_ended(payment_id: UUID) -> bool:
    """Whether staff have ended the card that a payment was made with: nobody can spend what comes back to it."""
    return GiftCardEntry.objects.filter(payment_id=payment_id, card__is_active=False).exists()


def history(card_id: UUID) -> list[GiftCardEntry]:
    """What came and went on a card, newest first."""
    rows = GiftCardEntry.objects.filter(card_id=card_id).select_related("card")
    return list(rows.order_by("-id")[:_SHOWN])


def use_of(payment_id: UUID) -> uses.Use:
    """The sums of what a payment did."""
    rows = GiftCardEntry.objects.filter(payment_id=payment_id)
    return uses.use(rows.values_list("kind", "amount_minor", "taken_minor"))


def payments_between(since: datetime, until: datetime) -> Sequence[tuple[UUID, datetime]]:
    """Payments whose hold was made in [since, until), oldest first."""
    rows = GiftCardEntry.objects.filter(kind=GiftCardEntry.Kind.HELD, at__gte=since, at__lt=until).order_by("id")
    return [(payment_id, at) for payment_id, at in rows.values_list("payment_id", "at") if payment_id is not None]


def last4_of(card_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the codes of cards end in. One query."""
    return dict(GiftCard.objects.filter(pk__in=list(card_ids)).values_list("pk", "last4"))


def bought_with(order_id: UUID) -> list[GiftCard]:
    """The cards that an order paid for, oldest first."""
    return list(GiftCard.objects.filter(order_id=order_id).order_by("pk"))
