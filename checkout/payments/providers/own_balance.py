"""Money that the shop itself owes as a provider: store credit and gift cards. Its entries are what it says.

Nothing here uses the network. A charge that only holds sets a part of the balance aside; it is taken by `capture` or
let go by `void`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from checkout.payments.providers import base
from checkout.storecredit import rules
from shop.core.money import Money

BY = "system"
_KINDS: Mapping[str, base.FactKind] = {
    "held": "authorised",
    "taken": "captured",
    "released": "voided",
    "refunded": "refunded",
}


class Entry(Protocol):
    """What this needs to know of an entry."""

    kind: str
    key: str
    amount_minor: int
    taken_minor: int
    at: datetime

    @property
    def currency(self) -> str: ...


class OwnBalance:
    """``base.Provider`` over the entries of a component. `services` has take, release and refund, and their
    exceptions; `selectors` entries_of, use_of and payments_between."""

    code = ""
    label = ""
    prefix = ""
    decline_code = ""
    services: Any
    selectors: Any
    reservation_ttl = timedelta(minutes=15)
    has_hosted_page = False
    can_authorise = True
    can_save = False

    def set_aside(self, request: base.ChargeRequest) -> None:
        """Hold what is asked for, once for its key. Raises `services.NotEnough`, `KeyReused`, `BadAmount`."""
        raise NotImplementedError

    def why_not(self, request: base.ChargeRequest) -> str:
        """Why this cannot be asked for at all, for the shopper; empty if it can."""
        raise NotImplementedError

    def not_enough(self) -> str:
        """What the shopper reads when there is less than is asked for."""
        raise NotImplementedError

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        reference = self.prefix + request.payment_id
        if why := self.why_not(request):
            return self._declined(reference, why)
        payment_id, key = UUID(request.payment_id), request.idempotency_key
        try:
            self.set_aside(request)
            if request.capture:
                self.services.take(payment_id=payment_id, amount=request.amount, key=f"{key}:take", by=BY)
        except self.services.NotEnough:
            if not self.selectors.use_of(payment_id).held:
                return self._declined(reference, self.not_enough())
        except (self.services.KeyReused, self.services.BadAmount) as error:
            raise base.ProviderRefused(str(error), "idempotency_error") from error
        return self.fetch(reference)

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> base.Outcome:
        payment_id = self._known(reference)
        self._move(lambda: self.services.take(payment_id=payment_id, amount=amount, key=key, by=BY))
        if is_final:
            self.services.release(payment_id=payment_id, key=f"{key}:rest", by=BY)
        return self.fetch(reference)

    def refund(self, reference: str, amount: Money, key: str) -> base.Outcome:
        payment_id = self._known(reference)
        self._move(lambda: self.services.refund(payment_id=payment_id, amount=amount, key=key, by=BY))
        fact = base.Fact("refunded", f"{reference}:{key}", amount)
        return base.Outcome(reference=reference, state="succeeded", facts=(fact,))

    def void(self, reference: str, key: str) -> base.Outcome:
        self.services.release(payment_id=self._known(reference), key=key, by=BY)
        return self.fetch(reference)

    def fetch(self, reference: str) -> base.Outcome:
        entries = self.selectors.entries_of(self._known(reference))
        return base.Outcome(reference=reference, state=_state(entries), facts=tuple(_facts(reference, entries)))

    def find(self, payment_id: str) -> base.Outcome | None:
        try:
            return self.fetch(self.prefix + payment_id)
        except base.ProviderRefused:
            return None

    def list(self, since: datetime, until: datetime) -> Iterable[base.Listed]:
        for payment_id, at in self.selectors.payments_between(since, until):
            yield base.Listed(str(payment_id), at, self.fetch(f"{self.prefix}{payment_id}"))

    def forget(self, token: str) -> None:
        """Nothing is kept."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
        raise base.BadSignature(f"{self.code} sends no webhooks")

    def hosted_session(
        self,
        request: base.ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> base.HostedSession:
        raise base.ProviderRefused(f"{self.code} has no payment page", "not_supported")

    def _declined(self, reference: str, message: str) -> base.Outcome:
        return base.Outcome(
            reference=reference, state="declined", decline_code=self.decline_code, message=message, retryable=True
        )

    def _known(self, reference: str) -> UUID:
        """The payment that a reference names, if it ever held anything. Raises ``ProviderRefused``."""
        unknown = base.ProviderRefused(f"{reference!r} is not known to {self.code}", "resource_missing")
        try:
            payment_id = UUID(reference.removeprefix(self.prefix))
        except ValueError:
            raise unknown from None
        if not reference.startswith(self.prefix) or not self.selectors.use_of(payment_id).held:
            raise unknown
        return payment_id

    def _move(self, command: Callable[[], object]) -> None:
        try:
            command()
        except self.services.NotEnough as error:
            raise base.ProviderRefused(str(error), "amount_too_large") from error
        except (self.services.KeyReused, self.services.BadAmount) as error:
            raise base.ProviderRefused(str(error), "idempotency_error") from error


def _facts(reference: str, entries: Sequence[Entry]) -> Iterator[base.Fact]:
    for entry in entries:
        minor = entry.taken_minor or abs(entry.amount_minor)
        name = reference if entry.kind == "held" else f"{reference}:{entry.key}"
        yield base.Fact(_KINDS[entry.kind], name, Money(minor, entry.currency), entry.at)


def _state(entries: Sequence[Entry]) -> base.State:
    use = rules.use((entry.kind, entry.amount_minor, entry.taken_minor) for entry in entries)
    if use.taken:
        return "succeeded"
    return "authorised" if use.open else "cancelled"
