"""Money that a merchant records: nothing here talks to anybody, and nothing is kept.

What comes in and what is sent back is told by people, as facts; a transfer and cash differ in where the money is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from checkout.payments.providers import base
from shop.core.money import Money


class ByHand:
    """What providers without an outside have in common. ``prefix`` begins all of one's references."""

    prefix: str
    has_hosted_page = False
    can_authorise = False
    can_save = False

    def reference(self, payment_id: UUID | str) -> str:
        """Our own name for a payment: nobody else has one."""
        return f"{self.prefix}{payment_id}"

    def received(self, *, reference: str, key: str, amount: Money, at: datetime) -> base.Fact:
        """Money that came in, as what ``key`` names says (a line of the bank's statement, a receipt); once for it."""
        return base.Fact("captured", f"{self._known(reference)}:{key}", _positive(amount), at)

    def returned(self, *, reference: str, key: str, amount: Money, at: datetime) -> base.Fact:
        """Money that a merchant has given back, for the refund that was asked for with ``key``."""
        return base.Fact("refunded", f"{self._known(reference)}:{key}", _positive(amount), at)

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        return base.Outcome(reference=self.reference(request.payment_id), state="pending")

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> base.Outcome:
        raise base.ProviderRefused("this money cannot be pulled; record it when it has come", "not_supported")

    def refund(self, reference: str, amount: Money, key: str) -> base.Outcome:
        """Asks a merchant to give it back: pending until ``returned`` is recorded."""
        fact = base.Fact("refund_pending", f"{self._known(reference)}:{key}", _positive(amount))
        return base.Outcome(reference=reference, state="processing", facts=(fact,))

    def void(self, reference: str, key: str) -> base.Outcome:
        return base.Outcome(reference=self._known(reference), state="cancelled")

    def fetch(self, reference: str) -> base.Outcome:
        """Knows no more than was recorded, which the caller has: pending, no facts."""
        return base.Outcome(reference=self._known(reference), state="pending")

    def find(self, payment_id: str) -> base.Outcome | None:
        return base.Outcome(reference=self.reference(payment_id), state="pending")

    def list(self, since: datetime, until: datetime) -> Iterable[base.Listed]:
        """People read the bank's statement and count the till: there is no other list to compare with."""
        return ()

    def forget(self, token: str) -> None:
        """Nothing is kept."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
        raise base.BadSignature("what comes by hand sends no webhooks")

    def hosted_session(
        self,
        request: base.ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> base.HostedSession:
        raise base.ProviderRefused("what comes by hand has no payment page", "not_supported")

    def _known(self, reference: str) -> str:
        if not reference.startswith(self.prefix):
            raise base.ProviderRefused(f"{reference!r} does not begin with {self.prefix!r}", "resource_missing")
        return reference


def _positive(amount: Money) -> Money:
    if amount.minor <= 0:
        raise ValueError("an amount of money that moved is positive")
    return amount
