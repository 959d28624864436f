"""What a shopper enters about an order that is placed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class LookupForm(forms.Form):
    """A guest's way back to an order."""

    number = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "placeholder": "ORD-2026000001"}
        ),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def clean_number(self) -> str:
        return "".join(str(self.cleaned_data["number"]).upper().split())
