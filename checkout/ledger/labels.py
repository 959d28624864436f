"""What people call the ledger's accounts; in templates `{{ entry.debit|account }}`."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy

from checkout.ledger import rules

register = template.Library()

ACCOUNTS = {
    rules.RECEIVABLE: gettext_lazy("Customers"),
    rules.PROMISED: gettext_lazy("Promised"),
    rules.LOSSES: gettext_lazy("Lost disputes"),
    rules.STORE_CREDIT: gettext_lazy("Store credit owed"),
    rules.CREDIT_GIVEN: gettext_lazy("Store credit given"),
    rules.GIFT_CARDS: gettext_lazy("Gift cards owed"),
    rules.GIFT_CARDS_GIVEN: gettext_lazy("Gift cards given"),
    rules.GIFT_CARDS_SOLD: gettext_lazy("Gift cards sold"),
    rules.GIFT_CARDS_EXPIRED: gettext_lazy("Gift cards expired"),
}
# Accounts that each provider has one of: "holds:stripe".
KINDS = {
    "holds": gettext_lazy("Held (%(provider)s)"),
    "provider_clearing": gettext_lazy("Received (%(provider)s)"),
    "refunds_payable": gettext_lazy("Refunds under way (%(provider)s)"),
    "disputes": gettext_lazy("Called back (%(provider)s)"),
    "fees": gettext_lazy("Fees (%(provider)s)"),
}
PROVIDERS = {"paypal": "PayPal"}  # those whose names are not written as their codes


@register.filter
def account(code: str) -> str:
    """The name of an account; the code itself of one that is not known."""
    kind, _, provider = code.partition(":")
    if kind in KINDS:
        name = PROVIDERS.get(provider, provider.replace("_", " ").capitalize())
        return str(KINDS[kind] % {"provider": name})
    return str(ACCOUNTS.get(code, code))
