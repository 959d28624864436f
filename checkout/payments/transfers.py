"""The shop's bank account as customers read it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from shop.core import iban


def rows(account: Mapping[str, str]) -> list[tuple[str, str]]:
    """What people call each part of an account, or of a payment's instructions, and what it is, in the active language:
    in the order in which a bank's form asks for them, the holder first."""
    names = {
        "account_holder": _("Account holder"),
        "bank": _("Bank"),
        "iban": _("IBAN"),
        "bic": _("BIC"),
        "amount": _("Amount"),
        "reference": _("Reference"),
    }
    order = [name for name in names if name in account] + [name for name in account if name not in names]
    return [(names.get(name) or _in_words(name), iban.in_fours(account[name])) for name in order]


def _in_words(name: str) -> str:
    """The name of a setting, as it may stand before a value: "sort_code" as "Sort code"."""
    return name if name != name.lower() else name.replace("_", " ").capitalize()
