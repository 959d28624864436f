"""VAT ids that are said at a checkout, looked up in the register. Called outside of transactions."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_ratelimit.core import is_ratelimited

from cart.tax import selectors, tasks, vat
from cart.tax import services as tax
from shop.core import db


def problem(typed: str, country: str, *, request: HttpRequest | None = None) -> str:
    """What is wrong with a VAT id for a sale to `country`, in a sentence; empty for none, or a good one.

    One that cannot be is wrong everywhere, also where no tax depends on it. The register is asked where the id makes a
    difference, not too often for one `request`ing address, and again later by a worker where it does not answer.
    """
    vat_id = vat.tidy(typed)
    if not vat_id:
        return ""
    if objection := vat.objection_to_buyers(vat_id):
        return objection
    if not selectors.asks_vat_id(country):
        return ""
    if request and is_ratelimited(request, group="vat", key="ip", rate="20/10m", increment=True):
        return ""
    is_known = tax.check_vat_id(vat_id=vat_id)
    if is_known is None:
        transaction.on_commit(partial(tasks.check_vat_id.delay, vat_id), using=db.DEFAULT, robust=True)
    return _("The register of VAT ids does not know it. Please check it, or leave it out.") if is_known is False else ""
