"""Why a sale is taxed as it is, in words for shoppers and on papers."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cart.tax import selectors
from catalog.translations import selectors as translations

SALES_TAX = " sales tax"  # what the names of the rates end in that the shop brings for the states of the US
NAMES = (gettext_noop("VAT"), gettext_noop("Hawaii excise tax"))  # of other rates that it brings


def called(name: str) -> str:
    """A tax as shoppers read it: as the merchant's word list has it, else, if it is one that the shop brings, in the
    shop's own words; as it is where it is neither."""
    state = name.removesuffix(SALES_TAX)
    said = translations.said(name) if name else ""
    if said != name or not state or state == name:
        return said
    return _("%(state)s sales tax") % {"state": translations.term(state)}


def label(*names: str, is_included: bool) -> str:
    """What stands before the amount of these taxes: what is in the prices already is not added to them."""
    said = ", ".join(dict.fromkeys(map(called, names))) or _("Tax")
    return _("%(tax)s (in the prices)") % {"tax": said} if is_included else said


def price_note() -> str:
    """What stands beside a price of the catalogue; empty where there is no tax."""
    return {"included": _("Tax included"), "added": _("Tax is added at checkout")}.get(selectors.at_home(), "")


def note(facts: Mapping[str, str]) -> str:
    """A sentence on the tax facts of a quote or an order, in the active language; empty for nothing to say."""
    if facts.get("scheme"):
        return of_paper(facts)
    told = {"vat_id": facts.get("vat_id", "")}
    if facts.get("vat_status") == "unverified":
        return _("VAT id %(vat_id)s is not checked yet; until it is, VAT is charged.") % told
    if facts.get("vat_status") == "invalid":
        return _("The VAT id %(vat_id)s is not valid, so VAT is charged.") % told
    if facts.get("source") == "estimate":
        return _("Tax is estimated at the usual rates.")
    if facts.get("vat_status") == "unused":
        return _("VAT id %(vat_id)s makes no difference to the tax of this order.") % told
    return ""


def of_paper(facts: Mapping[str, str]) -> str:
    """Why an invoice charges no tax; empty where it does. In the active language.

    Source of what is to be said: directive 2006/112/EC, article 226 (11). "Reverse charge" (11a) is for services; goods
    that are sent to a company of another country of the EU are exempt by article 138.
    """
    told = {"vat_id": facts.get("vat_id", ""), "proof": facts.get("proof", "")}
    if facts.get("scheme") == "reverse_charge":
        return (
            _(
                "Tax-exempt intra-Community supply (article 138 of directive 2006/112/EC): VAT is to be paid by the "
                "buyer, VAT id %(vat_id)s."
            )
            % told
        )
    if facts.get("scheme") == "exempt":
        return _("Exempt from tax: %(proof)s.") % told
    return ""
