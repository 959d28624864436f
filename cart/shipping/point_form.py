"""A shipping point as merchants type it: a location, its address and its clock."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_countries import countries
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cart.shipping import fields
from cart.shipping.models import Holiday, ShippingPoint
from shop.core import addresses

_PARTS = ("address1", "address2", "city", "state", "postal_code")


def _part(name: str, label: Any) -> forms.CharField:
    longest = addresses.FIELDS[name]
    return forms.CharField(label=label, required=False, max_length=longest, widget=UnfoldAdminTextInputWidget)


class PointForm(forms.ModelForm):  # type: ignore[type-arg]
    """The address is checked by the rules of its country, as shoppers' are."""

    location_id = fields.choice(_lazy("Location"))
    time_zone = forms.ChoiceField(label=_lazy("Time zone"), widget=UnfoldAdminSelect2Widget)
    rest_days = fields.WeekdaysField(label=_lazy("Closed on"))
    address1 = _part("address1", _lazy("Address"))
    address2 = _part("address2", _lazy("Floor, building"))
    city = _part("city", _lazy("City"))
    state = _part("state", _lazy("State"))
    postal_code = _part("postal_code", _lazy("Postcode"))
    country = forms.ChoiceField(label=_lazy("Country"), choices=lambda: list(countries), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = ShippingPoint
        fields = [
            "location_id", "name", "opening_hours", "time_zone", "cut_off", "handling_days", "rest_days",
            "keeps_holidays",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "location_id" not in self.fields:  # who may only look
            return
        self.fields["location_id"].required = True
        self.fields["location_id"].choices = fields.locations()[1:]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = [(one, one) for one in sorted(available_timezones())]  # type: ignore[attr-defined]
        self.initial.setdefault("time_zone", settings.SHOP_TIME_ZONE)
        self.initial.setdefault("country", self.instance.address.get("country") or settings.DEFAULT_COUNTRY)
        for name in _PARTS:
            self.initial.setdefault(name, self.instance.address.get(name, ""))

    def clean_location_id(self) -> Any:
        return fields.location(self.cleaned_data["location_id"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = {name: data.get(name, "") for name in (*_PARTS, "country")}
        tidy, problems = addresses.clean(given)
        for name in set(problems) & {*_PARTS, "country"}:
            if name not in self.errors:
                self.add_error(name, _SENTENCES.get(problems[name], _("Please check this.")))
        self.instance.address = {name: tidy[name] for name in (*_PARTS, "country")}
        return data


_SENTENCES = {
    "required": _lazy("Addresses there have this: please fill it in."),
    "invalid": _lazy("Addresses there do not have this: please check it."),
}


class HolidayForm(forms.ModelForm):  # type: ignore[type-arg]
    """A day off, in a country or everywhere."""

    country = forms.ChoiceField(
        label=_lazy("Country"), required=False, choices=lambda: [("", _("Everywhere")), *countries],
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    class Meta:
        model = Holiday
        fields = ["name", "on", "country"]
