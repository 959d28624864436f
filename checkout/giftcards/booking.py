"""One more entry of a card: the balance that it leads to, its row in the ledger, its line in the audit log."""

from __future__ import annotations

from django.db.models.functions import Now

from checkout.giftcards.models import GiftCard, GiftCardEntry
from checkout.ledger import rules as accounts
from checkout.ledger import services as ledger
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money


class NotEnough(Exception):
    """There is less on the card, or in the payment's use of it, than was asked for. `left` says how much."""

    def __init__(self, left: Money) -> None:
        super().__init__(f"{left} left")
        self.left = left


class BadAmount(ValueError):
    """Not a positive amount."""


class KeyReused(ValueError):
    """This key was used before for another amount or kind of entry."""


def check(amount: Money) -> None:
    """Raises `BadAmount`."""
    if amount.minor <= 0:
        raise BadAmount(f"{amount} is not positive")


def done(card: GiftCard, kind: str, change: int, taken: int, key: str) -> GiftCardEntry | None:
    """The entry that was made under this key before; None if there is none. Raises `KeyReused`."""
    found = GiftCardEntry.objects.filter(card=card, key=key).first()
    if found is None:
        return None
    if (found.kind, found.amount_minor, found.taken_minor) != (kind, change, taken):
        raise KeyReused(key)
    return found


def add(
    card: GiftCard, kind: str, change: int, *, key: str, by: str, taken: int = 0,
    against: str = accounts.GIFT_CLEARING, **about: object,
) -> GiftCardEntry:  # fmt: skip
    """One more entry of a card that is locked; the same one again for a key that was used.

    `change` in minor units, signed as its holder sees it; `against` is the ledger's account on the other side. Raises
    `NotEnough`, `KeyReused`.
    """
    before = done(card, kind, change, taken, key)
    if before is not None:
        return before
    balance = card.balance_minor + change
    if balance < 0:
        raise NotEnough(card.balance)
    entry = GiftCardEntry.objects.create(
        card=card, kind=kind, amount_minor=change, taken_minor=taken, balance_minor=balance, actor=by, key=key, **about
    )
    GiftCard.objects.filter(pk=card.pk).update(balance_minor=balance, updated_at=Now())
    card.balance_minor = balance
    if change:
        ledger.post_credit(
            entry_id=entry.pk, change=change, currency=card.currency, against=against, owed=accounts.GIFT_CARDS
        )
    audit.record(
        action=f"giftcard.{kind}", by=by, object_type="gift_card", object_id=card.pk,
        changes={"amount_minor": change or taken, "entry": str(entry.pk)}, using=db.DEFAULT,
    )  # fmt: skip
    return entry
