"""Zones, methods, rates and points as merchants type them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cart.shipping import fields, postal, typed
from cart.shipping.carriers import table as carriers
from cart.shipping.models import ShippingMethod, ShippingPoint, ShippingRate, ShippingZone
from cart.shipping.rules import BY_EMAIL
from shop.core import addresses
from shop.core.money import BadAmount, exponent

Basis, Kind = ShippingMethod.Basis, ShippingMethod.Kind
_LINES = {"rows": 3, "cols": 60}
_AMOUNTS = {
    "price": "price_minor", "free_from": "free_from_minor", "least_value": "least_value_minor",
    "most_value": "most_value_minor",
}  # fmt: skip
_WEIGHTS = {"least_weight": "least_grams", "most_weight": "most_grams"}


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where a zone is. Postcodes that make no sense are named."""

    countries = fields.CountriesField(label=_lazy("Countries"))
    states = forms.CharField(
        label=_lazy("Only these states"), required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_lazy("US-AK, US-HI. Of a country of which none is named, all."),
    )  # fmt: skip

    class Meta:
        model = ShippingZone
        fields = ["name", "position", "countries", "states", "postal_codes", "but_not"]
        widgets = {
            "postal_codes": UnfoldAdminTextareaWidget(attrs=_LINES),
            "but_not": UnfoldAdminTextareaWidget(attrs=_LINES),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["states"] = ", ".join(self.instance.states)

    def clean_states(self) -> list[str]:
        wanted = [one.strip().upper() for one in self.cleaned_data["states"].split(",") if one.strip()]
        for one in wanted:
            country, _dash, state = one.partition("-")
            if country not in self.cleaned_data.get("countries", []) or state not in _states(country):
                raise ValidationError(_("“%(state)s” is no state of the countries above.") % {"state": one})
        return wanted

    def clean_postal_codes(self) -> str:
        return _postcodes(self.cleaned_data["postal_codes"])

    def clean_but_not(self) -> str:
        return _postcodes(self.cleaned_data["but_not"])


def _states(country: str) -> set[str]:
    try:
        return {code for code, _name in addresses.rules_of(country).states}
    except addresses.UnknownCountry:
        return set()


def _postcodes(text: str) -> str:
    try:
        postal.parse(text)
    except postal.BadRule as error:
        wanted = {"line": str(error)}
        raise ValidationError(_("Postcodes as 10115, 101* or 10000-19999, not “%(line)s”.") % wanted) from error
    return text


class MethodForm(forms.ModelForm):  # type: ignore[type-arg]
    """A way of delivery; amounts in its currency, weights in kilograms."""

    countries = fields.CountriesField(
        label=_lazy("Or countries"), required=False,
        help_text=_lazy("Without a zone. With neither, it serves where nothing else does."),
    )  # fmt: skip
    price = fields.text(
        _lazy("Price"), _lazy("The only one, or the one where a carrier cannot be asked. Bands have their own.")
    )
    free_from = fields.text(_lazy("Free from"), _lazy("Goods worth so much, after discounts."))
    least_value = fields.text(_lazy("Goods worth at least"))
    most_value = fields.text(_lazy("Goods worth at most"))
    least_weight = fields.text(_lazy("Weight, at least (kg)"))
    most_weight = fields.text(_lazy("Weight, at most (kg)"), _lazy("Of each parcel where each is charged for."))
    location_id = fields.choice(_lazy("Location"), _lazy("Where it is collected; it needs a shipping point."))
    carrier = fields.choice(_lazy("Carrier"))
    min_days = fields.days(_lazy("Days, at least"), 2)
    max_days = fields.days(_lazy("Days, at most"), 5)
    rest_days = fields.WeekdaysField(label=_lazy("No delivery on"))
    excluded = forms.CharField(
        label=_lazy("Not for"), required=False, widget=UnfoldAdminTextareaWidget(attrs=_LINES),
        help_text=_lazy("One a line: category: home/lamps, brand: acme, product: SKU, variant: SKU, tag: fragile."),
    )  # fmt: skip

    class Meta:
        model = ShippingMethod
        fields = [
            "name", "code", "position", "is_active", "zone", "countries", "kind", "location_id", "currency", "basis",
            "divisor", "is_per_parcel", "carrier", "service", "cut_off", "min_days", "max_days", "rest_days",
            "excluded",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        if "location_id" not in self.fields:  # who may only look
            return
        self.fields["location_id"].choices = fields.locations()  # type: ignore[attr-defined]
        self.fields["carrier"].choices = [("", "–"), *carriers.names()]  # type: ignore[attr-defined]
        self.initial.setdefault("currency", settings.DEFAULT_CURRENCY)
        self.initial["excluded"] = typed.text(row.excluded)
        if row.currency:
            self.initial.update({name: fields.major(getattr(row, own), row.currency) for name, own in _AMOUNTS.items()})
        self.initial.update({name: fields.kilograms(getattr(row, own)) for name, own in _WEIGHTS.items()})

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).strip().upper()
        try:
            exponent(currency)
        except BadAmount as error:
            raise ValidationError(_("A currency's code, as USD.")) from error
        return currency

    def clean_excluded(self) -> str:
        try:
            return "\n".join(typed.keys(self.cleaned_data["excluded"]))
        except typed.BadLine as error:
            raise ValidationError(_("There is no “%(line)s” in the shop.") % {"line": str(error)}) from error

    def clean_location_id(self) -> Any:
        return fields.location(self.cleaned_data["location_id"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        currency = data.get("currency")
        if currency:
            self._read(_AMOUNTS, lambda value: fields.minor(value, currency))
        self._read(_WEIGHTS, fields.grams)
        self._check(data)
        return data

    def _read(self, names: dict[str, str], read: Callable[[str], int | None]) -> None:
        for name, own in names.items():
            try:
                setattr(self.instance, own, read(self.cleaned_data.get(name) or ""))
            except ValidationError as error:
                self.add_error(name, error)

    def _check(self, data: dict[str, Any]) -> None:
        """What does not go together, beside the field that is to be changed."""
        row, location, basis = self.instance, data.get("location_id"), data.get("basis")
        if row.price_minor is None:
            row.price_minor = 0
            is_needed = basis in (Basis.FLAT, Basis.CARRIER) and "currency" in data
            self._refuse("price", is_needed, _("Give a price; 0 is free."))
        is_point = location is not None and ShippingPoint.objects.filter(location_id=location).exists()
        collects = data.get("kind") == Kind.COLLECT
        self._refuse("location_id", collects and not is_point, _("Choose a location that has a shipping point."))
        is_asked = basis == Basis.CARRIER
        self._refuse("carrier", is_asked and not data.get("carrier"), _("Choose the carrier that is asked."))
        days = data.get("min_days"), data.get("max_days")
        self._refuse("max_days", _is_upside_down(*days), _("No less than the days at least."))
        values = row.least_value_minor, row.most_value_minor
        self._refuse("most_value", _is_upside_down(*values), _("No less than the least."))
        weights = row.least_grams, row.most_grams
        self._refuse("most_weight", _is_upside_down(*weights), _("No less than the least."))
        same = ShippingMethod.objects.filter(code=data.get("code"), currency=data.get("currency"))
        is_taken = same.exclude(pk=row.pk).exists()
        self._refuse("code", is_taken, _("Another delivery method in this currency has this code."))
        self._refuse("code", data.get("code") == BY_EMAIL, _("What is sent by e-mail has this code. Take another one."))
        is_both = bool(data.get("zone") and data.get("countries"))
        self._refuse("countries", is_both, _("A zone or countries, not both."))

    def _refuse(self, field: str, is_wrong: bool, text: str) -> None:
        if is_wrong and field not in self.errors:
            self.add_error(field, text)


def _is_upside_down(least: int | None, most: int | None) -> bool:
    return least is not None and most is not None and most < least


class RateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A band, in the unit of its method: kilograms, the currency, or units."""

    up_to_typed = fields.text(_lazy("Up to"), _lazy("kg, amount or units; nothing: without end"))
    price = fields.text(_lazy("Price"), required=True)
    step_typed = fields.text(_lazy("For each further"), _lazy("kg, amount or units"))
    step_price = fields.text(_lazy("more"))

    class Meta:
        model = ShippingRate
        fields: list[str] = []

    def __init__(self, *args: Any, method: ShippingMethod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        row = self.instance
        if row.price_minor is not None:
            currency = method.currency
            self.initial.update({
                "up_to_typed": _typed(row.up_to, method), "price": fields.major(row.price_minor, currency),
                "step_typed": _typed(row.step, method),
                "step_price": fields.major(row.step_price_minor or None, currency),
            })  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        method = self.method
        if method.currency:
            self._read("up_to_typed", "up_to", lambda value: _amount(value, method))
            self._read("step_typed", "step", lambda value: _amount(value, method))
            self._read("price", "price_minor", lambda value: fields.minor(value, method.currency))
            self._read("step_price", "step_price_minor", lambda value: fields.minor(value, method.currency) or 0)
        if bool(data.get("step_typed")) != bool(data.get("step_price")):
            self.add_error("step_price", _("Both, or neither: for each further 1 kg, 0.50 more."))
        return data

    def _read(self, name: str, own: str, read: Callable[[str], int | None]) -> None:
        try:
            value = read(self.cleaned_data.get(name) or "")
            if value == 0 and name.endswith("_typed"):
                raise ValidationError(_("More than nothing."))
            setattr(self.instance, own, value)
        except ValidationError as error:
            self.add_error(name, error)


class RateFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The bands of one method: no two end at the same place, and they are there where they are needed."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "method": self.instance}

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        ends = [form.instance.up_to for form in self.forms if _is_kept(form)]
        if len(set(ends)) != len(ends):
            raise ValidationError(_("Two bands end at the same place: “up to” is to be different in each."))
        if ends and self.instance.basis in (Basis.FLAT, Basis.CARRIER):
            raise ValidationError(_("Bands go with a price by weight, by the goods' price or by units."))
        if not ends and self.instance.basis not in (Basis.FLAT, Basis.CARRIER):
            raise ValidationError(_("Give at least one band: up to how much, at which price."))


def _is_kept(form: Any) -> bool:
    return bool(form.cleaned_data) and not form.cleaned_data.get("DELETE") and form.has_changed() | bool(form.initial)


def _amount(value: str, method: ShippingMethod) -> int | None:
    if method.basis == Basis.PRICE:
        return fields.minor(value, method.currency)
    if method.basis != Basis.QUANTITY:
        return fields.grams(value)
    if value and not (value.strip().isdecimal() and len(value.strip()) < 7):
        raise ValidationError(_("Give a whole number of units."))
    return int(value) if value else None


def _typed(amount: int | None, method: ShippingMethod) -> str:
    if amount is None:
        return ""
    if method.basis == Basis.PRICE:
        return fields.major(amount, method.currency)
    return str(amount) if method.basis == Basis.QUANTITY else fields.kilograms(amount)
