"""Pay on invoice: the customer promises to pay, and a merchant records the money's coming.

The book of promises (``checkout.receivables``) is the outside; nothing here uses the network.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy

from checkout.payments.providers import base
from checkout.receivables import selectors, services
from shop.core import db, formats
from shop.core.money import Money

if TYPE_CHECKING:
    from checkout.receivables.models import Receivable

_PREFIX = "inv_"
_BY = "system"
_KINDS: Mapping[str, base.FactKind] = {
    "received": "captured",
    "released": "voided",
    "giving_back": "refund_pending",
    "returned": "refunded",
}


def from_settings() -> "Invoice":
    """The provider with the account that the money is to go to: ``settings.BANK_TRANSFER``."""
    return Invoice(account=settings.BANK_TRANSFER)


def received(*, reference: str, statement_id: str, amount: Money, by: str) -> base.Outcome:
    """Money that came in for it, as one line of the bank statement says; the same line counts once."""
    payment_id = _known(reference)
    try:
        services.receive(payment_id=payment_id, amount=amount, key=statement_id, by=by)
    except services.Refused as refused:
        raise base.ProviderRefused(str(refused), "bad_amount") from refused
    return _stands(reference)


def returned(*, reference: str, key: str, amount: Money, by: str) -> base.Outcome:
    """Money that a merchant has sent back, for the refund that was asked for with ``key``."""
    services.returned(payment_id=_known(reference), amount=amount, key=key, by=by)
    return _stands(reference)


def released(*, reference: str, amount: Money, by: str) -> base.Outcome:
    """So much of it need not be sent any more: what it is for costs less now."""
    services.release(payment_id=_known(reference), amount=amount, key=f"less:{db.uuid7()}", by=by)
    return _stands(reference)


class Invoice:
    """``base.Provider`` without a network: a promise is a hold, its payment is recorded by hand."""

    code = "invoice"
    label = cast(str, gettext_lazy("Invoice"))
    reservation_ttl = timedelta(
        days=5
    )  # of an order that waits for something else; a promise commits the units at once
    has_hosted_page = False
    can_authorise = True
    can_save = False

    def __init__(self, *, account: Mapping[str, str]) -> None:
        self._account = account

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        """The promise, whatever ``capture`` says: nobody can take the money but the customer who sends it."""
        if request.amount.minor <= 0:
            raise base.ProviderRefused("an invoice is for a positive amount", "bad_amount")
        promise = services.promise(
            payment_id=UUID(request.payment_id), order_id=UUID(request.metadata.get("order_id", request.payment_id)),
            order_number=request.order_number, amount=request.amount,
        )  # fmt: skip
        if promise.amount != request.amount:
            raise base.ProviderRefused("promised before for another amount", "idempotency_error")
        told = {
            **self._account,
            "reference": request.order_number,
            "amount": formats.money(request.amount),
            "due": formats.day(promise.due_on),
        }
        return _stands(_PREFIX + request.payment_id, instructions=told)

    def capture(self, reference: str, amount: Money, key: str, *, is_final: bool = True) -> base.Outcome:
        raise base.ProviderRefused("a customer's money cannot be pulled; record it when it has come", "not_supported")

    def refund(self, reference: str, amount: Money, key: str) -> base.Outcome:
        """Asks a merchant to send it: pending until ``returned`` is recorded."""
        try:
            services.give_back(payment_id=_known(reference), amount=amount, key=key, by=_BY)
        except services.Refused as refused:
            raise base.ProviderRefused(str(refused), "amount_too_large") from refused
        fact = base.Fact("refund_pending", f"{reference}:{key}", amount)
        return base.Outcome(reference=reference, state="processing", facts=(fact,))

    def void(self, reference: str, key: str) -> base.Outcome:
        services.release(payment_id=_known(reference), key=key, by=_BY)
        return _stands(reference)

    def fetch(self, reference: str) -> base.Outcome:
        return _stands(reference)

    def find(self, payment_id: str) -> base.Outcome | None:
        try:
            return _stands(_PREFIX + payment_id)
        except base.ProviderRefused:
            return None

    def list(self, since: datetime, until: datetime) -> Iterable[base.Listed]:
        for one in selectors.between(since, until):
            yield base.Listed(str(one.payment_id), one.created_at, _outcome(f"{_PREFIX}{one.payment_id}", one))

    def forget(self, token: str) -> None:
        """Nothing is kept."""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> base.WebhookEvent:
        raise base.BadSignature("invoices send no webhooks")

    def hosted_session(
        self,
        request: base.ChargeRequest,
        *,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None = None,
    ) -> base.HostedSession:
        raise base.ProviderRefused("an invoice has no payment page", "not_supported")


def _stands(reference: str, *, instructions: Mapping[str, str] | None = None) -> base.Outcome:
    promise = selectors.of_payment(_id_in(reference))
    if promise is None:
        raise _unknown(reference)
    return _outcome(reference, promise, instructions=instructions)


def _outcome(reference: str, promise: "Receivable", *, instructions: Mapping[str, str] | None = None) -> base.Outcome:
    state: base.State = "authorised"
    if promise.received_minor:
        state = "succeeded"
    elif not promise.open:
        state = "cancelled"
    facts = tuple(_facts(reference, promise))
    return base.Outcome(reference=reference, state=state, facts=facts, instructions=instructions or {})


def _facts(reference: str, promise: "Receivable") -> Iterator[base.Fact]:
    yield base.Fact("authorised", reference, promise.amount, promise.created_at)
    for entry in promise.entries.all():
        amount = Money(entry.amount_minor, promise.currency)
        yield base.Fact(_KINDS[entry.kind], f"{reference}:{entry.key}", amount, entry.at)


def _known(reference: str) -> UUID:
    payment_id = _id_in(reference)
    if selectors.of_payment(payment_id) is None:
        raise _unknown(reference)
    return payment_id


def _id_in(reference: str) -> UUID:
    try:
        payment_id = UUID(reference.removeprefix(_PREFIX))
    except ValueError:
        raise _unknown(reference) from None
    if not reference.startswith(_PREFIX):
        raise _unknown(reference)
    return payment_id


def _unknown(reference: str) -> base.ProviderRefused:
    return base.ProviderRefused(f"{reference!r} was never promised", "resource_missing")
