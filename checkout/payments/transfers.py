"""The shop's bank account as customers read it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from shop.core import iban


def rows(account: Mapping[str, str]) -> list[tuple[str, str]]:
    """What people call each part of an account, and what it is, in the active language: the holder first."""
    names = {"account_holder": _("Account holder"), "iban": _("IBAN"), "bic": _("BIC")}
    order = [name for name in names if name in account] + [name for name in account if name not in names]
    return [(names.get(name, name), iban.in_fours(account[name])) for name in order]
