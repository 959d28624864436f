"""What a shopper enters about an order that is placed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class PayAgainForm(forms.Form):
    """Another card, or another way to pay. The amount is the order's; what the browser sends of it is not read."""

    method = forms.CharField(max_length=40)
    payment_token = forms.RegexField(r"^[A-Za-z0-9_-]+$", max_length=255, required=False)
    hosted = forms.BooleanField(required=False)

    def __init__(self, *args: Any, methods: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._methods = methods

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = self._methods.get(cleaned.get("method", ""))
        if chosen is None:
            raise forms.ValidationError(_("Please choose how you want to pay."))
        if not chosen.needs_token:
            cleaned["payment_token"], cleaned["hosted"] = "", chosen.is_hosted
        elif cleaned.get("hosted"):
            cleaned["payment_token"] = ""
        elif not cleaned.get("payment_token"):
            raise forms.ValidationError(_("Please enter your card details."))
        return {**cleaned, "provider": chosen.provider}


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
