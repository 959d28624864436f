"""Coupons and batches of them as merchants type them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cart.promotions import rules
from cart.promotions.models import CodeBatch, Coupon
from cart.promotions.services import MOST_CODES


class CouponForm(forms.ModelForm):  # type: ignore[type-arg]
    """A code is stored as it is compared."""

    class Meta:
        model = Coupon
        fields = ["promotion", "code", "usage_limit", "is_active"]

    def clean_code(self) -> str:
        code = rules.canonical(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Give a code of letters and digits."))
        return code


class CodeBatchForm(forms.ModelForm):  # type: ignore[type-arg]
    """How many codes, and how they begin."""

    class Meta:
        model = CodeBatch
        fields = ["promotion", "prefix", "number"]

    def clean_prefix(self) -> str:
        return rules.canonical(self.cleaned_data["prefix"])

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if not 1 <= number <= MOST_CODES:
            raise forms.ValidationError(_("From 1 to %(most)s.") % {"most": f"{MOST_CODES:,}"})
        return number
