"""The merchant's form of a currency: steps and endings as amounts of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldBooleanSwitchWidget

from shop.core.money import BadAmount, Money
from shop.currencies import rules, services
from shop.currencies.models import Currency

AMOUNTS = {"step": "step_minor", "ending": "ending_minor"}
VALUES = ("is_active", "is_converted", "rate", "mode", *AMOUNTS.values())


class CurrencyForm(forms.ModelForm):  # type: ignore[type-arg]  # it has no type arguments when it runs
    """What cannot be is said beside its field. The code stays once it is there."""

    step = forms.DecimalField(
        label=_lazy("Rounded to multiples of"), required=False, min_value=0, max_digits=12,
        help_text=_lazy("0.05, or 1 for whole amounts. Empty: as exactly as the currency allows."),
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip
    ending = forms.DecimalField(
        label=_lazy("Prices end in"), required=False, min_value=0, max_digits=12,
        help_text=_lazy("0.99, with multiples of 1, makes 11.99 and 12.99. Empty: no ending of their own."),
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip

    is_sure = forms.BooleanField(label=_lazy("The rate is right"), required=False, widget=UnfoldBooleanSwitchWidget)

    class Meta:
        model = Currency
        fields = ["code", "is_active", "is_converted", "rate", "mode"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name, column in AMOUNTS.items():
                minor = getattr(self.instance, column)
                self.initial[name] = Money(minor, self.instance.code).decimal if minor else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        code = self.instance.code or str(cleaned["code"]).strip().upper()
        cleaned["code"] = code
        try:
            services.check_code(code)
            cleaned |= {column: self._minor(name, code) for name, column in AMOUNTS.items()}
            if not self.errors:
                services.check(cleaned, has_rate=self.initial.get("rate") is not None)
                self._ask(cleaned.get("rate"))
        except services.BadCurrency as refused:
            names = {column: name for name, column in AMOUNTS.items()}
            self.add_error(names.get(refused.field, refused.field), refused.message)
        return cleaned

    def _ask(self, rate: Decimal | None) -> None:
        """A rate that is far from the last one may be a slip of the hand, which would be what everything costs."""
        old: Decimal | None = self.initial.get("rate")
        if rate is None or old is None or self.cleaned_data["is_sure"] or not services.is_jump(old, rate):
            return
        told = {"old": f"{old.normalize():f}", "new": f"{rate.normalize():f}", "off": round(rules.jump(old, rate))}
        self.add_error(
            "rate",
            _("The rate was %(old)s: %(new)s is %(off)s %% away from it. If it is right, say so below and save again.")
            % told,
        )

    def _minor(self, name: str, code: str) -> int:
        """An empty step is the smallest amount that there is."""
        amount = self.cleaned_data.get(name)
        try:
            minor = Money.of(amount.normalize(), code).minor if amount else 0
        except BadAmount:
            self.add_error(name, _("That has more digits than an amount in this currency."))
            return 0
        return minor or (1 if name == "step" else 0)
