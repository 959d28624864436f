"""What must be true of all money at any time. Each function returns a sentence per violation; none is good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Now

from checkout.ledger import rules as accounts
from checkout.ledger import selectors as ledger
from checkout.orders.invariants import HANDED_OVER
from checkout.orders.models import Order
from checkout.payments import recording, refunding, rules, selectors
from checkout.payments.comparing import Skipped, paid_is_captured
from checkout.payments.models import Payment, PaymentEvent, ProviderEvent, Refund
from shop.core import db, invariants
from shop.core.invariants import Check

DEADLINE = timedelta(minutes=15)  # by when money that has no order is on its way back
_BATCH = 500
__all__ = ["INVARIANTS", "Skipped", "paid_is_captured"]
BY_HAND = ("bank_transfer", "cash", "invoice")  # a customer may send more than is due, or in parts
GONE = tuple(state for state in HANDED_OVER if state != "partly_shipped")  # for a part see `changes.invariants`
PAID = ("payment_confirmed", "processing", "ready_to_ship", "shipped", "delivered", "returned")


def no_orphan_money() -> list[str]:
    """I4: money that came in belongs to a paid order, or is back or on its way back after fifteen minutes."""
    return [*_kept_by_dead_orders(), *_paid_and_waiting(), *_paid_beyond()]


def _requested(order: Order) -> int:
    asked = Refund.objects.filter(selectors.ASKED, order_id=order.pk)
    return asked.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def _due_back(order: Order) -> int:
    """What came of an order's money and is neither back, nor on its way, nor with the bank: lost in a dispute, or kept
    until the bank has decided on one."""
    payments = Payment.objects.filter(order=order)
    with_bank = sum(refunding.kept_for_bank(payment) for payment in payments.filter(disputed_minor__gt=0))
    return order.captured_minor - order.refunded_minor - _requested(order) - with_bank


def _kept_by_dead_orders() -> Iterator[str]:
    over = Order.objects.filter(status__in=refunding.OVER, captured_minor__gt=F("refunded_minor"))
    for order in over.filter(updated_at__lt=Now() - DEADLINE):
        kept = _due_back(order)
        if kept > 0:
            yield f"I4 {order.number}: {order.status}, and {kept} of its money is neither back nor asked for"


def _paid_and_waiting() -> Iterator[str]:
    waiting = Order.objects.filter(status__in=("pending", "payment_pending"), captured_minor__gt=0)
    for order in waiting.filter(captured_minor__gte=F("total_minor") - F("allowed_minor") + F("refunded_minor")):
        yield f"I4 {order.number}: paid, and still {order.status}"


def _paid_beyond() -> Iterator[str]:
    beyond = Order.objects.filter(captured_minor__gt=F("total_minor") - F("allowed_minor") + F("refunded_minor"))
    for order in beyond.exclude(status__in=refunding.OVER).filter(updated_at__lt=Now() - DEADLINE):
        excess = _due_back(order) - order.due_minor
        if excess > 0:
            yield f"I4 {order.number}: {excess} more than its total was paid and not given back"


def asked_once() -> list[str]:
    """I5: no more of a payment is taken than was asked for, a provider's message is kept once."""
    beyond = Payment.objects.exclude(provider__in=BY_HAND).filter(captured_minor__gt=F("amount_minor"))
    taken = (
        PaymentEvent.objects.filter(kind="captured", payment__capture_when="at_once")
        .exclude(payment__provider__in=BY_HAND)
        .values("payment_id")
        .annotate(count=Count("reference", distinct=True))
        .filter(count__gt=1)
    )
    told = ProviderEvent.objects.values("provider", "event_id").annotate(count=Count("id")).filter(count__gt=1)
    return (
        [f"I5 payment {one.pk}: {one.captured_minor} taken, {one.amount_minor} asked for" for one in beyond]
        + [f"I5 payment {row['payment_id']} was taken {row['count']} times" for row in taken]
        + [f"I5 message {row['event_id']} is kept {row['count']} times" for row in told]
    )


def ledger_balances() -> list[str]:
    """I7: the sums on payments are those of their facts, the orders' those of their payments; refunded ≤ captured."""
    return [*_payments_that_differ(), *_orders_that_differ()]


def _payments_that_differ() -> Iterator[str]:
    rows = Payment.objects.prefetch_related("events").order_by("id").iterator(chunk_size=_BATCH)
    while batch := list(islice(rows, _BATCH)):
        posted = ledger.positions_of([payment.pk for payment in batch])
        for payment in batch:
            yield from _differing(payment, posted)


def _differing(payment: Payment, posted: ledger.Positions) -> Iterator[str]:
    events = list(payment.events.all())
    own = [event for event in events if event.currency == payment.currency]
    known = rules.sums(rules.Entry(event.kind, event.reference, event.amount_minor) for event in own)
    kept = (payment.captured_minor, payment.refunded_minor, payment.credited_minor)
    if kept != (known.captured, *known.counted_back):
        yield f"I7 payment {payment.pk}: its sums are not those of its facts"
    if known.given_back + known.refund_pending > known.captured:
        yield f"I7 payment {payment.pk}: more went back than came in"
    for currency in {event.currency for event in events}:
        standing = recording.standing([event for event in events if event.currency == currency])
        if accounts.positions(payment.provider, standing) != posted.get((payment.pk, currency), {}):
            yield f"I7 payment {payment.pk}: the ledger does not say what its facts in {currency} say"


def _orders_that_differ() -> Iterator[str]:
    rows = Order.objects.annotate(
        captured=Sum("payments__captured_minor", default=0), refunded=Sum("payments__refunded_minor", default=0)
    )
    for order in rows.filter(~Q(captured=F("captured_minor")) | ~Q(refunded=F("refunded_minor"))):
        yield f"I7 {order.number}: its sums are not those of its payments"
    nothing = Order.objects.filter(status__in=PAID, captured_minor=0, secured_minor=0)
    # one that cost nothing until it was changed may wait for its first money, while it is here
    nothing = nothing.filter(Q(revision=0) | Q(fulfilment_state__in=HANDED_OVER))
    for unpaid in nothing.filter(total_minor__gt=F("allowed_minor")):
        yield f"I7 {unpaid.number}: {unpaid.status}, and nothing was paid"
    gone = Order.objects.filter(fulfilment_state__in=GONE, status__in=PAID).exclude(captured_minor=0, secured_minor=0)
    sure = F("secured_minor") - F("refunded_minor")
    due = F("total_minor") - F("allowed_minor")
    for short in gone.annotate(sure=sure, due=due).filter(sure__lt=F("due")):
        yield f"I7 {short.number}: {short.status}, and only {short.sure} of {short.due} is taken or held"


_ONCE: tuple[Check, ...] = (
    (
        "I5 payment {0}: “{1}” of {2} is kept {3} times",
        """
        SELECT payment_id, kind, reference, count(*) FROM checkout_paymentevent
        GROUP BY 1, 2, 3 HAVING count(*) > 1
        """,
    ),
    (
        "I5 {2} payments have the reference {1} of {0}",
        """
        SELECT provider, reference, count(*) FROM checkout_payment
        WHERE reference <> '' GROUP BY 1, 2 HAVING count(*) > 1
        """,
    ),
)
_AMOUNTS: tuple[Check, ...] = (
    (
        "I6 payment {0} asks for {1} {2}, {3} comes to {4} {5}",
        """
        SELECT payment.id, amount_minor, payment.currency, number, total_minor, "order".currency
        FROM checkout_payment payment JOIN checkout_order "order" ON "order".id = payment.order_id
        WHERE payment.currency <> "order".currency OR (amount_minor > total_minor AND revision = 0) OR amount_minor <= 0
        """,
    ),
)
_REFUNDS: tuple[Check, ...] = (
    (
        "I7 payment {0}: {1} were given back or asked for, {2} captured",
        """
        SELECT payment.id, SUM(refund.amount_minor), payment.captured_minor
        FROM checkout_refund refund JOIN checkout_payment payment ON payment.id = refund.payment_id
        WHERE refund.status IN ('requested', 'done')
        GROUP BY payment.id HAVING SUM(refund.amount_minor) > payment.captured_minor
        """,
    ),
)
_CAPTURABLE: tuple[Check, ...] = (
    (
        "I8 {0} is refunded in full, and {1} of it can still be taken since {2}",
        """
        SELECT number, held_minor, updated_at FROM checkout_order
        WHERE captured_minor > 0 AND refunded_minor = captured_minor AND held_minor > 0
        AND total_minor <= allowed_minor
        AND updated_at < statement_timestamp() - interval '15 minutes'
        """,
    ),
    (
        "I8 {0} is {1}, and {2} is held for it",
        """
        SELECT number, status, held_minor FROM checkout_order
        WHERE status IN ('cancelled', 'refunded') AND held_minor > 0
        AND updated_at < statement_timestamp() - interval '15 minutes'
        """,
    ),
    (
        "I8 payment {0}: {1} captured and asked for, {2} held",
        """
        SELECT payment.id, payment.captured_minor + SUM(capture.amount_minor), payment.authorised_minor
        FROM checkout_capture capture JOIN checkout_payment payment ON payment.id = capture.payment_id
        WHERE capture.status = 'requested'
        GROUP BY payment.id HAVING payment.captured_minor + SUM(capture.amount_minor) > payment.amount_minor
        """,
    ),
)
_STUCK: tuple[Check, ...] = (
    (
        "I13 payment {0} is {1}, and nothing was heard of it since {2}",
        """
        SELECT id, status, updated_at FROM checkout_payment
        WHERE status = 'processing' AND updated_at < statement_timestamp() - interval '1 hour'
        """,
    ),
    (
        "I13 refund {0} was asked for at {1} and has not reached the provider",
        """
        SELECT id, created_at FROM checkout_refund
        WHERE status = 'requested' AND reference = '' AND created_at < statement_timestamp() - interval '1 hour'
        """,
    ),
    (
        "I13 capture {0} was asked for at {1} and has no answer",
        """
        SELECT id, created_at FROM checkout_capture
        WHERE status = 'requested' AND created_at < statement_timestamp() - interval '1 hour'
        """,
    ),
    (
        "I13 message {0} of {1} is unprocessed since {2}",
        """
        SELECT event_id, provider, received_at FROM checkout_providerevent
        WHERE processed_at IS NULL AND received_at < statement_timestamp() - interval '15 minutes'
        """,
    ),
)


def kept_once() -> list[str]:
    """I5: a fact is kept once, and a provider's payment is one of ours."""
    return invariants.sentences(db.DEFAULT, _ONCE)


def amounts_fit() -> list[str]:
    """I6: no payment asks for more than its order comes to, or in another currency."""
    return invariants.sentences(db.DEFAULT, _AMOUNTS)


def refunds_fit() -> list[str]:
    """I7: no more is asked to be given back than was taken."""
    return invariants.sentences(db.DEFAULT, _REFUNDS)


def given_back_is_not_taken() -> list[str]:
    """I8: nothing that was given back in full can still be taken."""
    return invariants.sentences(db.DEFAULT, _CAPTURABLE)


def nothing_is_stuck() -> list[str]:
    """I13: no payment, refund or message is forgotten."""
    return invariants.sentences(db.DEFAULT, _STUCK)


INVARIANTS = {"I3": paid_is_captured, "I4": no_orphan_money, "I5 payments": asked_once, "I7": ledger_balances}
