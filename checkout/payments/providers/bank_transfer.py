"""Bank transfer: the shopper sends the money himself, naming the order; a merchant records its coming.

Nothing here talks to anybody: the bank statement is the outside, and the merchant reads it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.utils.translation import gettext_lazy

from checkout.payments.providers import base, by_hand
from shop.core import formats
from shop.core.money import Money


def from_settings() -> "BankTransfer":
    """The provider with the shop's account: ``settings.BANK_TRANSFER`` (words to show, by name)."""
    return BankTransfer(account=settings.BANK_TRANSFER)


class BankTransfer(by_hand.ByHand):
    """``base.Provider`` without a network: it gives instructions and waits."""

    code = "bank_transfer"
    label = cast(str, gettext_lazy("Bank transfer"))
    prefix = "bt_"
    reservation_ttl = timedelta(days=5)

    def __init__(self, *, account: Mapping[str, str]) -> None:
        self._account = account

    def charge(self, request: base.ChargeRequest) -> base.Outcome:
        return base.Outcome(
            reference=self.reference(request.payment_id),
            state="pending",
            instructions=self.instructions(order_number=request.order_number, amount=request.amount),
        )

    def instructions(self, *, order_number: str, amount: Money) -> dict[str, str]:
        """Where the money goes and what to write on it: words to show, by name. Nobody need be asked for them."""
        return {**self._account, "reference": order_number, "amount": formats.money(amount)}
