"""Store credit as a provider: the customer's account is the outside, and its entries are what it says.

Nothing here uses the network. A charge that only holds sets credit aside; it is taken by `capture` or let go by `void`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout.payments.providers import base
from checkout.storecredit import rules, selectors, services
from shop.core.money import Money

if TYPE_CHECKING:
    from checkout.storecredit.models import CreditEntry

_PREFIX = "sc_"
_BY = "system"
_KINDS: Mapping[str, base.FactKind] = {
    "held": "authorised",
    "taken": "captured",
    "released": "voided",
    "refunded": "refunded",
}


def from_settings() -> "StoreCredit":
    """The provider; it needs no settings."""
    return StoreCredit()


class StoreCredit:
    """``base.Provider`` over the accounts of ``checkout.storecredit``."""

    code = "store_credit"
    label = cast(str, gettext_lazy("Store credit"))
    reservation_ttl = timedelta(minutes=15)
    has_hosted_page = False
    can_authorise = True
    can_save = False

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        reference = _PREFIX + request.payment_id
        if not request.customer_reference:
            return _declined(reference, _("Please sign in to use your store credit."))
        payment_id, key = UUID(request.payment_id), request.idempotency_key
        try:
            services.hold(
                customer_id=UUID(request.customer_reference), payment_id=payment_id, amount=request.amount,
                document=request.order_number, key=key, by=_BY,
            )  # fmt: skip
            if request.capture:
                services.take(payment_id=payment_id, amount=request.amount, key=f"{key}:take", by=_BY)
        except services.NotEnough:
            if not selectors.use_of(payment_id).held:
                return _declined(reference, _("There is not enough store credit any more. Nothing was taken of it."))
        except (services.KeyReused, services.BadAmount) as error:
            raise base.ProviderRefused(str(error), "idempotency_error") from error
        return self.fetch(reference)

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> base.Outcome:
        payment_id = _known(reference)
        _move(lambda: services.take(payment_id=payment_id, amount=amount, key=key, by=_BY), "amount_too_large")
        if is_final:
            services.release(payment_id=payment_id, key=f"{key}:rest", by=_BY)
        return self.fetch(reference)

    def refund(self, reference: str, amount: Money, key: str) -> base.Outcome:
        payment_id = _known(reference)
        _move(lambda: services.refund(payment_id=payment_id, amount=amount, key=key, by=_BY), "amount_too_large")
        fact = base.Fact("refunded", f"{reference}:{key}", amount)
        return base.Outcome(reference=reference, state="succeeded", facts=(fact,))

    def void(self, reference: str, key: str) -> base.Outcome:
        services.release(payment_id=_known(reference), key=key, by=_BY)
        return self.fetch(reference)

    def fetch(self, reference: str) -> base.Outcome:
        entries = selectors.entries_of(_known(reference))
        return base.Outcome(reference=reference, state=_state(entries), facts=tuple(_facts(reference, entries)))

    def find(self, payment_id: str) -> base.Outcome | None:
        try:
            return self.fetch(_PREFIX + payment_id)
        except base.ProviderRefused:
            return None

    def list(self, since: datetime, until: datetime) -> Iterable[base.Listed]:
        for payment_id, at in selectors.payments_between(since, until):
            yield base.Listed(str(payment_id), at, self.fetch(f"{_PREFIX}{payment_id}"))

    def forget(self, token: str) -> None:
        """Nothing is kept."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
        raise base.BadSignature("store credit sends no webhooks")

    def hosted_session(
        self,
        request: base.ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> base.HostedSession:
        raise base.ProviderRefused("store credit has no payment page", "not_supported")


def _declined(reference: str, message: str) -> base.Outcome:
    return base.Outcome(
        reference=reference, state="declined", decline_code="insufficient_credit", message=message, retryable=True
    )


def _known(reference: str) -> UUID:
    """The payment that a reference names, if it ever held anything. Raises ``ProviderRefused``."""
    unknown = base.ProviderRefused(f"{reference!r} has no store credit", "resource_missing")
    try:
        payment_id = UUID(reference.removeprefix(_PREFIX))
    except ValueError:
        raise unknown from None
    if not reference.startswith(_PREFIX) or not selectors.use_of(payment_id).held:
        raise unknown
    return payment_id


def _move(command: Callable[[], object], code: str) -> None:
    try:
        command()
    except services.NotEnough as error:
        raise base.ProviderRefused(str(error), code) from error
    except (services.KeyReused, services.BadAmount) as error:
        raise base.ProviderRefused(str(error), "idempotency_error") from error


def _facts(reference: str, entries: Sequence["CreditEntry"]) -> Iterator[base.Fact]:
    for entry in entries:
        minor = entry.taken_minor or abs(entry.amount_minor)
        name = reference if entry.kind == "held" else f"{reference}:{entry.key}"
        yield base.Fact(_KINDS[entry.kind], name, Money(minor, entry.account.currency), entry.at)


def _state(entries: Sequence["CreditEntry"]) -> base.State:
    use = rules.use((entry.kind, entry.amount_minor, entry.taken_minor) for entry in entries)
    if use.taken:
        return "succeeded"
    return "authorised" if use.open else "cancelled"
