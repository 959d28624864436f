"""What the parts of an address are called, and what is wrong with one, in words: the same wherever one is entered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django_countries import countries

from shop.core.addresses import Rules

_STATES = {
    "state": gettext_lazy("State"),
    "province": gettext_lazy("Province"),
    "prefecture": gettext_lazy("Prefecture"),
    "county": gettext_lazy("County"),
    "department": gettext_lazy("Department"),
    "emirate": gettext_lazy("Emirate"),
    "island": gettext_lazy("Island"),
    "oblast": gettext_lazy("Oblast"),
    "parish": gettext_lazy("Parish"),
    "area": gettext_lazy("Area"),
    "district": gettext_lazy("District"),
    "do_si": gettext_lazy("Province or city"),
}
_POSTCODES = {
    "zip": gettext_lazy("ZIP code"),
    "pin": gettext_lazy("PIN code"),
    "eircode": gettext_lazy("Eircode"),
    "postal": gettext_lazy("Postcode"),
}
_CITIES = {
    "post_town": gettext_lazy("Town"),
    "suburb": gettext_lazy("Suburb"),
    "district": gettext_lazy("District"),
}


def labels(rules: Rules) -> dict[str, Any]:
    """What people in this country call the parts of which that depends on it."""
    return {
        "city": _CITIES.get(rules.city_kind, _("City")),
        "state": _STATES.get(rules.state_kind, _("State")),
        "postal_code": _POSTCODES.get(rules.postal_kind, _("Postcode")),
    }


def states(rules: Rules) -> list[tuple[str, str]]:
    """The states of this country, to choose from."""
    return [("", pgettext("choose a state", "Choose …")), *rules.states]


def sentence(rules: Rules | None, name: str, problem: str) -> str:
    """What is wrong with the part `name` of an address (`addresses.clean`), and how to mend it; `rules` are those of
    its country, None where that is not known.
    """
    if name == "country":
        return _("Please choose a country.")
    if problem == "too_long":
        return _("This is too long.")
    if problem == "required":
        return _("Please fill this in.")
    if problem == "elsewhere":
        return _("This postcode is not in that state. Please check both.")
    if name == "postal_code" and rules and rules.postal_example:
        return wrong_postcode(rules)
    if name == "phone":
        return _("Please enter a phone number, as +1 555 0100.")
    return _("Please check this.")


def wrong_postcode(rules: Rules) -> str:
    """With one that is right, for a country whose rules have one."""
    told = {"country": str(countries.name(rules.country)), "example": rules.postal_example}
    return _("That postcode does not look right. Example for %(country)s: %(example)s.") % told
