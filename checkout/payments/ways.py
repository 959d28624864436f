"""How a shopper has chosen to pay, checked: which provider is asked, with which card, and whether credit is used.

Pages and REST calls both come through `resolve`, so that neither takes what the other refuses. Whatever a browser says
of balances, limits or other people's cards is looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from checkout.cards import selectors as saved
from checkout.giftcards import rules as gift_rules
from checkout.giftcards import selectors as gift_cards
from checkout.giftcards import wording as gift_words
from checkout.payments import cards, choosing, methods, rules
from checkout.storecredit import selectors as credit
from shop.core.money import Money


@dataclass(frozen=True, slots=True)
class Way:
    """What `payments.open` and `payments.retry` are told. `is_hosted`: the shopper goes on to the provider's page.
    `gift_cards`: minor units that each card pays, by its id."""

    provider: str
    method: str
    token: str = field(default="", repr=False)
    is_saving: bool = False
    use_credit: bool = False
    is_hosted: bool = False
    gift_cards: Mapping[str, int] = field(default_factory=dict)

    def wanted(self) -> dict[str, Any]:
        """As the arguments of `payments.open` and `retry`."""
        names = ("provider", "method", "token", "is_saving", "use_credit", "gift_cards")
        return {name: getattr(self, name) for name in names}


class WayRefused(Exception):
    """This cannot be paid so. `part` is what to mend ("method", "token", "saved_card"); `str()` is for people."""

    def __init__(self, part: str, text: str) -> None:
        super().__init__(text)
        self.part = part


def resolve(shopper: methods.Shopper, about: UUID, given: Mapping[str, Any]) -> Way:
    """The way to pay from what was entered: `method`, `token`, `saved_card` (an id), `is_hosted`, `is_saving`,
    `use_credit`, and `provider` where a program names one itself. Raises `WayRefused`. Not within a transaction.

    `about` is what the payment is routed by (the cart of the order).
    """
    parts = gift_parts(shopper)
    if given.get("seen_gift") is not None and sum(parts.values()) != given["seen_gift"]:
        raise WayRefused(
            "gift_cards", _("The balance of your gift card has changed. Please check what is left to pay.")
        )
    rest = shopper.amount - Money(sum(parts.values()), shopper.amount.currency)
    if not rest and parts:
        return Way(methods.GIFT_CARD, methods.GIFT_CARD, gift_cards=parts)
    way = _way_of_rest(replace(shopper, amount=rest), about, given)
    return replace(way, gift_cards=parts)


def _way_of_rest(shopper: methods.Shopper, about: UUID, given: Mapping[str, Any]) -> Way:
    """How what gift cards leave is paid."""
    rest = shopper.amount - usable_credit(shopper) if given.get("use_credit") else shopper.amount
    if not rest and shopper.amount:
        return Way(methods.CREDIT, methods.CREDIT, use_credit=True)
    chosen = methods.on_offer(shopper).get(given.get("method", ""))
    if chosen is None:
        raise WayRefused("method", _("Please choose how you want to pay."))
    uses_credit = bool(given.get("use_credit")) and rest != shopper.amount
    if given.get("saved_card") and chosen.needs_token:
        card = _own_card(shopper, given["saved_card"])
        return Way(card.provider, chosen.id, card.token, use_credit=uses_credit)
    if chosen.needs_token and given.get("token"):
        is_saving = bool(given.get("is_saving")) and shopper.customer_id is not None and cards.can_save(chosen.provider)
        return Way(chosen.provider, chosen.id, given["token"], is_saving, uses_credit)
    provider = given.get("provider") or choosing.first(
        method=chosen.id, amount=rest, country=shopper.country, about=about
    )
    if chosen.needs_token and provider == chosen.provider and not given.get("is_hosted"):
        raise WayRefused("token", _("Please enter your card details."))
    return Way(provider, chosen.id, "", use_credit=uses_credit, is_hosted=chosen.is_hosted or chosen.needs_token)


def _own_card(shopper: methods.Shopper, card_id: str) -> Any:
    try:
        return saved.card_of(customer_id=shopper.customer_id, card_id=card_id)
    except saved.NoSuchCard:
        raise WayRefused("saved_card", _("This card is not on your list. Please choose another way to pay.")) from None


def gift_parts(shopper: methods.Shopper) -> dict[str, int]:
    """What each of the shopper's gift cards pays of the amount, in minor units by its id; without those that pay
    nothing."""
    found = gift_cards.usable(shopper.gift_cards, shopper.amount.currency)
    balances = [card.balance.minor for card in found]
    parts = gift_rules.parts(shopper.amount.minor, balances, least_rest=rules.LEAST_REST)
    return {str(card.id): part for card, part in zip(found, parts, strict=True) if part}


def usable_credit(shopper: methods.Shopper) -> Money:
    """How much of the amount the shopper's store credit can pay."""
    balance = credit.balance(shopper.customer_id, shopper.amount.currency)
    return Money(rules.credit_part(due=shopper.amount.minor, balance=balance.minor), shopper.amount.currency)


def form_of(shopper: methods.Shopper, about: UUID, *, entered: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the form shows: methods, saved cards, credit and whether the card is entered here. Asks for circuits."""
    entered_cards = gift_cards.named(shopper.gift_cards)
    reasons = {card.id: gift_words.why_not(card, shopper.amount.currency) for card in entered_cards}
    parts = gift_parts(shopper)
    whole, gift = shopper.amount, Money(sum(parts.values()), shopper.amount.currency)
    shopper = replace(shopper, amount=whole - gift)
    usable = usable_credit(shopper)
    offered = methods.choices(shopper, (entered or {}).get("method", "card"))
    routed = choosing.first(method="card", amount=shopper.amount, country=shopper.country, about=about)
    own = methods.by_id()["card"].provider
    return {
        "methods": offered,
        "payment": methods.card_fields(),
        "has_card_fields": routed == own,
        "card_page": "" if routed == own else methods.label(routed),
        "saved_cards": saved.cards_of(shopper.customer_id) if routed == own else [],
        "can_save": shopper.customer_id is not None and routed == own and cards.can_save(own),
        "credit": usable or None,
        "is_all_credit": bool(usable) and usable == shopper.amount,
        "gift_cards": [
            {"card": card, "part": Money(parts.get(str(card.id), 0), gift.currency), "why_not": reasons[card.id]}
            for card in entered_cards
        ],
        "gift_total": gift,
        "is_all_gift": bool(gift) and gift == whole,
        "pay_total": shopper.amount,
        "rest_total": shopper.amount - usable,
    }
