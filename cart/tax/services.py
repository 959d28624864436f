"""Whether a VAT id exists, as the register says, and kept with the date."""

from __future__ import annotations

from django.db.models.functions import Now

from cart.tax import asking, selectors, vat
from cart.tax.models import VatCheck
from cart.tax.providers import table


def check_vat_id(*, vat_id: str) -> bool | None:
    """Whether a tidy id exists, as the register says now or said lately; None when it cannot tell. What it says is kept
    with the date. Called outside of transactions."""
    if vat.objection(vat_id):
        return False
    known = selectors.checked(vat_id)
    if known is not None:
        return known.is_valid
    register = table.register()
    said = asking.through(asking.REGISTER, lambda: register.check(vat_id)) if register else None
    if said is None:
        return None
    VatCheck.objects.update_or_create(
        vat_id=vat_id, defaults={"is_valid": said.is_valid, "reference": said.reference, "checked_at": Now()}
    )
    return said.is_valid
