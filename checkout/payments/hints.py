"""What is said below each way to pay: what happens after it, where that is not that the goods are shipped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

MAILED = {  # nothing is shipped
    "card": "",
    "bank_transfer": gettext_lazy("Your gift cards are sent when your transfer has arrived."),
    "invoice": gettext_lazy("You pay by bank within the time on the invoice."),
}
COLLECTED = {
    "card": gettext_lazy("You pay now; we get it ready as soon as the payment is confirmed."),
    "bank_transfer": gettext_lazy("We get it ready when your transfer has arrived."),
    "invoice": gettext_lazy("We get it ready now; you pay by bank within the time on the invoice."),
}


def told(offered: Iterable[dict[str, Any]], *, is_by_email: bool, is_collected: bool) -> list[dict[str, Any]]:
    """The ways to pay on offer (`methods.choices`), each with what it means for an order that goes so."""
    words = MAILED if is_by_email else COLLECTED if is_collected else {}
    return [{**one, "hint": words.get(one["id"], one["hint"])} for one in offered]
