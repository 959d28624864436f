"""What shoppers enter about a gift card."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class CodeForm(forms.Form):
    """The code of a card, as it was typed."""

    code = forms.CharField(
        label=gettext_lazy("Code of the gift card"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
                "placeholder": "XXXX-XXXX-XXXX-XXXX", "data-testid": "gift-card-input",
            }
        ),
        error_messages={"required": gettext_lazy("Enter the code of your gift card.")},
    )  # fmt: skip
