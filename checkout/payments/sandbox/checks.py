"""Django's check that a pretended bank never stands in a real shop by accident."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


def sandbox_allowed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """``checkout.E001`` when payments go to the sandbox, DEBUG is off and nobody asked for it."""
    is_pretended = bool(settings.STRIPE_API_BASE) or not _is_paypals(settings.PAYPAL_API_BASE)
    if not is_pretended or settings.DEBUG or settings.PAYMENT_SANDBOX:
        return []
    return [
        Error(
            "Payments go to the payment sandbox, which takes no money, although DEBUG is off.",
            hint="Set STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET to your Stripe account's"
            " and leave STRIPE_API_BASE unset, PAYPAL_API_BASE unset or PayPal's own; or, for a demonstration,"
            " set PAYMENT_SANDBOX=1.",
            id="checkout.E001",
        )
    ]


def _is_paypals(base: str) -> bool:
    """PayPal itself, or its own sandbox for merchants who try it."""
    return not base or (urlsplit(base).hostname or "").endswith(".paypal.com")
