"""How a paper says that it is settled: a sentence for each of its lines (`settling`), with its amount."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _


def of(settled: Sequence[Mapping[str, Any]], *, is_credit: bool, money: Callable[[int], str]) -> list[str]:
    """In the active language. What an invoice asks to be sent is told apart, with where to and until when."""
    texts = _of_credit_notes() if is_credit else _of_invoices()
    return [
        texts[line["kind"]]
        % {
            "amount": money(line["minor"]),
            "by": line.get("by", ""),
            "numbers": ", ".join(line.get("numbers") or ()),
        }
        for line in settled
        if line["kind"] in texts
    ]


def _of_invoices() -> dict[str, str]:
    set_off = _("Set off from credit note %(numbers)s: %(amount)s")
    return {
        "set_off": set_off,
        "earlier": set_off,
        "paid": _("Paid by %(by)s: %(amount)s"),
        "held": _("%(by)s: %(amount)s was held when this was issued, to be taken when your parcels leave."),
        "to_pay": _("Still to be paid: %(amount)s"),
    }


def _of_credit_notes() -> dict[str, str]:
    return {
        "set_off": _("Set off against invoice %(numbers)s: %(amount)s"),
        "replaced": _("Invoice %(numbers)s takes its place: %(amount)s"),
        "unpaid": _("Set off against what was still to be paid: %(amount)s"),
        "store_credit": _("Given to you as store credit: %(amount)s"),
        "back": _("We give back to you: %(amount)s"),
    }
