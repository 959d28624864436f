"""The merchant's details as they are typed in: tidied, and wrong ones told in words."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cart.tax import vat
from checkout.invoices.models import InvoiceDetails
from shop.accounts import forms as account_forms

_LARGEST_LOGO = 1024 * 1024


class ReissueForm(account_forms.AddressForm):
    """Whom an invoice is to be for instead, and why. `seen`: the order's last paper when the page was opened."""

    is_default = None  # type: ignore[assignment]  # how Django leaves a field out
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Stands on both papers, so the buyer reads it."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.widget = UnfoldAdminSelectWidget(choices=field.choices)
            elif not field.widget.is_hidden:
                field.widget = UnfoldAdminTextInputWidget(
                    attrs={"maxlength": getattr(field, "max_length", None) or 200}
                )


class InvoiceDetailsForm(forms.ModelForm):  # type: ignore[type-arg]  # it has no type arguments when it runs
    class Meta:
        model = InvoiceDetails
        fields = [
            "name", "address", "logo", "email", "phone", "website", "vat_id", "tax_number", "registration", "bank",
            "footer", "invoice_series", "credit_note_series", "issue_when", "language", "time_zone", "paper",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:  # who may only look has no fields
            zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
            languages = [("", _("Language of the order")), *settings.LANGUAGES]
            for name, choices in (("time_zone", zones), ("language", languages)):
                self.fields[name] = forms.ChoiceField(
                    label=self.fields[name].label, choices=choices, required=name == "time_zone",
                    widget=UnfoldAdminSelectWidget,
                )  # fmt: skip

    def clean_vat_id(self) -> str:
        tidy = vat.tidy(self.cleaned_data["vat_id"])
        if problem := vat.objection(tidy):
            raise forms.ValidationError(problem)
        return tidy

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        if logo and getattr(logo, "size", 0) > _LARGEST_LOGO and "logo" in self.changed_data:
            raise forms.ValidationError(_("The picture is too large: 1 MB at most."))
        return logo
