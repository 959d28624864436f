"""What a shopper types into the cart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext
from django_countries import countries

from shop.core import address_words, addresses
from shop.core.fields import LineField


class CouponForm(forms.Form):
    """One coupon code."""

    code = forms.CharField(
        label=gettext_lazy("Coupon code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"data-testid": "coupon-input", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )


class PlaceForm(forms.Form):
    """Where the goods are to go, as far as delivery and tax ask. A state may be chosen where the country has some."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    state = LineField(label=gettext_lazy("State"), max_length=100, required=False)
    postal_code = LineField(label=gettext_lazy("Postcode"), max_length=20, required=False)

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = list(countries)  # type: ignore[attr-defined]
        self.fields["country"].widget.attrs |= {  # another country has other states
            "hx-post": reverse("cart_place"), "hx-trigger": "change", "hx-params": "country,csrfmiddlewaretoken",
        }  # fmt: skip
        try:
            rules = addresses.rules_of(country)
        except addresses.UnknownCountry:
            rules = addresses.rules_of(settings.DEFAULT_COUNTRY)
        self.rules = rules
        if rules.states and "state" in rules.allowed:
            choices = [("", pgettext("choose a state", "Choose …")), *rules.states]
            self.fields["state"].widget = forms.Select(choices=choices)
        else:
            del self.fields["state"]
        if "postal_code" not in rules.allowed:
            del self.fields["postal_code"]

    @property
    def asks_more(self) -> bool:
        """Whether nothing was said yet of what the country's addresses have besides."""
        others = self.fields.keys() - {"country"}
        return bool(others) and not any(self.cleaned_data.get(name) for name in others)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        tidy, problems = addresses.clean(cleaned)
        for name in ("state", "postal_code"):
            if name in self.fields and problems.get(name) in {"invalid", "elsewhere"}:
                self.add_error(name, address_words.sentence(self.rules, name, problems[name]))
        return {name: tidy[name] for name in ("country", "state", "postal_code")}
