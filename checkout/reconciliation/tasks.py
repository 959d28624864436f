"""The reconciliation's timetable."""

from __future__ import annotations

from datetime import timedelta

import structlog
from celery import shared_task

from checkout.payments import services as payments
from checkout.reconciliation import selectors, services
from shop.core import db

log = structlog.get_logger("checkout.reconciliation")


@shared_task(name="checkout.reconciliation.tasks.sweep")
def sweep() -> None:
    """Look at each provider's recent payments for what nobody told us of."""
    for provider in selectors.listed_by():
        try:
            services.sweep(provider=provider)
        except (payments.ProviderUnavailable, payments.ProviderRefused) as error:
            log.warning("provider's list not read", provider=provider, error=str(error))


@shared_task(name="checkout.reconciliation.tasks.reconcile")
def reconcile() -> None:
    """Compare the last two days with each provider's list; what is younger than an hour may still be under way."""
    until = db.clock() - timedelta(hours=1)
    for provider in selectors.listed_by():
        services.reconcile(provider=provider, since=until - timedelta(days=2), until=until)
