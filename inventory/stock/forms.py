"""What a merchant may say of stock."""

from __future__ import annotations

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from inventory.stock import rules, selectors


class ReceiveForm(forms.Form):
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


class AdjustForm(forms.Form):
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


class RecountForm(forms.Form):
    """What was counted."""

    units = forms.IntegerField(
        label=_lazy("Units on hand"),
        help_text=_lazy("As many as were counted, those included that are sold and not shipped yet."),
        min_value=0,
        max_value=rules.MAX_UNITS,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(label=_lazy("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)
