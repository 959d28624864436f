"""What shoppers choose from when they pay, and what the card fields of a page need to know."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay as a form posts it (`id`), and the provider behind it (a key of `PROVIDERS`)."""

    id: str
    provider: str
    label: str | Promise
    hint: str | Promise
    needs_token: bool = False
    is_hosted: bool = False  # always on the provider's own page, with or without script


METHODS: tuple[Method, ...] = (
    Method("card", "stripe", _("Card"), _("You pay now; we ship as soon as the payment is confirmed."), True),
    Method("paypal", "paypal", _("PayPal"), _("You confirm the payment at PayPal and come back here."), is_hosted=True),
    Method("bank_transfer", "bank_transfer", _("Bank transfer"), _("We ship when your transfer has arrived.")),
)


@dataclass(frozen=True, slots=True)
class CardFields:
    """For the script that turns card data into a token, from the browser to the provider, past the shop.

    `kind`: "sandbox" (our own fields, the demo's stand-in) or "stripe" (Stripe's Payment Element from `script_url`).
    """

    publishable_key: str
    api_base: str
    kind: str
    script_url: str


def by_id() -> dict[str, Method]:
    """The methods of the shop, by their id: those that have an account behind them."""
    has = {"bank_transfer": "iban" in settings.BANK_TRANSFER, "paypal": bool(settings.PAYPAL_CLIENT_ID)}
    return {method.id: method for method in METHODS if has.get(method.id, True)}


def choices(selected: str = "card") -> list[dict[str, object]]:
    """The methods as a form shows them."""
    offered = by_id().values()
    return [{"id": one.id, "label": one.label, "hint": one.hint, "is_selected": one.id == selected} for one in offered]


def card_fields() -> CardFields:
    """What the page's card fields need."""
    is_sandbox = bool(settings.STRIPE_API_BASE)
    return CardFields(
        publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
        api_base=settings.STRIPE_API_BASE or "https://api.stripe.com",
        kind="sandbox" if is_sandbox else "stripe",
        script_url="" if is_sandbox else "https://js.stripe.com/v3/",
    )
