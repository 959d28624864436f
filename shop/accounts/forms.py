"""What customers enter about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from shop.core import address_words, addresses

PROBLEMS = {
    "required": _("Please fill this in."),
    "invalid": _("This does not look right for the country."),
    "too_long": _("This is too long."),
}


def _text(label: Any, name: str, autocomplete: str, *, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, "maxlength": addresses.FIELDS[name]})
    return forms.CharField(label=label, required=required, widget=widget)


class AddressForm(forms.Form):
    """An address; what it must have depends on its country."""

    first_name = _text(_("First name"), "first_name", "given-name", required=True)
    last_name = _text(_("Last name"), "last_name", "family-name", required=True)
    company = _text(_("Company"), "company", "organization")
    address1 = _text(_("Address"), "address1", "address-line1", required=True)
    address2 = _text(_("Flat, floor, building"), "address2", "address-line2")
    city = _text(_("City"), "city", "address-level2")
    state = _text(_("State or province"), "state", "address-level1")
    postal_code = _text(_("Postcode"), "postal_code", "postal-code")
    country = forms.ChoiceField(label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"}))
    phone = _text(_("Phone"), "phone", "tel")
    is_default = forms.BooleanField(label=_("Use this address first"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        field.choices = list(countries)  # type: ignore[attr-defined]
        field.initial = settings.DEFAULT_COUNTRY

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        tidy, problems = addresses.clean(given)
        for name, problem in problems.items():
            if name not in self.errors:
                self.add_error(name, PROBLEMS[problem])
        return {**given, **tidy}

    @property
    def address(self) -> dict[str, str]:
        """The valid form's address."""
        return {name: self.cleaned_data[name] for name in addresses.FIELDS}


class BookForm(AddressForm):
    """An address of the address book: which fields there are and which of them are asked for follows the country, as
    in the checkout."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = _rules(str(self["country"].value() or ""))
        for name, label in address_words.labels(self.rules).items():
            self.fields[name].label = label
            self.fields[name].required = name in self.rules.required
            if name not in self.rules.allowed:
                self.fields[name].widget = forms.HiddenInput()
        if self.rules.states:
            attrs = {"autocomplete": "address-level1"}
            self.fields["state"].widget = forms.Select(attrs=attrs, choices=address_words.states(self.rules))
        for field in self.fields.values():
            field.error_messages["required"] = PROBLEMS["required"]


def _rules(country: str) -> addresses.Rules:
    try:
        return addresses.rules_of(country)
    except addresses.UnknownCountry:
        return addresses.rules_of(settings.DEFAULT_COUNTRY)


class PreferencesForm(forms.Form):
    """Name, language and consents."""

    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    has_marketing_consent = forms.BooleanField(label=_("You may send me offers by e-mail"), required=False)
    has_profiling_consent = forms.BooleanField(
        label=_("You may use what I look at and buy to suggest products to me"),
        help_text=_("What you look at is kept for 30 days for this. All of it is deleted when you take this back."),
        required=False,
    )
    may_ask_for_feedback = forms.BooleanField(
        label=_("You may ask me once after a delivery how it was"), required=False
    )
