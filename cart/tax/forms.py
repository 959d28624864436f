"""Tax as merchants type it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from cart.tax.models import ENDS_BEFORE, NO_COUNTRY, TaxConfiguration, TaxExemption, TaxRate
from cart.tax.providers import table
from catalog.products import selectors as products
from shop.core import addresses


def _state(form: forms.ModelForm) -> str:
    """The state as a code of its country, where that is known; an error for one that it does not have."""
    state, country = str(form.cleaned_data.get("state") or "").strip(), form.cleaned_data.get("country")
    if not state or not country:
        return state
    try:
        known = addresses.rules_of(str(country)).states
    except addresses.UnknownCountry:
        known = ()
    codes = {code.upper(): code.upper() for code, _name in known} | {name.upper(): code.upper() for code, name in known}
    if known and state.upper() not in codes:
        form.add_error("state", forms.ValidationError(_("This country has no such state.")))
    return codes.get(state.upper(), state.upper())


def _check_dates(form: forms.ModelForm) -> None:
    """At the field, and before the database is asked for rates that overlap: it knows no such time."""
    first, last = form.cleaned_data.get("valid_from"), form.cleaned_data.get("valid_until")
    if first and last and last < first:
        form.add_error("valid_until", forms.ValidationError(ENDS_BEFORE))


def _tax_classes(own: str) -> list[tuple[str, Any]]:
    """Those that goods have, and the row's own, if none of them has it any more."""
    known = sorted({"standard", *products.tax_classes()})
    left = [(own, _("%(tax_class)s (no product type has it)") % {"tax_class": own})] if own not in known else []
    return [*((one, one) for one in known), *left]


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rate, in percent. Its state is kept as the code that addresses have."""

    rate = forms.DecimalField(
        label=_("Percent"), min_value=0, max_value=100, max_digits=6, decimal_places=3,
        help_text=_("8.875 is 8.875 %."), widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip

    class Meta:
        model = TaxRate
        fields = "__all__"  # noqa: DJ007  (the admin's own)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("country", settings.DEFAULT_COUNTRY)
        if "tax_class" in self.fields:  # not of who may only look
            choices = _tax_classes(self.instance.tax_class)
            self.fields["tax_class"] = forms.ChoiceField(
                label=_("Tax class"), choices=choices, widget=UnfoldAdminSelectWidget(choices=choices),
                help_text=_("Of goods: product types have one. A new class is made there first."),
            )  # fmt: skip
        if self.initial.get("rate") is not None:
            self.initial["rate"] = f"{(self.initial['rate'] * 100).normalize():f}"

    def clean_rate(self) -> Decimal:
        percent: Decimal = self.cleaned_data["rate"]
        return percent / 100

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        _check_dates(self)
        return {**cleaned, "state": _state(self)}


class TaxConfigurationForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a country's tax is worked out; the services that there are to choose from."""

    class Meta:
        model = TaxConfiguration
        fields = "__all__"  # noqa: DJ007  (the admin's own)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("none: the tax rates of this shop")), *table.choices()]
        self.fields["service"] = forms.ChoiceField(
            label=_("Tax service"), required=False, choices=choices, widget=UnfoldAdminSelectWidget(choices=choices),
            help_text=_("Asked for every cart. While it does not answer, the rates of this shop count."),
        )  # fmt: skip


class TaxExemptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """An exemption; e-mails are compared in small letters."""

    class Meta:
        model = TaxExemption
        fields = "__all__"  # noqa: DJ007  (the admin's own)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("state") and not cleaned.get("country"):
            self.add_error("country", forms.ValidationError(NO_COUNTRY))
        _check_dates(self)
        return {**cleaned, "email": str(cleaned.get("email") or "").lower(), "state": _state(self)}
