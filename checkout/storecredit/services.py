"""What can be done to an account of store credit. Each command is one transaction and idempotent by its key.

Amounts are positive `Money` in the account's currency. The account's row is locked while its balance changes, and a
constraint of the database keeps the balance from going below zero should anybody forget to.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from checkout.ledger import rules as accounts
from checkout.ledger import services as ledger
from checkout.storecredit import locking, selectors
from checkout.storecredit.models import CreditAccount, CreditEntry
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money

Kind = CreditEntry.Kind


class NotEnough(Exception):
    """There is less on the account, or in the payment's use of it, than was asked for. `left` says how much."""

    def __init__(self, left: Money) -> None:
        super().__init__(f"{left} left")
        self.left = left


class BadAmount(ValueError):
    """Not a positive amount."""


class KeyReused(ValueError):
    """This key was used before for another amount or kind of entry."""


def grant(
    *, customer_id: UUID, amount: Money, reason: str, key: str, by: str, document: str = "",
    against: str = accounts.CREDIT_GIVEN,
) -> CreditEntry:  # fmt: skip
    """Give a customer credit; the account is opened by its first grant. `reason` is read by the customer.

    `against` is the ledger's account that it comes from.
    """
    _check(amount)
    with transaction.atomic(using=db.DEFAULT):
        CreditAccount.objects.bulk_create(
            [CreditAccount(customer_id=customer_id, currency=amount.currency)], ignore_conflicts=True
        )
        account = _locked(customer_id, amount)
        return _add(
            account, Kind.GRANTED, amount.minor, against=against, key=key, by=by, reason=reason, document=document
        )


def withdraw(*, customer_id: UUID, amount: Money, reason: str, key: str, by: str, document: str = "") -> CreditEntry:
    """Take credit back that was given by mistake. Raises `NotEnough`."""
    _check(amount)
    with transaction.atomic(using=db.DEFAULT):
        account = _locked(customer_id, amount)
        return _add(
            account, Kind.WITHDRAWN, -amount.minor, against=accounts.CREDIT_GIVEN,
            key=key, by=by, reason=reason, document=document,
        )  # fmt: skip


def hold(*, customer_id: UUID, payment_id: UUID, amount: Money, document: str, key: str, by: str) -> CreditEntry:
    """Set credit aside for a payment: it cannot be spent elsewhere. Raises `NotEnough`."""
    _check(amount)
    with transaction.atomic(using=db.DEFAULT):
        account = _locked(customer_id, amount)
        return _add(account, Kind.HELD, -amount.minor, key=key, by=by, document=document, payment_id=payment_id)


def take(*, payment_id: UUID, amount: Money, key: str, by: str) -> CreditEntry:
    """Keep what is held for a payment, for good. Raises `NotEnough` beyond what is held."""
    _check(amount)
    with transaction.atomic(using=db.DEFAULT):
        account = _account_of(payment_id, amount)
        done = _done(account, Kind.TAKEN, 0, amount.minor, key)
        if done is None and amount.minor > selectors.use_of(payment_id).open:
            raise NotEnough(Money(selectors.use_of(payment_id).open, account.currency))
        return done or _add(account, Kind.TAKEN, 0, key=key, by=by, payment_id=payment_id, taken=amount.minor)


def release(*, payment_id: UUID, key: str, by: str) -> CreditEntry | None:
    """Let go of what is still held for a payment; None when nothing is."""
    with transaction.atomic(using=db.DEFAULT):
        account = locking.account_of(payment_id)
        left = selectors.use_of(payment_id).open if account else 0
        if account is None or not left:
            return None
        return _add(account, Kind.RELEASED, left, key=key, by=by, payment_id=payment_id, reason="")


def refund(*, payment_id: UUID, amount: Money, key: str, by: str) -> CreditEntry:
    """Give back what a payment has taken. Raises `NotEnough` beyond that."""
    _check(amount)
    with transaction.atomic(using=db.DEFAULT):
        account = _account_of(payment_id, amount)
        done = _done(account, Kind.REFUNDED, amount.minor, 0, key)
        if done is None and amount.minor > selectors.use_of(payment_id).kept:
            raise NotEnough(Money(selectors.use_of(payment_id).kept, account.currency))
        return done or _add(account, Kind.REFUNDED, amount.minor, key=key, by=by, payment_id=payment_id)


def _check(amount: Money) -> None:
    if amount.minor <= 0:
        raise BadAmount(f"{amount} is not positive")


def _locked(customer_id: UUID, amount: Money) -> CreditAccount:
    account = locking.account(customer_id, amount.currency)
    if account is None:
        raise NotEnough(Money.zero(amount.currency))
    return account


def _account_of(payment_id: UUID, amount: Money) -> CreditAccount:
    account = locking.account_of(payment_id)
    if account is None or account.currency != amount.currency:
        raise NotEnough(Money.zero(amount.currency))
    return account


def _done(account: CreditAccount, kind: str, change: int, taken: int, key: str) -> CreditEntry | None:
    """The entry that was made under this key before; None if there is none. Raises `KeyReused`."""
    found = CreditEntry.objects.filter(account=account, key=key).first()
    if found is None:
        return None
    if (found.kind, found.amount_minor, found.taken_minor) != (kind, change, taken):
        raise KeyReused(key)
    return found


def _add(
    account: CreditAccount, kind: str, change: int, *, key: str, by: str, taken: int = 0,
    against: str = accounts.CREDIT_CLEARING, **about: object,
) -> CreditEntry:  # fmt: skip
    """One more entry, posted in the ledger, and the balance it leads to; the same one again for a key that was used.

    `account` is locked; `against` is the ledger's account on the other side.
    """
    done = _done(account, kind, change, taken, key)
    if done is not None:
        return done
    balance = account.balance_minor + change
    if balance < 0:
        raise NotEnough(account.balance)
    entry = CreditEntry.objects.create(
        account=account, kind=kind, amount_minor=change, taken_minor=taken, balance_minor=balance, actor=by, key=key,
        **about,
    )  # fmt: skip
    CreditAccount.objects.filter(pk=account.pk).update(balance_minor=balance, updated_at=Now())
    account.balance_minor = balance
    if change:
        ledger.post_credit(entry_id=entry.pk, change=change, currency=account.currency, against=against)
    audit.record(
        action=f"credit.{kind}", by=by, object_type="credit_account", object_id=account.pk,
        changes={"amount_minor": change or taken, "entry": str(entry.pk)}, using=db.DEFAULT,
    )  # fmt: skip
    return entry
