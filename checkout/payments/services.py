"""The payments' commands. Those in `collecting` and `sending` talk to a provider; never call them in a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checkout.orders.models import Order
from checkout.payments import (
    calls,
    capturing,
    crediting,
    locking,
    opening,
    providers,
    recording,
    refunding,
    rules,
    selectors,
)
from checkout.payments.capturing import CaptureRefused
from checkout.payments.collecting import (
    PaymentRefused,
    bring_up_to_date,
    cancel_open,
    cancel_unpaid,
    charge,
    fetch,
    give_back_money,
    hosted_url,
    refresh,
)
from checkout.payments.models import Payment, PaymentEvent, ProviderEvent, Refund
from checkout.payments.opening import open
from checkout.payments.providers import base, by_hand, invoice
from checkout.payments.refunding import RefundRefused
from checkout.payments.sending import capture, refund, void_rest
from checkout.payments.settling import settle
from checkout.payments.switching import retry, why_not
from shop.core import db, formats
from shop.core.money import Money

__all__ = [
    "CaptureRefused",
    "PaymentRefused",
    "ProviderRefused",
    "ProviderUnavailable",
    "RefundRefused",
    "approve",
    "bring_up_to_date",
    "cancel_open",
    "cancel_unpaid",
    "capture",
    "charge",
    "choose_capture",
    "fetch",
    "give_back_money",
    "hosted_url",
    "open",
    "process",
    "receive",
    "record",
    "record_received",
    "record_returned",
    "record_transfer",
    "refresh",
    "refund",
    "request_capture",
    "request_refund",
    "request_void",
    "retry",
    "settle",
    "take_up_to",
    "takeable",
    "try_again",
    "value_of",
    "void_rest",
    "why_not",
]

ProviderRefused, ProviderUnavailable = base.ProviderRefused, base.ProviderUnavailable
request_refund, try_again = crediting.request, refunding.try_again
request_capture, request_void, takeable = capturing.request, capturing.request_void, capturing.takeable
choose_capture = capturing.choose_capture
take_up_to, approve, value_of = capturing.take_up_to, capturing.approve, rules.parcel_value


def record(*, payment_id: UUID, outcome: base.Outcome, source: str, by: str = "system") -> Payment:
    """Take in what a provider said of a payment: keep new facts, make the sums anew, bring the order up to date.

    One transaction. Any outcome may come twice, late or out of order. `source` is where it came from ("charge",
    "webhook", "fetch", "refund", "staff").
    """
    return recording.record(payment_id=payment_id, outcome=outcome, source=source, by=by)


def record_transfer(*, payment_id: UUID, amount: Money, statement_id: str, at: datetime, by: str) -> Payment:
    """Money that came for a transfer or an invoice, as one line of the bank's statement says, or cash (`statement_id`
    is its receipt).

    The same line twice counts once. Raises `PaymentRefused` for another kind of payment or a wrong amount.
    """
    payment = _by_hand(payment_id)
    if amount.currency != payment.currency or amount.minor <= 0:
        raise PaymentRefused(_("Give a positive amount in %(currency)s.") % {"currency": payment.currency})
    if not statement_id.strip():
        raise PaymentRefused(_("Give the number of the line on the bank statement."))
    line = statement_id.strip()[:100]
    if payment.provider == "invoice":
        if not payment.reference:
            raise PaymentRefused(_("This invoice is not made yet. Please try again in a minute."))
        outcome = invoice.received(reference=payment.reference, statement_id=line, amount=amount, by=by)
    else:
        book = _book(payment)
        reference = payment.reference or book.reference(payment.pk)
        fact = book.received(reference=reference, key=line, amount=amount, at=at)
        outcome = base.Outcome(reference=reference, state="pending", facts=(fact,))
    with transaction.atomic(using=db.DEFAULT):
        payment = recording.record(payment_id=payment_id, outcome=outcome, source="staff", by=by)
        # one sum may have come for several promises: nobody is reminded of what is paid
        settle(order_id=payment.order_id, by=by, reason=_("More was paid than is due."))
        return payment


def record_received(*, order_id: UUID, provider: str, amount: Money, receipt: str, by: str) -> Payment:
    """Money that staff were given for an order, whatever way it was to be paid: `provider` "cash", or "bank_transfer"
    with the line of the statement as its `receipt`. What waits for money in this way gets it, an invoice what comes to
    the bank while nothing else is due; else it is a payment of its own. The same receipt counts once; what is paid
    waits for no other transfer. What comes to the bank too late, or twice, is kept as well, and goes back.

    Raises `PaymentRefused`: nothing is due and no transfer was ever waited for, another attempt is under way, a wrong
    amount, a receipt that was recorded with another amount.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, payments = locking.order_and_payments(order_id)
        is_promised = provider == selectors.BANK and selectors.due(order, payments).minor <= 0
        takers = (provider, "invoice") if is_promised else (provider,)
        told = _told_of(receipt, payments, provider)
        if told and told.amount != amount:
            text = _("“%(receipt)s” was recorded before, with %(amount)s.")
            raise PaymentRefused(text % {"receipt": receipt.strip()[:100], "amount": formats.money(told.amount)})
        payment = next((one for one in payments if told and one.pk == told.payment_id), None)
        payment = payment or _waiting(payments, takers) or _late(order, payments, provider)
        if payment is None:
            payment = opening.retry(order_id=order_id, provider=provider, token="", by=by, is_here=True)
        payment = record_transfer(payment_id=payment.pk, amount=amount, statement_id=receipt, at=db.clock(), by=by)
        _wait_no_longer(order_id, by)
        payment.refresh_from_db()
        return payment


def _waiting(payments: Sequence[Payment], takers: Sequence[str]) -> Payment | None:
    """The latest of these payments, at the first of `takers` that has one, whose money has not all come."""
    for provider in takers:
        for payment in reversed(payments):
            if payment.provider == provider and (payment.status in selectors.WAITING or payment.held_minor):
                return payment
    return None


def _late(order: Order, payments: Sequence[Payment], provider: str) -> Payment | None:
    """Whose money it is that comes to the bank when nothing of the order is due any more: the latest that waited."""
    if provider != selectors.BANK or selectors.due(order, payments).minor > 0:
        return None
    return next((one for one in reversed(payments) if one.provider in (selectors.BANK, "invoice")), None)


def _told_of(receipt: str, payments: Sequence[Payment], provider: str) -> PaymentEvent | None:
    """What was recorded of a line of the statement, or a receipt, before."""
    books = (provider, "invoice") if provider == selectors.BANK else (provider,)
    kept = PaymentEvent.objects.filter(payment__in=payments, payment__provider__in=books, kind="captured")
    return kept.filter(reference__endswith=f":{receipt.strip()[:100]}").first()


def _wait_no_longer(order_id: UUID, by: str) -> None:
    """Once nothing is due, what waits to be recorded is what has come of it, or is over. The order is locked."""
    if selectors.still_due(order_id).minor > 0:
        return
    for payment in selectors.open_payments(order_id):
        if payment.provider not in (selectors.BANK, selectors.CASH):
            continue
        if payment.captured_minor:
            Payment.objects.filter(pk=payment.pk).update(amount_minor=payment.captured_minor)
        outcome = base.Outcome(reference=payment.reference, state="pending" if payment.captured_minor else "cancelled")
        recording.record(payment_id=payment.pk, outcome=outcome, source="staff", by=by)


def record_returned(*, refund_id: UUID, at: datetime, by: str) -> Refund:
    """A refund of a transfer, an invoice or cash was sent or handed out. Raises `PaymentRefused` for another kind."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment, key = _by_hand(refund.payment_id), rules.refund_key(refund_id)
    if payment.provider == "invoice":
        outcome = invoice.returned(reference=payment.reference, key=key, amount=refund.amount, by=by)
    else:
        fact = _book(payment).returned(reference=payment.reference, key=key, amount=refund.amount, at=at)
        outcome = base.Outcome(reference=payment.reference, state="pending", facts=(fact,))
    recording.record(payment_id=payment.pk, outcome=outcome, source="staff", by=by, refund_id=refund_id)
    refund.refresh_from_db()
    return refund


def _by_hand(payment_id: UUID) -> Payment:
    payment = Payment.objects.get(pk=payment_id)
    if payment.provider not in selectors.BY_HAND:
        raise PaymentRefused(_("Only bank transfers, cash and invoices are recorded by hand."))
    return payment


def _book(payment: Payment) -> by_hand.ByHand:
    """The provider that is told by people what has come."""
    return cast(by_hand.ByHand, providers.provider(payment.provider))


def receive(*, provider: str, body: bytes, headers: Mapping[str, str]) -> UUID:
    """Keep a provider's message once; returns its id here. A task looks after what it says.

    Raises `BadSignature` when the provider did not sign it, `BadMessage` when it is no event, `WrongAccount`, and
    `ProviderUnavailable` when it cannot be asked whether it did; nothing is stored then. Only ids are kept: what is
    true is asked of the provider when the message is processed.
    """
    event = calls.heard(provider, body, headers)
    for name in filter(None, (event.event_id, event.type, event.reference, event.payment_id)):
        base.kept(name)  # before the database, which takes no NUL
    with transaction.atomic(using=db.DEFAULT):
        row, _created = ProviderEvent.objects.get_or_create(
            provider=provider,
            event_id=event.event_id[:255],
            defaults={
                "event_type": event.type[:80],
                "reference": (event.reference or "")[:255],
                "payload": {"payment_id": event.payment_id, "occurred_at": event.occurred_at.isoformat()},
            },
        )
        if row.processed_at is None:
            transaction.on_commit(lambda: _enqueue(row.pk), using=db.DEFAULT, robust=True)
    return row.pk


def _enqueue(event_id: UUID) -> None:
    from checkout.payments import tasks  # noqa: PLC0415  (tasks import the services)

    tasks.process.delay(event_id=str(event_id))


def process(*, event_id: UUID) -> bool:
    """Act on a provider's message: ask the provider how the payment stands and record it. True when it is done with.

    Talks to the provider. A message about a payment that is not here yet, or an unreachable provider, leaves it
    parked for `lingering.parked_events`.
    """
    event = ProviderEvent.objects.get(pk=event_id)
    if event.processed_at is not None:
        return True
    problem = _act_on(event)
    is_done = not problem or event.attempts + 1 > rules.LAST_TRY
    ProviderEvent.objects.filter(pk=event_id).update(
        attempts=event.attempts + 1, last_error=problem, processed_at=Now() if is_done else None
    )
    return is_done


def _act_on(event: ProviderEvent) -> str:
    """Fetch and record what `event` is about; returns why that cannot be done yet, empty if it was."""
    if not event.reference:
        return ""
    payment = selectors.named(
        payment_id=_uuid(event.payload.get("payment_id")), provider=event.provider, reference=event.reference
    )
    if payment is None:
        return "no such payment yet"
    try:
        fetch(payment_id=payment.pk, source="webhook", reference=event.reference)
    except (base.ProviderUnavailable, base.ProviderRefused) as error:
        return f"{type(error).__name__}: {error}"[:1000]
    return ""


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
