"""What must be true of all money at any time. Each function returns a sentence per violation; none is good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Now

from checkout.orders.models import Order
from checkout.payments import calls, recording, rules
from checkout.payments.models import Payment, PaymentEvent, ProviderEvent, Refund
from checkout.payments.providers import base

DEADLINE = timedelta(minutes=15)  # by when money that has no order is on its way back
PAID = ("payment_confirmed", "processing", "ready_to_ship", "shipped", "delivered", "returned")


class Skipped(Exception):
    """The other side could not be asked; `str()` says which."""


def paid_is_captured(limit: int = 1000) -> list[str]:
    """I3: ours(captured, refunded) = the provider's, for the newest `limit` payments. Raises `Skipped`."""
    rows = Payment.objects.exclude(provider="bank_transfer").exclude(reference="").order_by("-id")[:limit]
    return [sentence for payment in rows for sentence in _compared(payment)]


def _compared(payment: Payment) -> Iterator[str]:
    try:
        outcome = calls.ask(payment.provider, lambda provider: provider.fetch(payment.reference))
    except base.ProviderUnavailable as error:
        raise Skipped(f"{payment.provider} does not answer") from error
    except base.ProviderRefused as refusal:
        yield f"I3 payment {payment.pk}: {payment.provider} does not know {payment.reference}: {refusal}"
        return
    theirs = rules.sums(
        rules.Entry(fact.kind, fact.reference, fact.amount.minor)
        for fact in outcome.facts
        if fact.amount.currency == payment.currency
    )
    ours = (payment.captured_minor, payment.refunded_minor)
    if ours != (theirs.captured, theirs.refunded):
        yield (
            f"I3 payment {payment.pk}: ours is {ours[0]} captured and {ours[1]} refunded, "
            f"{payment.provider}'s {theirs.captured} and {theirs.refunded}"
        )


def no_orphan_money() -> list[str]:
    """I4: money that came in belongs to a paid order, or is back or on its way back after fifteen minutes."""
    return [*_kept_by_dead_orders(), *_paid_and_waiting(), *_paid_beyond()]


def _requested(order: Order) -> int:
    asked = Refund.objects.filter(order_id=order.pk, status=Refund.Status.REQUESTED)
    return asked.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def _kept_by_dead_orders() -> Iterator[str]:
    over = Order.objects.filter(status__in=recording.OVER, captured_minor__gt=F("refunded_minor"))
    for order in over.filter(updated_at__lt=Now() - DEADLINE):
        kept = order.captured_minor - order.refunded_minor - _requested(order)
        if kept > 0:
            yield f"I4 {order.number}: {order.status}, and {kept} of its money is neither back nor asked for"


def _paid_and_waiting() -> Iterator[str]:
    waiting = Order.objects.filter(status__in=("pending", "payment_pending"), captured_minor__gt=0)
    for order in waiting.filter(captured_minor__gte=F("total_minor") + F("refunded_minor")):
        yield f"I4 {order.number}: paid, and still {order.status}"


def _paid_beyond() -> Iterator[str]:
    beyond = Order.objects.filter(captured_minor__gt=F("total_minor") + F("refunded_minor"))
    for order in beyond.exclude(status__in=recording.OVER).filter(updated_at__lt=Now() - DEADLINE):
        excess = order.captured_minor - order.refunded_minor - _requested(order) - order.total_minor
        if excess > 0:
            yield f"I4 {order.number}: {excess} more than its total was paid and not given back"


def asked_once() -> list[str]:
    """I5: a payment is taken once, a provider's message is kept once, a fact is kept once."""
    taken = (
        PaymentEvent.objects.filter(kind="captured")
        .exclude(payment__provider="bank_transfer")
        .values("payment_id")
        .annotate(count=Count("reference", distinct=True))
        .filter(count__gt=1)
    )
    told = ProviderEvent.objects.values("provider", "event_id").annotate(count=Count("id")).filter(count__gt=1)
    return [f"I5 payment {row['payment_id']} was taken {row['count']} times" for row in taken] + [
        f"I5 message {row['event_id']} is kept {row['count']} times" for row in told
    ]


def ledger_balances() -> list[str]:
    """I7: the sums on payments are those of their facts, the orders' those of their payments; refunded ≤ captured."""
    return [*_payments_that_differ(), *_orders_that_differ()]


def _payments_that_differ() -> Iterator[str]:
    for payment in Payment.objects.prefetch_related("events").order_by("id").iterator(chunk_size=500):
        known = rules.sums(
            rules.Entry(event.kind, event.reference, event.amount_minor)
            for event in payment.events.all()
            if event.currency == payment.currency
        )
        if (payment.captured_minor, payment.refunded_minor) != (known.captured, known.refunded):
            yield f"I7 payment {payment.pk}: its sums are not those of its facts"
        if known.refunded + known.refund_pending > known.captured:
            yield f"I7 payment {payment.pk}: more went back than came in"


def _orders_that_differ() -> Iterator[str]:
    rows = Order.objects.annotate(
        captured=Sum("payments__captured_minor", default=0), refunded=Sum("payments__refunded_minor", default=0)
    )
    for order in rows.filter(~Q(captured=F("captured_minor")) | ~Q(refunded=F("refunded_minor"))):
        yield f"I7 {order.number}: its sums are not those of its payments"
    for order in Order.objects.filter(status__in=PAID, captured_minor=0, total_minor__gt=0):
        yield f"I7 {order.number}: {order.status}, and nothing was paid"


INVARIANTS = {"I3": paid_is_captured, "I4": no_orphan_money, "I5 payments": asked_once, "I7": ledger_balances}
