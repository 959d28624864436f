"""Payment providers: the outside world of money behind one protocol (``base.Provider``).

Owns: talking to Stripe and PayPal, bank transfers, cash. Offers ``provider(code)`` and the table ``PROVIDERS``.
Must not: know Django models, store anything, or decide what an order does with the answer.
A new provider is a file here and a line in ``PROVIDERS``.
"""

from functools import cache
from importlib import import_module

from checkout.payments.providers import base

PROVIDERS: dict[str, str] = {
    "stripe": "checkout.payments.providers.stripe.from_settings",
    "paypal": "checkout.payments.providers.paypal.from_settings",
    "bank_transfer": "checkout.payments.providers.bank_transfer.from_settings",
    "cash": "checkout.payments.providers.cash.from_settings",
    "invoice": "checkout.payments.providers.invoice.from_settings",
    "gift_card": "checkout.payments.providers.gift_card.from_settings",
    "store_credit": "checkout.payments.providers.store_credit.from_settings",
}


class UnknownProvider(LookupError):
    """No provider has this code."""


@cache
def provider(code: str) -> base.Provider:
    """The provider named ``code``, made once in this process. Raises UnknownProvider."""
    try:
        module, _, factory = PROVIDERS[code].rpartition(".")
    except KeyError:
        raise UnknownProvider(code) from None
    made: base.Provider = getattr(import_module(module), factory)()
    return made
