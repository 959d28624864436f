"""What was asked for and goes to the provider: refunds, captures, and letting go of what is held.

No transaction is open while a provider is asked. Each is sent under a key of its own, so that sending it again, as the
timetable does with what has no answer, has no second effect. All raise `ProviderUnavailable`: to be called again.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from checkout.payments import calls, capturing, recording, refunding, rules, selectors
from checkout.payments.collecting import fetch
from checkout.payments.models import Capture, Payment, Refund
from checkout.payments.providers import base

log = structlog.get_logger("checkout.payments")


def refund(*, refund_id: UUID) -> None:
    """Send a refund that was asked for."""
    asked = Refund.objects.select_related("payment").get(pk=refund_id)
    if asked.status != Refund.Status.REQUESTED or asked.reference:
        return
    payment, key = asked.payment, rules.refund_key(refund_id)
    try:
        outcome = calls.ask(payment.provider, lambda provider: provider.refund(payment.reference, asked.amount, key))
    except base.ProviderRefused as refusal:
        log.error("refund refused", refund=str(refund_id), code=refusal.code, error=str(refusal))
        refunding.fail(refund_id=refund_id, why=refusal.code or "refused")
        return
    recording.record(payment_id=payment.pk, outcome=outcome, source="refund", refund_id=refund_id)


def capture(*, capture_id: UUID) -> None:
    """Send a capture that was asked for, and before it the older ones of its payment that are not done."""
    last = Capture.objects.get(pk=capture_id)
    waiting = Capture.objects.filter(payment_id=last.payment_id, status=Capture.Status.REQUESTED, pk__lte=capture_id)
    for asked in waiting.order_by("id").select_related("payment__order"):
        _take(asked)


def _take(asked: Capture) -> None:
    payment, key = asked.payment, rules.capture_key(asked.pk)
    if payment.order.status in recording.OVER:
        capturing.fail(capture_id=asked.pk, why="order_over")
        return
    try:
        outcome = calls.ask(
            payment.provider,
            lambda provider: provider.capture(payment.reference, asked.amount, key, is_final=asked.is_final),
        )
    except base.ProviderRefused as refusal:
        log.error("capture refused", capture=str(asked.pk), code=refusal.code, error=str(refusal))
        capturing.fail(capture_id=asked.pk, why=refusal.code or "refused")
        fetch(payment_id=payment.pk, source="fetch")  # what is true now: let go, or taken by another hand
        return
    recording.record(
        payment_id=payment.pk, outcome=outcome, source="capture", by=asked.actor, capture_id=asked.pk
    )  # fmt: skip


def void_rest(*, order_id: UUID) -> None:
    """Let go of what is held for an order and not taken, after the captures that were asked for before.

    Of an order that goes on: of what was held when that was asked for. What came to be held since pays for it.
    """
    for asked in selectors.waiting_captures(order_id):
        capture(capture_id=asked)
    for payment in selectors.holding(order_id):
        if payment.is_let_go or payment.order.is_over:
            _let_go(payment)


def _let_go(payment: Payment) -> None:
    key = selectors.void_key(payment)
    outcome = calls.ask(payment.provider, lambda provider: provider.void(payment.reference, key))
    recording.record(payment_id=payment.pk, outcome=outcome, source="void")
