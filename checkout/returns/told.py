"""What a product's page says of sending it back: the same that is decided by when somebody does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.returns import policies, rules


@dataclass(frozen=True, slots=True)
class Told:
    """`text` and `cost_text` are for people, `data` (schema.org's MerchantReturnPolicy) for search engines."""

    text: str
    cost_text: str
    data: dict[str, Any]


def of_product(item: dict[str, str], *, is_final: bool) -> Told | None:
    """Of a product (the fields of `rules.Item`); None where no rule speaks of it. `is_final`: it is always made for
    who buys it, so that it does not come back. No query once this process has read the rules.
    """
    policy = rules.first(rules.Item(**item), policies.kept())
    if policy is None:
        return None
    data = {"@type": "MerchantReturnPolicy", "applicableCountry": settings.DEFAULT_COUNTRY}
    if is_final or policy.is_final_sale:
        return Told(_("Cannot be sent back: final sale"), "", data | _category("NotPermitted"))
    days, is_free = policy.window_days, policy.is_label_paid
    data |= _category("FiniteReturnWindow") | {"merchantReturnDays": days, "returnMethod": f"{_SCHEMA}/ReturnByMail"}
    data["returnFees"] = f"{_SCHEMA}/{'FreeReturn' if is_free else 'ReturnFeesCustomerResponsibility'}"
    text = ngettext("%(n)d day to change your mind", "%(n)d days to change your mind", days) % {"n": days}
    return Told(text, _("Sending it back is free.") if is_free else _("You pay for sending it back."), data)


_SCHEMA = "https://schema.org"


def _category(name: str) -> dict[str, Any]:
    return {"returnPolicyCategory": f"{_SCHEMA}/MerchantReturn{name}"}
