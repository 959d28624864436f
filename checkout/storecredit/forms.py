"""What staff enter when they give a customer credit, or take it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from shop.accounts import selectors as accounts
from shop.core.money import BadAmount, Money
from shop.currencies import selectors as currencies


class ChangeForm(forms.Form):
    """Whose credit changes by how much, and why. `key` makes a second click the same change."""

    direction = forms.ChoiceField(
        label=gettext_lazy("What"), widget=UnfoldAdminSelectWidget,
        choices=[("grant", gettext_lazy("Give credit")), ("withdraw", gettext_lazy("Take credit back"))],
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("Customer's e-mail"), widget=UnfoldAdminEmailInputWidget)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_digits=12, widget=UnfoldAdminDecimalFieldWidget
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("The customer reads it."),
    )  # fmt: skip
    document = forms.CharField(
        label=gettext_lazy("Document"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("An order's number, or whatever it is about."),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in currencies.choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        cleaned["customer_id"] = accounts.with_email(cleaned["email"])
        if cleaned["customer_id"] is None:
            self.add_error("email", _("No customer has this address."))
        try:
            cleaned["money"] = Money.of(cleaned["amount"], cleaned["currency"])
        except BadAmount:
            self.add_error("amount", _("That has more digits than an amount in this currency."))
        else:
            if not cleaned["money"]:
                self.add_error("amount", _("Enter more than nothing."))
            most = Money.of(settings.STORE_CREDIT_LARGEST_GRANT, cleaned["currency"])
            if cleaned["direction"] == "grant" and cleaned["money"] > most:
                text = _("At most %(most)s can be given at once.") % {"most": most.format()}
                self.add_error("amount", text)
        return cleaned
