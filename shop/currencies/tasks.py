"""Door for workers: the daily rates."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.conf import settings

from shop.currencies import updating

log = structlog.get_logger("shop.currencies")


@shared_task
def update_rates() -> None:
    """Once a day, if an address is set. Rates stay as they are while nobody answers."""
    if not settings.EXCHANGE_RATES_URL:
        return
    try:
        steps = updating.update(url=settings.EXCHANGE_RATES_URL)
    except updating.BadRates as error:
        log.warning("exchange rates stay as they are", error=str(error))
        return
    for step in steps:
        if step.what == "jump":
            log.warning("exchange rate not believed", currency=step.code, old=str(step.old), new=str(step.new))
        elif step.what == "none":
            log.info("no new exchange rate", currency=step.code, old=str(step.old))
