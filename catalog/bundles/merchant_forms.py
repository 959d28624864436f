"""Parts of bundles as merchants type them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.bundles import rules
from catalog.bundles.models import BundlePart


class PartForm(forms.ModelForm):  # type: ignore[type-arg]
    """A component by its SKU, and how many of it."""

    sku = forms.CharField(label="SKU", max_length=255, widget=UnfoldAdminTextInputWidget(attrs={"class": "min-w-52"}))

    class Meta:
        model = BundlePart
        fields = ["quantity", "position"]
        labels = {"quantity": _lazy("units in one bundle")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["sku"] = self.instance.component.sku

    def clean_sku(self) -> str:
        sku = str(self.cleaned_data["sku"]).strip()
        component = apps.get_model("catalog", "Variant").objects.filter(sku=sku).first()
        if component is None:
            raise forms.ValidationError(_("There is no variant with this SKU."))
        self.instance.component = component
        return sku

    def clean_quantity(self) -> int:
        units = int(self.cleaned_data["quantity"])
        if not 1 <= units <= rules.MAX_UNITS:
            raise forms.ValidationError(_("From 1 to %(most)s units.") % {"most": rules.MAX_UNITS})
        return units


class PartFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """No component twice, none that is a bundle, and no bundle of what is a part itself."""

    def clean(self) -> None:
        super().clean()
        rows = [form for form in self.forms if form.cleaned_data.get("sku") and not form.cleaned_data.get("DELETE")]
        if not rows:
            return
        if len(rows) > rules.MAX_PARTS:
            raise forms.ValidationError(_("At most %(most)s parts.") % {"most": rules.MAX_PARTS})
        if BundlePart.objects.filter(component=self.instance.pk).exists():
            raise forms.ValidationError(_("This is a part of a bundle already: a bundle has no bundle in it."))
        nested = set(
            BundlePart.objects.filter(bundle__in=[form.instance.component_id for form in rows]).values_list(
                "bundle_id", flat=True
            )
        )
        seen = {self.instance.pk: _("A bundle is no part of itself.")}
        for form in rows:
            key = form.instance.component_id
            if key in nested:
                form.add_error("sku", _("This is a bundle: a bundle has no bundle in it."))
            elif key in seen:
                form.add_error("sku", seen[key])
            seen[key] = _("This part is named twice.")
