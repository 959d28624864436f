"""What is typed or chosen in the warehouse."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from checkout.warehouse import rules, selectors
from checkout.warehouse.models import PrintJob
from inventory.stock import selectors as stock

LAYOUTS = [(1, _("One on a page of A6 (label printer)")), (2, _("Two on a page of A4")), (4, _("Four on a page of A4"))]
_KINDS = [choice for choice in PrintJob.Kind.choices if choice[0] != PrintJob.Kind.PICKLIST]


class NextWaveForm(forms.Form):
    """The oldest parcels of a location; of one way of delivery, if one is chosen."""

    location = forms.ChoiceField(label=_("Location"), widget=UnfoldAdminSelectWidget)
    delivery = forms.ChoiceField(label=_("Delivery"), required=False, widget=UnfoldAdminSelectWidget)
    most = forms.IntegerField(
        label=_("How many parcels, the oldest first"), min_value=1, max_value=rules.MOST_PARCELS, initial=20,
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip

    def __init__(self, *args: Any, waiting: list[selectors.Waiting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = stock.location_names()
        units: dict[str, int] = {}
        for one in waiting:
            units[str(one.location_id or "")] = units.get(str(one.location_id or ""), 0) + one.parcels
        places = {key: names.get(UUID(key)) if key else None for key in units}
        places_field, ways_field = self.fields["location"], self.fields["delivery"]
        assert isinstance(places_field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        assert isinstance(ways_field, forms.ChoiceField)  # noqa: S101
        places_field.choices = [
            (key, f"{place or gettext('no location')} ({units[key]})") for key, place in places.items()
        ]
        ways = sorted({(one.delivery_option, one.delivery_name) for one in waiting})
        ways_field.choices = [("", _("Any")), *ways]
        places_field.required = "" not in units

    def clean_location(self) -> UUID | None:
        return UUID(self.cleaned_data["location"]) if self.cleaned_data["location"] else None


class ShortForm(forms.Form):
    """Units that are not on the shelf, and what becomes of them."""

    line = forms.UUIDField()
    units = forms.IntegerField(min_value=1, max_value=rules.MOST_UNITS)
    then = forms.ChoiceField(choices=[("refund", ""), ("wait", ""), ("elsewhere", "")])
    seen = forms.IntegerField(min_value=0)


class PrintForm(forms.Form):
    """Which papers, and how labels lie on a sheet."""

    kind = forms.ChoiceField(
        label=_("Papers"), choices=_KINDS, initial=PrintJob.Kind.BOTH, widget=UnfoldAdminRadioSelectWidget
    )
    on_a_sheet = forms.TypedChoiceField(
        label=_("Labels"), choices=LAYOUTS, coerce=int, initial=1, widget=UnfoldAdminRadioSelectWidget
    )
