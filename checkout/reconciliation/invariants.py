"""What must be true between our books and the providers'."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from checkout.payments.providers import base
from checkout.reconciliation import selectors
from shop.core import db, invariants

DEADLINE = timedelta(minutes=15)  # by when money that belongs to nobody here is on its way back
_BACK = timedelta(days=1)


def no_unknown_money() -> list[str]:
    """I4: what a provider took with this shop's mark belongs to a payment here, or is back. Raises `Skipped`."""
    now = db.clock()
    found = []
    for provider in selectors.listed_by():
        try:
            listed = selectors.listed(provider, now - _BACK, now - DEADLINE)
        except (base.ProviderUnavailable, base.ProviderRefused) as error:
            raise invariants.Skipped(f"{provider} does not answer: {error}") from error
        found += [
            f"I4 {provider} {one.outcome.reference}: {told.captured - told.refunded} taken, and no payment here"
            for one in listed
            if one.shop == settings.SITE_URL
            and (told := selectors.of_outcome(one.outcome)).captured > told.refunded
            and ((ours := selectors.named(provider, one)) is None or ours.reference != one.outcome.reference)
        ]
    return found
