"""What a merchant enters about payment routes, and the question "what would happen?"."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from checkout.payments import choosing, methods, providers
from checkout.payments.models import PaymentRoute
from shop.core.money import BadAmount, Money, exponent


def method_choices() -> list[tuple[str, str]]:
    return [(method.id, str(method.label)) for method in methods.METHODS]


def provider_choices() -> list[tuple[str, str]]:
    return [
        (code, f"{methods.label(code)} ({code})")
        for code in providers.PROVIDERS
        if code not in (methods.CASH, *methods.BALANCES)
    ]


def clean_currency(text: str) -> str:
    """A currency code in capitals, empty for any. Raises `ValidationError`."""
    code = text.strip().upper()
    if not code:
        return ""
    try:
        exponent(code)
    except (BadAmount, ValueError, LookupError):
        raise forms.ValidationError(_("“%(code)s” is not a currency, as USD.") % {"code": code}) from None
    return code


def clean_countries(text: str) -> str:
    """Country codes, sorted, one space between. Raises `ValidationError` that names the wrong ones."""
    codes = sorted({code.upper() for code in text.replace(",", " ").split()})
    known = dict(countries)
    wrong = [code for code in codes if code not in known]
    if wrong:
        raise forms.ValidationError(_("No country has the code %(codes)s.") % {"codes": ", ".join(wrong)})
    return " ".join(codes)


class RouteForm(forms.ModelForm):  # type: ignore[type-arg]
    """A route. Amounts are entered in the currency's own units, both ends included."""

    method = forms.ChoiceField(label=gettext_lazy("Method"), widget=UnfoldAdminSelectWidget)
    provider = forms.ChoiceField(label=gettext_lazy("Provider"), widget=UnfoldAdminSelectWidget)
    currency = forms.CharField(
        label=gettext_lazy("Currency"), max_length=10, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("A code as USD. Empty: any currency."),
    )  # fmt: skip
    countries = forms.CharField(
        label=gettext_lazy("Countries"), max_length=500, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Codes of delivery countries, as US CA. Empty: all."),
    )  # fmt: skip
    minimum = forms.DecimalField(
        label=gettext_lazy("From amount"), required=False, min_value=0, widget=UnfoldAdminDecimalFieldWidget
    )
    maximum = forms.DecimalField(
        label=gettext_lazy("Up to amount"), required=False, min_value=0, widget=UnfoldAdminDecimalFieldWidget
    )

    class Meta:
        model = PaymentRoute
        fields: ClassVar = ["position", "is_active", "method", "currency", "countries", "share", "provider"]
        help_texts: ClassVar = {
            "position": gettext_lazy("The lowest is read first."),
            "share": gettext_lazy("Of the payments that routes with the same conditions get. They come to 100."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = method_choices()  # type: ignore[attr-defined]
        self.fields["provider"].choices = provider_choices()  # type: ignore[attr-defined]
        for name in ("minimum", "maximum"):
            minor = getattr(self.instance, f"{name}_minor")
            if minor is not None and self.instance.currency:
                self.initial[name] = Money(minor, self.instance.currency).decimal

    def clean_currency(self) -> str:
        return clean_currency(self.cleaned_data["currency"])

    def clean_countries(self) -> str:
        return clean_countries(self.cleaned_data["countries"])

    def clean_share(self) -> int:
        share: int = self.cleaned_data["share"]
        if not 1 <= share <= 100:
            raise forms.ValidationError(_("Enter a share from 1 to 100 percent."))
        return share

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("minimum", "maximum"):
            setattr(self.instance, f"{name}_minor", self._minor(name, cleaned.get(name), cleaned.get("currency", "")))
        least, most = self.instance.minimum_minor, self.instance.maximum_minor
        if least is not None and most is not None and least > most:
            self.add_error("maximum", _("This is less than where the route begins."))
        takers = methods.takers(cleaned.get("method", ""))
        if cleaned.get("provider") and cleaned["provider"] not in takers:
            text = _("This provider does not take this method. Choose one of: %(names)s.")
            self.add_error("provider", text % {"names": ", ".join(takers)})
        if not self.errors and cleaned["is_active"]:
            self._check_shares(cleaned)
        return cleaned

    def _minor(self, name: str, amount: Decimal | None, currency: str) -> int | None:
        if amount is None or name in self.errors or "currency" in self.errors:
            return None
        if not currency:
            self.add_error("currency", _("Amounts need a currency: a number alone is no price."))
            return None
        try:
            return Money.of(amount, currency).minor
        except BadAmount:
            self.add_error(name, _("That has more digits than an amount in %(currency)s.") % {"currency": currency})
            return None

    def _check_shares(self, cleaned: dict[str, Any]) -> None:
        """With the others of the same conditions it must not come to more than 100 percent."""
        others = PaymentRoute.objects.filter(
            is_active=True, method=cleaned["method"], currency=cleaned["currency"], countries=cleaned["countries"],
            minimum_minor=self.instance.minimum_minor, maximum_minor=self.instance.maximum_minor,
        ).exclude(pk=self.instance.pk)  # fmt: skip
        taken = sum(other.share for other in others)
        if taken + cleaned["share"] > 100:
            text = _("Routes with the same conditions have %(taken)s %% already: at most %(left)s %% are left.")
            self.add_error("share", text % {"taken": taken, "left": max(0, 100 - taken)})


class RouteFormSet(forms.BaseModelFormSet):  # type: ignore[type-arg]
    """Shares, positions and switches changed in the list: afterwards each group comes to 100 percent."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        routes = {route.pk: route for route in PaymentRoute.objects.all()}
        routes |= {form.instance.pk: form.instance for form in self.forms}
        if choosing.gaps(list(routes.values())):
            raise forms.ValidationError(_("The shares of active routes with the same conditions must come to 100 %."))


class SimulatorForm(forms.Form):
    """A payment that might be made."""

    method = forms.ChoiceField(label=gettext_lazy("Method"), widget=UnfoldAdminSelectWidget)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=10, widget=UnfoldAdminTextInputWidget)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=2, widget=UnfoldAdminTextInputWidget)
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_digits=15, widget=UnfoldAdminDecimalFieldWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = method_choices()  # type: ignore[attr-defined]
        self.fields["currency"].initial = settings.DEFAULT_CURRENCY
        self.fields["country"].initial = settings.DEFAULT_COUNTRY

    def clean_currency(self) -> str:
        return clean_currency(self.cleaned_data["currency"])

    def clean_country(self) -> str:
        return clean_countries(self.cleaned_data["country"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                cleaned["money"] = Money.of(cleaned["amount"], cleaned["currency"])
            except BadAmount:
                self.add_error("amount", _("That has more digits than an amount in this currency."))
        return cleaned
