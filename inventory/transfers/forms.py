"""What a merchant may say of transfers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from inventory.stock import rules
from inventory.stock import selectors as stock
from inventory.transfers.models import TransferLine

MAX_LINES = 200


class DraftForm(forms.Form):
    """From where to where, and what."""

    source = forms.ChoiceField(label=_lazy("From"), choices=stock.locations, widget=UnfoldAdminSelectWidget)
    target = forms.ChoiceField(label=_lazy("To"), choices=stock.locations, widget=UnfoldAdminSelectWidget)
    lines = forms.CharField(
        label=_lazy("SKUs and units"),
        help_text=_lazy(
            "One a line: the SKU, a space or tab, and how many units. Rows of a spreadsheet can be pasted."
        ),
        widget=UnfoldAdminTextareaWidget,
    )
    note = forms.CharField(label=_lazy("Note"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)

    def clean_lines(self) -> dict[str, int]:
        """The units by SKU; those of a SKU that is named twice are added up."""
        found: dict[str, int] = {}
        rows = [row.strip() for row in self.cleaned_data["lines"].splitlines() if row.strip()]
        if len(rows) > MAX_LINES:
            raise forms.ValidationError(_("At most %(most)d lines at a time.") % {"most": MAX_LINES})
        for row in rows:
            sku, _gap, units = row.replace("\t", " ").rpartition(" ")
            if not sku.strip() or not units.isascii() or not units.isdigit() or not rules.is_quantity(int(units[:12])):
                raise forms.ValidationError(_("“%(row)s” is not a SKU and a number of units.") % {"row": row})
            found[sku.strip()] = found.get(sku.strip(), 0) + int(units)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") and data.get("source") == data.get("target"):
            self.add_error("target", _("Choose another location than the one they come from."))
        return data


class ReceiveForm(forms.Form):
    """How many units of each line have come. `version` is the transfer's when the page was made."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: list[TransferLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.open]
        for line in self.lines:
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                label=line.sku,
                help_text=_("%(units)d under way") % {"units": line.open},
                initial=line.open,
                min_value=0,
                max_value=line.open,
                widget=UnfoldAdminIntegerFieldWidget,
            )

    def units(self) -> dict[UUID, int]:
        """By variant, once the form is valid."""
        return {line.variant_id: self.cleaned_data[f"line-{line.pk}"] for line in self.lines}


class CloseForm(forms.Form):
    """Why the rest will not come."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_lazy("Reason"),
        help_text=_lazy("What has not come is written off, with this reason in the ledger."),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
    )


class AskForm(forms.Form):
    """Nothing but yes or no."""
