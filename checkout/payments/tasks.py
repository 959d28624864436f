"""The payments' work that no event asks for."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import shared_task

from checkout.payments import selectors
from checkout.payments import services as payments

log = structlog.get_logger("checkout.payments")


@shared_task(name="checkout.payments.tasks.process")
def process(*, event_id: str) -> None:
    """Act on a provider's message that was stored."""
    payments.process(event_id=UUID(event_id))


@shared_task(name="checkout.payments.tasks.settle_open")
def settle_open() -> None:
    """Find what nobody told us: payments without news, and messages that could not be used when they came."""
    for event_id in selectors.parked_events():
        process.delay(event_id=str(event_id))
    for payment_id in selectors.overdue_payments():
        settle.delay(payment_id=str(payment_id))


@shared_task(name="checkout.payments.tasks.settle")
def settle(*, payment_id: str) -> None:
    """Ask the provider how one payment stands."""
    try:
        payments.settle(payment_id=UUID(payment_id))
    except payments.ProviderUnavailable as error:
        log.warning("provider does not answer", payment=payment_id, error=str(error))
