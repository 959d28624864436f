"""Cash: paid into the hand of staff, who record it. No shopper can choose it: only who takes it knows that it came."""

from datetime import timedelta
from typing import cast

from django.utils.translation import gettext_lazy

from checkout.payments.providers import by_hand


def from_settings() -> "Cash":
    """The provider; there is nothing to set."""
    return Cash()


class Cash(by_hand.ByHand):
    """``base.Provider`` without a network: its money is recorded together with the order that it pays."""

    code = "cash"
    label = cast(str, gettext_lazy("Cash"))
    prefix = "cash_"
    reservation_ttl = timedelta(minutes=15)  # of what is asked for and never recorded: nobody waits for cash to arrive
