"""What a merchant may say of stock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from inventory.stock import rules, selectors
from shop.core import db


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]  # of the model its admin page has
    """What may be sold beyond the units on hand. A date that has passed may stay, but is not entered."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_preorder") and data.get("backorder_limit") == 0:
            self.add_error("backorder_limit", _("Enter how many units may be pre-ordered; 0 would sell none."))
        expected_on = data.get("expected_on")
        is_about_it = {"expected_on", "is_preorder", "backorder_limit"} & set(self.changed_data)
        if expected_on and is_about_it and expected_on < db.clock(db.INVENTORY).date():
            self.add_error("expected_on", _("That day has passed: enter when the units are expected now."))
        return data


class SeenForm(forms.Form):
    """Carries what the stock was when the page was made, so that sent again it is not done again (`services.Moved`)."""

    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)


class ReceiveForm(SeenForm):
    """Units that came in."""

    units = forms.IntegerField(
        label=_lazy("Units"), min_value=1, max_value=rules.MAX_UNITS, widget=UnfoldAdminIntegerFieldWidget
    )
    location = forms.ChoiceField(label=_lazy("Location"), choices=selectors.locations, widget=UnfoldAdminSelectWidget)
    document = forms.CharField(
        label=_lazy("Document"),
        help_text=_lazy("The delivery note or order they belong to."),
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    reason = forms.CharField(label=_lazy("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)


class AdjustForm(SeenForm):
    """A correction up or down."""

    units = forms.IntegerField(
        label=_lazy("Units"),
        help_text=_lazy("The difference: 3 for three found, -3 for three lost."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(label=_lazy("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)

    def clean_units(self) -> int:
        units: int = self.cleaned_data["units"]
        if not units:
            raise forms.ValidationError(_("Enter a number of units other than 0."))
        if not rules.is_quantity(abs(units)):
            most = formats.number_format(rules.MAX_UNITS, force_grouping=True)
            raise forms.ValidationError(_("At most %(most)s units at a time.") % {"most": most})
        return units


class RecountForm(SeenForm):
    """What was counted."""

    units = forms.IntegerField(
        label=_lazy("Units on hand"),
        help_text=_lazy("As many as were counted, those included that are sold and not shipped yet."),
        min_value=0,
        max_value=rules.MAX_UNITS,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(label=_lazy("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)
