"""What is wrong with an address, in words: the same at the cart, at the checkout and over REST."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django_countries import countries

from shop.core.addresses import Rules


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
