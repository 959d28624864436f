"""Coupons and batches of them as merchants type them."""

from __future__ import annotations

from django import forms
from django.db.models.functions import Upper
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
        others = Coupon.objects.alias(upper=Upper("code")).filter(upper=code).exclude(pk=self.instance.pk)
        taken = others.select_related("promotion").first()
        if taken is not None:
            raise forms.ValidationError(_("This code is taken by “%(name)s”.") % {"name": taken.promotion or ""})
        return code

    def clean_usage_limit(self) -> int | None:
        limit: int | None = self.cleaned_data["usage_limit"]
        if limit is not None and limit < self.instance.used:
            used = {"count": self.instance.used}
            raise forms.ValidationError(_("It was used more often already: %(count)s times.") % used)
        return limit


class CouponFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """No code twice among those that are typed together."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            code = form.cleaned_data.get("code") if hasattr(form, "cleaned_data") else None
            if code and code in seen:
                form.add_error("code", _("This code stands here twice."))
            seen.add(code or "")


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
