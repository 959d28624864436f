"""What a shopper types into the cart."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CouponForm(forms.Form):
    """One coupon code."""

    code = forms.CharField(
        label=_("Coupon code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"data-testid": "coupon-input", "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )
