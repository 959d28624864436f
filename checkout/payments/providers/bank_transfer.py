"""Bank transfer: the shopper sends the money himself, naming the order; a merchant records its coming.

Nothing here talks to anybody: the bank statement is the outside, and the merchant reads it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.utils.translation import gettext_lazy

from checkout.payments.providers import base
from shop.core.money import Money

_PREFIX = "bt_"


def from_settings() -> "BankTransfer":
    """The provider with the shop's account: ``settings.BANK_TRANSFER`` (words to show, by name)."""
    return BankTransfer(account=settings.BANK_TRANSFER)


def received(*, reference: str, statement_id: str, amount: Money, at: datetime) -> base.Fact:
    """Money that came in, as one line of the bank statement says; the same line is the same fact."""
    _known(reference)
    return base.Fact("captured", f"{reference}:{statement_id}", _positive(amount), at)


def returned(*, reference: str, key: str, amount: Money, at: datetime) -> base.Fact:
    """Money that a merchant has sent back, for the refund that was asked for with ``key``."""
    _known(reference)
    return base.Fact("refunded", f"{reference}:{key}", _positive(amount), at)


class BankTransfer:
    """``base.Provider`` without a network: it gives instructions and waits."""

    code = "bank_transfer"
    label = cast(str, gettext_lazy("Bank transfer"))
    reservation_ttl = timedelta(days=5)
    has_hosted_page = False
    can_authorise = False
    can_save = False

    def __init__(self, *, account: Mapping[str, str]) -> None:
        self._account = account

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        return base.Outcome(
            reference=_PREFIX + request.payment_id,
            state="pending",
            instructions={**self._account, "reference": request.order_number, "amount": request.amount.format()},
        )

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> base.Outcome:
        raise base.ProviderRefused("a transfer cannot be pulled; record it when it has come", "not_supported")

    def refund(self, reference: str, amount: Money, key: str) -> base.Outcome:
        """Asks a merchant to send it: pending until ``returned`` is recorded."""
        _known(reference)
        return base.Outcome(
            reference=reference,
            state="processing",
            facts=(base.Fact("refund_pending", f"{reference}:{key}", _positive(amount)),),
        )

    def void(self, reference: str, key: str) -> base.Outcome:
        return base.Outcome(reference=_known(reference), state="cancelled")

    def fetch(self, reference: str) -> base.Outcome:
        """Knows no more than was recorded, which the caller has: pending, no facts."""
        return base.Outcome(reference=_known(reference), state="pending")

    def find(self, payment_id: str) -> base.Outcome | None:
        return base.Outcome(reference=_PREFIX + payment_id, state="pending")

    def list(self, since: datetime, until: datetime) -> Iterable[base.Listed]:
        """The bank's statement is read by a merchant: there is no other list to compare with."""
        return ()

    def forget(self, token: str) -> None:
        """Nothing is kept."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
        raise base.BadSignature("bank transfers send no webhooks")

    def hosted_session(
        self,
        request: base.ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> base.HostedSession:
        raise base.ProviderRefused("a transfer has no payment page", "not_supported")


def _known(reference: str) -> str:
    if not reference.startswith(_PREFIX):
        raise base.ProviderRefused(f"{reference!r} is not a bank transfer", "resource_missing")
    return reference


def _positive(amount: Money) -> Money:
    if amount.minor <= 0:
        raise ValueError("an amount of money that moved is positive")
    return amount
