"""The payments' work that no event asks for."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from celery import shared_task

from checkout.payments import lingering, reminding, selectors
from checkout.payments import services as payments

log = structlog.get_logger("checkout.payments")


@shared_task(name="checkout.payments.tasks.process")
def process(*, event_id: str) -> None:
    """Act on a provider's message that was stored."""
    payments.process(event_id=UUID(event_id))


@shared_task(name="checkout.payments.tasks.settle_open")
def settle_open() -> None:
    """Find what nobody told us: payments without news, and messages that could not be used when they came."""
    for event_id in lingering.parked_events():
        process.delay(event_id=str(event_id))
    captures, refunds = lingering.unsent()
    for capture_id in captures:
        capture.delay(capture_id=str(capture_id))
    for refund_id in refunds:
        refund.delay(refund_id=str(refund_id))
    for refund_id in lingering.failed_refunds():
        try_again.delay(refund_id=str(refund_id))
    for payment_id in selectors.overdue_payments():
        settle.delay(payment_id=str(payment_id))


@shared_task(name="checkout.payments.tasks.capture")
def capture(*, capture_id: str) -> None:
    """Send a capture whose message was lost."""
    _unless_unavailable(lambda: payments.capture(capture_id=UUID(capture_id)))


@shared_task(name="checkout.payments.tasks.refund")
def refund(*, refund_id: str) -> None:
    """Send a refund whose message was lost."""
    _unless_unavailable(lambda: payments.refund(refund_id=UUID(refund_id)))


@shared_task(name="checkout.payments.tasks.try_again")
def try_again(*, refund_id: str) -> None:
    """Ask once more for a refund that failed."""
    try:
        payments.try_again(refund_id=UUID(refund_id), by="system")
    except payments.RefundRefused as refusal:
        log.warning("failed refund not repeated", refund=refund_id, code=refusal.code)


@shared_task(name="checkout.payments.tasks.settle")
def settle(*, payment_id: str) -> None:
    """Ask the provider how one payment stands."""
    _unless_unavailable(lambda: payments.bring_up_to_date(payment_id=UUID(payment_id)))


def _unless_unavailable(command: Callable[[], None]) -> None:
    """Run `command`; a provider that does not answer is asked again with the next round."""
    try:
        command()
    except payments.ProviderUnavailable as error:
        log.warning("provider does not answer", error=str(error))


@shared_task(name="checkout.payments.tasks.remind_of_invoices")
def remind_of_invoices() -> int:
    """Remind customers, once each, of invoices whose day has passed; returns how many."""
    return reminding.remind()
