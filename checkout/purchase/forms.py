"""What a shopper enters between cart and order: contact, address and delivery, then how to pay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from cart.shipping.rules import BY_EMAIL
from cart.shipping.selectors import DeliveryOption
from cart.tax import selectors as taxation
from cart.tax import vat
from checkout.payments.forms import SeenTotalField
from shop.core import address_words, addresses
from shop.core.fields import LineField, LinesField

_MISSING = {  # what is to be done, where a field is empty that must not be
    "email": gettext_lazy("Enter an e-mail address. The confirmation goes there."),
    "first_name": gettext_lazy("Enter a first name."),
    "last_name": gettext_lazy("Enter a last name."),
    "address1": gettext_lazy("Enter the street and the house number."),
    "city": gettext_lazy("Enter the city or town."),
    "state": gettext_lazy("Choose from the list."),
}
_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s.]+"  # for a first look, in the browser
ADDRESS_FIELDS = tuple(addresses.FIELDS)
_OF_DELIVERIES = (
    "address1", "address2", "company", "city", "state", "postal_code", "phone", "delivery_option", "gift_message",
    "vat_id",
)  # fmt: skip


def _text(label: Any, longest: int, **attrs: str) -> LineField:
    named = {name.replace("_", "-"): value for name, value in attrs.items()}
    return LineField(label=label, max_length=longest, required=False, widget=forms.TextInput(attrs=named))


class DetailsForm(forms.Form):
    """Contact, delivery address and delivery option. Which fields an address has follows the country.

    `country` decides about labels, states and postcodes. `is_by_email`: nothing is delivered to an address; whose it is
    and in which country is asked, for the papers and for who gets it, and no more.
    """

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"data-testid": "email-input", "autocomplete": "email", "inputmode": "email"}),
    )
    first_name = _text(gettext_lazy("First name"), 100, data_testid="first-name-input", autocomplete="given-name")
    last_name = _text(gettext_lazy("Last name"), 100, data_testid="last-name-input", autocomplete="family-name")
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        widget=forms.Select(attrs={"data-testid": "country-select", "autocomplete": "country"}),
    )
    address1 = _text(gettext_lazy("Address"), 200, data_testid="address-input", autocomplete="address-line1")
    address2 = _text(gettext_lazy("Flat, floor, building"), 200, autocomplete="address-line2")
    company = _text(gettext_lazy("Company"), 100, autocomplete="organization")
    city = _text(gettext_lazy("City"), 100, data_testid="city-input", autocomplete="address-level2")
    state = _text(gettext_lazy("State"), 100, data_testid="state-select", autocomplete="address-level1")
    postal_code = _text(
        gettext_lazy("Postcode"), 20, data_testid="zip-input", autocomplete="postal-code", autocapitalize="characters"
    )
    phone = _text(gettext_lazy("Phone"), 30, autocomplete="tel", inputmode="tel")
    delivery_option = forms.CharField(max_length=40, required=False)
    gift_message = LinesField(
        label=gettext_lazy("Gift message"),
        help_text=gettext_lazy("Printed on the packing slip, without prices. At most 500 characters."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-testid": "gift-message-input"}),
    )
    po_number = _text(gettext_lazy("Purchase order number"), 60, data_testid="po-number-input", autocomplete="off")
    vat_id = LineField(
        label=gettext_lazy("VAT id"),
        help_text=gettext_lazy(
            "For companies, with the country’s letters, as in IE6388047V. It is checked as you go on."
        ),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"data-testid": "vat-id-input", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )

    def __init__(self, *args: Any, country: str, is_by_email: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_by_email = is_by_email
        choice = self.fields["country"]
        choice.choices = [pair for pair in countries if _is_known(pair[0])]  # type: ignore[attr-defined]
        self.rules = _rules(country)
        choice.initial = self.rules.country
        self._shape()
        self.address: dict[str, str] = {}

    def _shape(self) -> None:
        """The fields of an address in this country: labels, required or not, states to choose from."""
        rules = self.rules
        if self.is_by_email:
            for name in _OF_DELIVERIES:
                del self.fields[name]
            self.fields["first_name"].required = self.fields["last_name"].required = True
            self._say()
            return
        for name, label in address_words.labels(rules).items():
            if name not in rules.allowed:
                self.fields[name].widget = forms.HiddenInput()
            self.fields[name].label, self.fields[name].required = label, name in rules.required
        for name in ("first_name", "last_name", "address1"):
            self.fields[name].required = True
        if rules.states:
            attrs = {"data-testid": "state-select", "autocomplete": "address-level1"}
            self.fields["state"].widget = forms.Select(attrs=attrs, choices=address_words.states(rules))
        if not taxation.asks_vat_id(rules.country):
            del self.fields["vat_id"]
        self._say()

    def _say(self) -> None:
        """What is to be mended, in words: for whoever sends the form, and for the script that says the same on leaving
        a field (`forms.js`)."""
        for name, field in self.fields.items():
            if field.required and (words := self._missing(name)):
                field.error_messages["required"] = words
                field.widget.attrs["data-missing"] = words
        email = self.fields["email"]
        email.error_messages["invalid"] = _("Enter an e-mail address like name@example.com.")
        email.widget.attrs |= {"data-pattern": _EMAIL, "data-wrong": email.error_messages["invalid"]}
        if "postal_code" in self.fields and self.rules.postal_pattern:
            wrong = self.sentence("postal_code", "invalid")
            self.fields["postal_code"].widget.attrs |= {"data-pattern": self.rules.postal_pattern, "data-wrong": wrong}

    def _missing(self, name: str) -> str:
        if name == "postal_code" and self.rules.postal_example:
            return _("Enter a postcode, for example %(example)s.") % {"example": self.rules.postal_example}
        if name == "state" and not self.rules.states:
            return _("Please fill this in.")
        return str(_MISSING.get(name, ""))

    def clean_delivery_option(self) -> str:
        return str(self.cleaned_data["delivery_option"]).strip()

    def clean_vat_id(self) -> str:
        tidy = vat.tidy(self.cleaned_data["vat_id"])
        if objection := tidy and vat.objection_to_buyers(tidy):
            raise forms.ValidationError(objection)
        return tidy

    @property
    def vat_id_said(self) -> str:
        """The buyer's VAT id, tidied; empty for none, or one that cannot be. Of a bound form that was looked at."""
        return str(self.cleaned_data.get("vat_id") or "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = {name: cleaned.get(name, "") for name in ADDRESS_FIELDS}
        self.address, problems = addresses.clean(given)
        for name, problem in problems.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, self.sentence(name, problem))
        return {**cleaned, **self.address}

    def wanted(self) -> dict[str, Any]:
        """What was entered, as `services.save_details` takes it. Of a form that is valid and its delivery checked."""
        said = {name: self.cleaned_data[name] for name in ("email", "po_number")}
        if self.is_by_email:
            return {**said, "shipping_address": {}, "billing_address": self.address, "delivery_option": BY_EMAIL}
        said |= {name: self.cleaned_data[name] for name in ("delivery_option", "gift_message")}
        return {**said, "shipping_address": self.address, "billing_address": {}}

    def sentence(self, name: str, problem: str) -> str:
        """What is wrong with an address's field, and how to mend it."""
        return address_words.sentence(self.rules, name, problem)

    def check_delivery(self, options: tuple[DeliveryOption, ...], usual: DeliveryOption | None) -> bool:
        """Take the `usual` option when none was chosen; an error when nothing serves the address or the choice is not
        offered. To be called on a valid form."""
        if not options or usual is None:
            self.add_error("country", _("We do not deliver to this country yet."))
            return False
        if self.is_by_email:
            return True
        chosen = self.cleaned_data["delivery_option"] or usual.code
        if chosen not in {option.code for option in options}:
            self.add_error(None, _("Please choose how we should deliver."))
            return False
        self.cleaned_data["delivery_option"] = chosen
        return True


class PlaceForm(forms.Form):
    """What "Pay" posts besides the way to pay. The total is what the shopper saw; it is compared, never charged."""

    seen_total = SeenTotalField()
    idempotency_key = forms.RegexField(r"^[A-Za-z0-9_-]{20,64}$")


def _is_known(country: str) -> bool:
    try:
        addresses.rules_of(country)
    except addresses.UnknownCountry:
        return False
    return True


def known_country(country: str) -> str:
    """The code of a country, or of the shop's own where there is none such."""
    return _rules(country).country


def _rules(country: str) -> addresses.Rules:
    try:
        return addresses.rules_of(country.upper())
    except addresses.UnknownCountry:
        return addresses.rules_of(settings.DEFAULT_COUNTRY)
