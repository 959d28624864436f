"""What a form of the payment page posts about the way to pay."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from checkout.payments import methods, ways
from shop.core.money import MAX_MINOR, BadAmount, Money


class SeenTotalField(forms.RegexField):
    """The sum on the button that was pressed ("54.20 USD"), as `Money`. It is compared, never charged."""

    def __init__(self) -> None:
        wrong = gettext_lazy("Please check the total again.")
        super().__init__(
            r"^[0-9]{1,15}(\.[0-9]{1,4})?( [A-Z]{3})?$", error_messages={"invalid": wrong, "required": wrong}
        )

    def clean(self, value: Any) -> Money:
        amount, _space, currency = str(super().clean(value)).partition(" ")
        try:
            return Money.of(amount, currency or settings.DEFAULT_CURRENCY)
        except BadAmount as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error


class WayForm(forms.Form):
    """Method, card (a fresh token or a saved one), store credit and gift cards; `way` once it is valid.

    Errors are under "method". Amounts are not read: what is due is the shop's own, and what was seen is only compared.
    """

    method = forms.CharField(max_length=40, required=False)
    payment_token = forms.RegexField(r"^[A-Za-z0-9_-]+$", max_length=255, required=False)
    saved_card = forms.RegexField(r"^[0-9a-f-]{32,36}$", required=False)
    save_card = forms.BooleanField(required=False)
    use_credit = forms.BooleanField(required=False)
    hosted = forms.BooleanField(required=False)
    seen_gift = forms.IntegerField(required=False, min_value=0, max_value=MAX_MINOR)  # what gift cards pay, minor units

    def __init__(self, *args: Any, shopper: methods.Shopper, about: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shopper, self._about = shopper, about
        self.way: ways.Way | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = {
            "method": cleaned.get("method", ""),
            "token": cleaned.get("payment_token", ""),
            "saved_card": cleaned.get("saved_card", ""),
            "is_saving": cleaned.get("save_card", False),
            "use_credit": cleaned.get("use_credit", False),
            "is_hosted": cleaned.get("hosted", False),
            "seen_gift": cleaned.get("seen_gift"),
        }
        if not self.errors:
            try:
                self.way = ways.resolve(self._shopper, self._about, given)
            except ways.WayRefused as refused:
                self.add_error("method", str(refused))
        return cleaned


class PayForm(WayForm):
    """The way to pay what is still due of an order, and the sum that was agreed to."""

    seen_total = SeenTotalField()
