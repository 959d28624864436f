"""What staff and paid orders do to gift cards. Each command is one transaction and may be called twice.

Amounts are positive `Money`. A card's row is locked while its balance changes (`booking`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from checkout.giftcards import booking, emails, locking, rules, selectors
from checkout.giftcards.booking import BadAmount, KeyReused, NotEnough
from checkout.giftcards.models import GiftCard, GiftCardBatch, GiftCardEntry
from checkout.ledger import rules as accounts
from checkout.ledger import services as ledger
from shop.audit import services as audit
from shop.core import crypto, db
from shop.core.money import Money
from shop.events import bus, types

__all__ = [
    "BadAmount", "KeyReused", "NotEnough", "add", "end", "expire", "issue", "issue_batch", "readdress", "send_again",
    "send_due", "withdraw",
]  # fmt: skip

Kind = GiftCardEntry.Kind


def issue(
    *, card_id: UUID, amount: Money, by: str, recipient: str = "", language: str = "",
    expires_at: datetime | None = None, reason: str = "", document: str = "",
    against: str = accounts.GIFT_CARDS_GIVEN, **about: object,
) -> GiftCard:  # fmt: skip
    """Issue the card `card_id`, once, and mail its code to `recipient` if there is one. Raises `BadAmount` for what is
    not positive, or more than staff may put on a card; `KeyReused` if that card was issued with another amount.

    `against` is the ledger's account that its money comes from: what was sold is issued, whatever it cost; `about` are
    more of its fields: with `send_on` it is mailed on that day.
    """
    if against == accounts.GIFT_CARDS_SOLD:
        booking.check(amount)
    else:
        _check(amount)
    with transaction.atomic(using=db.DEFAULT):
        code = rules.new_code()
        card, is_new = GiftCard.objects.get_or_create(
            pk=card_id,
            defaults={
                **_coded(code), "currency": amount.currency, "initial_minor": amount.minor, "recipient": recipient,
                "language": language or settings.LANGUAGE_CODE, "expires_at": expires_at, **about,
            },
        )  # fmt: skip
        if not is_new:
            if card.initial != amount:
                raise KeyReused(str(card_id))
            return card
        booking.add(
            card, Kind.ISSUED, amount.minor, key="issue", by=by, against=against, reason=reason, document=document
        )
        if recipient and not (card.send_on and card.send_on > db.clock().date()):
            _mail(card)
        return card


def _mail(card: GiftCard) -> None:
    """Send a card to its recipient, and tell who bought it for somebody else. Once each, by their keys."""
    _note_mailed(card)
    emails.gift_card(card)
    if card.sender and card.sender != card.recipient:
        emails.gift_card_sent(card)


def _note_mailed(card: GiftCard) -> None:
    is_first = card.mailed_at is None
    GiftCard.objects.filter(pk=card.pk).update(mailed_at=Now())
    if is_first and card.order_id:
        bus.publish(types.GiftCardSent(order_id=card.order_id, card_id=card.pk), using=db.DEFAULT)


def send_due(*, limit: int = 1000) -> int:
    """Send the cards whose day has come, by the database's clock in UTC; returns how many. Those that were ended or
    taken back meanwhile are not sent, those that a return has wait until that is decided."""
    due = GiftCard.objects.filter(send_on__lte=db.clock().date(), mailed_at=None, is_active=True, blocked_for=None)
    ids = due.order_by("send_on", "pk").values_list("pk", flat=True)[:limit]
    return sum(_send_due(card_id) for card_id in list(ids))


def _send_due(card_id: UUID) -> bool:
    with transaction.atomic(using=db.DEFAULT):
        card = locking.card(card_id)
        if card is None or card.mailed_at or not card.is_active or card.blocked_for:
            return False
        _mail(card)
        return True


def readdress(*, card_id: UUID, recipient: str, by: str) -> bool:
    """Have a card sent to another address from now on; it is not sent by that. False if that is its address."""
    with transaction.atomic(using=db.DEFAULT):
        card = locking.card(card_id)
        if card is None or card.recipient == recipient:
            return False
        GiftCard.objects.filter(pk=card_id).update(recipient=recipient, updated_at=Now())
        audit.record(action="giftcard.readdress", by=by, object_type="gift_card", object_id=card_id, using=db.DEFAULT)
        return True


def issue_batch(
    *, batch_id: UUID, name: str, count: int, amount: Money, by: str, expires_at: datetime | None = None
) -> GiftCardBatch:
    """Issue `count` cards of the same amount for staff, once for this `batch_id`. Raises `BadAmount`, `KeyReused`."""
    _check(amount)
    if not 1 <= count <= rules.MOST_IN_BATCH:
        raise BadAmount(f"{count} cards")
    with transaction.atomic(using=db.DEFAULT):
        batch, is_new = GiftCardBatch.objects.get_or_create(
            pk=batch_id,
            defaults={
                "name": name, "count": count, "amount_minor": amount.minor, "currency": amount.currency,
                "expires_at": expires_at, "actor": by,
            },
        )  # fmt: skip
        if is_new:
            _fill(batch, by)
        elif (batch.count, batch.amount) != (count, amount):
            raise KeyReused(str(batch_id))
        return batch


def _fill(batch: GiftCardBatch, by: str) -> None:
    keys = sorted(db.uuid7() for _ in range(batch.count * 2))
    minor = batch.amount_minor
    cards = [
        GiftCard(
            id=key, **_coded(rules.new_code()), currency=batch.currency, initial_minor=minor, balance_minor=minor,
            expires_at=batch.expires_at, language=settings.LANGUAGE_CODE, batch=batch,
        )
        for key in keys[: batch.count]
    ]  # fmt: skip
    entries = [
        GiftCardEntry(
            id=key, card=card, kind=Kind.ISSUED, amount_minor=minor, balance_minor=minor, reason=batch.name, actor=by,
            key="issue",
        )
        for key, card in zip(keys[batch.count :], cards, strict=True)
    ]  # fmt: skip
    GiftCard.objects.bulk_create(cards, batch_size=1000)
    GiftCardEntry.objects.bulk_create(entries, batch_size=1000)
    ledger.post_credits(
        {entry.pk: minor for entry in entries}, currency=batch.currency, against=accounts.GIFT_CARDS_GIVEN,
        owed=accounts.GIFT_CARDS,
    )  # fmt: skip
    audit.record(
        action="giftcard.batch", by=by, object_type="gift_card_batch", object_id=batch.pk,
        changes={"count": batch.count, "amount_minor": minor}, using=db.DEFAULT,
    )  # fmt: skip


def codes(*, batch_id: UUID, by: str) -> list[tuple[str, GiftCard]] | None:
    """The codes of a batch with their cards, the first time they are asked for; None afterwards. Audited."""
    with transaction.atomic(using=db.DEFAULT):
        if not GiftCardBatch.objects.filter(pk=batch_id, shown_at__isnull=True).update(shown_at=Now()):
            return None
        audit.record(
            action="giftcard.codes_shown", by=by, object_type="gift_card_batch", object_id=batch_id, using=db.DEFAULT
        )
        cards = GiftCard.objects.filter(batch_id=batch_id).order_by("pk")
        return [(rules.grouped(card.code), card) for card in cards]


def add(*, card_id: UUID, amount: Money, reason: str, key: str, by: str) -> GiftCardEntry:
    """Staff put more on a card. Raises `BadAmount`, `KeyReused`, and `NotEnough` for a card of another currency."""
    _check(amount)
    with transaction.atomic(using=db.DEFAULT):
        card = _locked(card_id, amount)
        before = booking.done(card, Kind.ADDED, amount.minor, 0, key)
        if before is None:
            _check(card.balance + amount)
        return before or booking.add(
            card, Kind.ADDED, amount.minor, against=accounts.GIFT_CARDS_GIVEN, key=key, by=by, reason=reason
        )


def withdraw(*, card_id: UUID, amount: Money, reason: str, key: str, by: str) -> GiftCardEntry:
    """Staff take something off a card. Raises `NotEnough`, `BadAmount`, `KeyReused`."""
    booking.check(amount)
    with transaction.atomic(using=db.DEFAULT):
        return booking.add(
            _locked(card_id, amount), Kind.WITHDRAWN, -amount.minor, against=accounts.GIFT_CARDS_GIVEN,
            key=key, by=by, reason=reason,
        )  # fmt: skip


def end(*, card_id: UUID, by: str, is_active: bool = False) -> None:
    """Nobody can spend the card any more, what is left stays on it; or (`is_active`) it can be spent again."""
    with transaction.atomic(using=db.DEFAULT):
        changed = GiftCard.objects.filter(pk=card_id, is_active=not is_active)
        if changed.update(is_active=is_active, updated_at=Now()):
            audit.record(
                action="giftcard.reopen" if is_active else "giftcard.end", by=by, object_type="gift_card",
                object_id=card_id, using=db.DEFAULT,
            )  # fmt: skip


def send_again(*, card_id: UUID, by: str) -> bool:
    """Mail the code to the card's recipient once more, or before its day; at most once an hour for an address."""
    with transaction.atomic(using=db.DEFAULT):
        card = locking.card(card_id)
        if card is None or not card.recipient:
            return False
        is_new = emails.gift_card(card, key=f"{db.clock():%Y%m%d%H}:{emails.short(card.recipient)}")
        if is_new:
            _note_mailed(card)
            audit.record(action="giftcard.mail", by=by, object_type="gift_card", object_id=card_id, using=db.DEFAULT)
        return is_new


def expire(*, limit: int = 1000) -> int:
    """Take what is left off the cards that are over; returns how many. What is held for an order stays held, and what
    is blocked for a return stays until that is decided."""
    over = Q(expires_at__lte=Now(), balance_minor__gt=0, blocked_for=None)
    ids = GiftCard.objects.filter(over).order_by("expires_at").values_list("pk", flat=True)[:limit]
    return sum(_expire(card_id) for card_id in list(ids))


def _expire(card_id: UUID) -> bool:
    with transaction.atomic(using=db.DEFAULT):
        card = locking.card(card_id)
        if card is None or not card.balance_minor or card.blocked_for:
            return False
        if card.expires_at is None or card.expires_at > db.clock():
            return False
        booking.add(
            card, Kind.EXPIRED, -card.balance_minor, against=accounts.GIFT_CARDS_EXPIRED,
            key=f"expire:{db.uuid7()}", by="system",
        )  # fmt: skip
        return True


def redigest() -> int:
    """Bring the digests that codes are found by under the newest key; returns how many were. For `rotate_keys`."""
    turned = 0
    for card in GiftCard.objects.order_by("pk").iterator(chunk_size=500):
        digest = crypto.digests(card.code, purpose=selectors.PURPOSE)[0]
        if card.code_digest != digest:
            turned += GiftCard.objects.filter(pk=card.pk).update(code_digest=digest)
    return turned


def _coded(code: str) -> dict[str, str]:
    digest = crypto.digests(code, purpose=selectors.PURPOSE)[0]
    return {"code": code, "code_digest": digest, "last4": code[-rules.GROUP :]}


def _check(amount: Money) -> None:
    booking.check(amount)
    if amount > selectors.largest(amount.currency):
        raise BadAmount(f"{amount} is more than a card may hold")


def _locked(card_id: UUID, amount: Money) -> GiftCard:
    card = locking.card(card_id)
    if card is None or card.currency != amount.currency:
        raise NotEnough(Money.zero(amount.currency))
    return card
