"""Why a gift card does not pay, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from checkout.giftcards.selectors import Card


def unknown() -> str:
    return _("We do not know this code. Please check it: it has 16 letters and digits.")


def why_not(card: Card | None, currency: str) -> str:
    """Why nothing in this currency can be paid with a card; empty if it can."""
    if card is None:
        return unknown()
    told: dict[str, Any] = {"currency": card.balance.currency, "wanted": currency}
    if card.is_blocked:
        return _("This gift card is being returned and cannot be spent meanwhile.")
    if card.is_expired:
        return _("This gift card has expired.")
    if not card.is_valid:  # ended by staff: said to nobody
        return unknown()
    if card.balance.currency != currency:
        return _("This gift card is in %(currency)s; here you pay in %(wanted)s.") % told
    return "" if card.balance.minor > 0 else _("Nothing is left on this gift card.")
