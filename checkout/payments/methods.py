"""What shoppers choose from when they pay, and what the card fields of a page need to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.payments import providers
from shop.accounts import selectors as accounts
from shop.core.money import Money


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
    Method("invoice", "invoice", _("Invoice"), _("We ship now; you pay by bank within the time on the invoice.")),
)
CREDIT = "store_credit"  # used beside a method, or for the whole; not one to choose
GIFT_CARD = "gift_card"  # each card a payment of its own; its token is the id of the card
BALANCES = (GIFT_CARD, CREDIT)  # what the shop itself owes: held first, taken when the rest of the order is sure
CASH = "cash"  # for staff who take it, nobody else
_BY_HAND = {"bank_transfer", CASH, "invoice", *BALANCES}  # each serves its own method alone


@dataclass(frozen=True, slots=True)
class Shopper:
    """Who wants to pay what: what is on offer depends on it."""

    customer_id: UUID | None
    amount: Money
    country: str = ""
    gift_cards: Sequence[UUID] = ()  # whose codes were entered, in this order


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
    has = {
        "bank_transfer": "iban" in settings.BANK_TRANSFER,
        "invoice": "iban" in settings.BANK_TRANSFER and settings.INVOICE_LIMIT > 0,
        "paypal": bool(getattr(settings, "PAYPAL_CLIENT_ID", "")),
    }
    return {method.id: method for method in METHODS if has.get(method.id, True)}


def on_offer(shopper: Shopper) -> dict[str, Method]:
    """The methods that this shopper may pay this amount with, by their id. At most one query."""
    currency = shopper.amount.currency
    found = {key: one for key, one in by_id().items() if any(takes(code, currency) for code in takers(key))}
    if "invoice" in found and not _may_pay_later(shopper):
        del found["invoice"]
    return found


def _may_pay_later(shopper: Shopper) -> bool:
    """Only customers whom the merchant put into the group, and only up to the limit, in the default currency."""
    if shopper.customer_id is None or shopper.amount.currency != settings.DEFAULT_CURRENCY:
        return False
    if shopper.amount.decimal > settings.INVOICE_LIMIT:
        return False
    return accounts.is_in_group(shopper.customer_id, settings.INVOICE_GROUP)


def choices(shopper: Shopper, selected: str = "card") -> list[dict[str, object]]:
    """The methods on offer as a form shows them."""
    offered = on_offer(shopper).values()
    return [{"id": one.id, "label": one.label, "hint": one.hint, "is_selected": one.id == selected} for one in offered]


def of_provider(code: str) -> str:
    """The id of the method that a provider stands behind by default; empty if none."""
    return next((method.id for method in METHODS if method.provider == code), "")


def takers(method_id: str) -> list[str]:
    """The providers that payments of a method may be routed to."""
    chosen = next((method for method in METHODS if method.id == method_id), None)
    if chosen and (chosen.provider in _BY_HAND or chosen.is_hosted):  # who chose PayPal is sent to PayPal
        return [chosen.provider]
    without_account = {method.provider for method in METHODS} - {method.provider for method in by_id().values()}
    return [code for code in providers.PROVIDERS if code not in _BY_HAND | without_account]


def takes(provider: str, currency: str) -> bool:
    """Whether a provider takes payments in this currency: any, unless the settings name those it takes."""
    known = settings.PROVIDER_CURRENCIES.get(provider)
    return not known or currency in known


def label(code: str) -> str:
    """What shoppers read for a provider."""
    return str(providers.provider(code).label) if code in providers.PROVIDERS else code


def card_fields() -> CardFields:
    """What the page's card fields need."""
    is_sandbox = bool(settings.STRIPE_API_BASE)
    return CardFields(
        publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
        api_base=settings.STRIPE_API_BASE or "https://api.stripe.com",
        kind="sandbox" if is_sandbox else "stripe",
        script_url="" if is_sandbox else "https://js.stripe.com/v3/",
    )
