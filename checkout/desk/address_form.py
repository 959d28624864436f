"""An address as staff enter it, checked by the rules of its country."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from shop.core import address_words, addresses

_LABELS = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "company": gettext_lazy("Company"),
    "address1": gettext_lazy("Address"),
    "address2": gettext_lazy("Flat, floor, building"),
    "postal_code": gettext_lazy("Postcode"),
    "city": gettext_lazy("City"),
    "state": gettext_lazy("State"),
    "country": gettext_lazy("Country"),
    "phone": gettext_lazy("Phone"),
}


class AddressForm(forms.Form):
    """`address` is what was entered, tidied. With `is_partial` it may be incomplete: a draft waits for the rest."""

    def __init__(self, *args: Any, is_partial: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_partial = is_partial
        self.address: dict[str, str] = {}
        for name, label in _LABELS.items():
            if name == "country":
                field: forms.Field = forms.ChoiceField(
                    label=label, required=False, choices=[("", "–"), *countries], widget=UnfoldAdminSelectWidget
                )
            else:
                field = forms.CharField(
                    label=label, required=False, max_length=addresses.FIELDS[name], widget=UnfoldAdminTextInputWidget
                )
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.address, problems = addresses.clean(cleaned)
        entered = str(cleaned.get("state", "")).strip()
        if self._is_left_over(entered):
            self._leave_out(entered)
            problems.pop("state", None)
        elif self._has_stray_state(entered):
            self.add_error("state", _("Addresses in this country have no state: leave it empty."))
        for name, problem in problems.items():
            if name not in self.errors and not (self.is_partial and problem == "required"):
                self.add_error(name, _sentence(self.address["country"], name, problem))
        return {**cleaned, **self.address}

    def _has_stray_state(self, entered: str) -> bool:
        """Whether a state was entered for a country whose addresses have none; one that stood there is dropped."""
        is_dropped = bool(entered) and not self.address["state"]
        return is_dropped and entered != str(self.initial.get("state", "")).strip()

    def _is_left_over(self, entered: str) -> bool:
        """Whether the state was there before the country was changed to one that has no list of states to look it up
        in."""
        country, before = self.address["country"], str(self.initial.get("country", ""))
        if not entered or entered != str(self.initial.get("state", "")).strip() or country == before:
            return False
        try:
            return not addresses.rules_of(country).states
        except addresses.UnknownCountry:
            return False

    def _leave_out(self, state: str) -> None:
        """The form is shown without it, and says so at the field."""
        self.address["state"] = ""
        self.data = {**{name: self.data.get(name) for name in self.data}, self.add_prefix("state"): ""}
        self["state"].help_text = _("“%(state)s” was a state of the country before and is left out.") % {"state": state}


def _sentence(country: str, name: str, problem: str) -> str:
    if problem == "required":
        return _("Please fill this in.")
    if name == "country":
        return _("Please choose a country.")
    if name == "postal_code" and addresses.rules_of(country).postal_example:
        return address_words.wrong_postcode(addresses.rules_of(country))
    if name == "state":
        return _("This country has no such state.")
    return _("Please check this.")
