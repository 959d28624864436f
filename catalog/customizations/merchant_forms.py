"""Fields to personalise as merchants type them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from catalog.customizations import rules
from catalog.customizations.models import CustomField
from shop.core.money import BadAmount, Money

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CustomFieldForm(forms.ModelForm):  # type: ignore[type-arg]
    """One field: its choices in a line, its price in the shop's currency; prices in others are kept as they are."""

    choices_text = forms.CharField(
        label=_lazy("choices"), required=False, max_length=1000, widget=UnfoldAdminTextInputWidget(),
        help_text=_lazy("With commas between: Gold, Silver."),
    )  # fmt: skip
    price = forms.DecimalField(
        label=_lazy("extra price"), required=False, min_value=0, max_digits=12, decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget(), help_text=_lazy("For each unit for which it is filled in."),
    )  # fmt: skip

    class Meta:
        model = CustomField
        fields = ["code", "name", "kind", "help_text", "max_length", "is_required", "is_final_sale", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("code", "name", "kind", "choices_text", "help_text"):  # to be read whole
            widget = self.fields[name].widget
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} min-w-40"
        self.initial["choices_text"] = ", ".join(map(str, self.instance.choices))
        minor = self.instance.prices.get(settings.DEFAULT_CURRENCY)
        if minor is not None:
            self.initial["price"] = Money(minor, settings.DEFAULT_CURRENCY).decimal

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not _CODE.fullmatch(code):
            raise forms.ValidationError(_("Small letters, digits and hyphens between them, as “gift-box”."))
        return code

    def clean_choices_text(self) -> list[str]:
        named = (" ".join(one.split()) for one in str(self.cleaned_data["choices_text"]).split(","))
        return list(dict.fromkeys(one for one in named if one))

    def clean_max_length(self) -> int:
        length = int(self.cleaned_data["max_length"])
        if not 1 <= length <= rules.MAX_TEXT:
            raise forms.ValidationError(_("From 1 to %(most)s characters.") % {"most": rules.MAX_TEXT})
        return length

    def clean_price(self) -> Money | None:
        amount = self.cleaned_data["price"]
        if amount is None:
            return None
        try:
            return Money.of(amount.normalize(), settings.DEFAULT_CURRENCY)
        except BadAmount as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_choice = data.get("kind") == CustomField.Kind.CHOICE
        if is_choice and not data.get("choices_text") and "choices_text" not in self.errors:
            self.add_error("choices_text", _("Say what there is to choose from."))
        price = data.get("price")
        others = {key: minor for key, minor in self.instance.prices.items() if key != settings.DEFAULT_CURRENCY}
        self.instance.choices = data.get("choices_text", []) if is_choice else []
        if others and not price:  # in other currencies it costs something: in ours it costs nothing, and is offered
            others[settings.DEFAULT_CURRENCY] = 0
        self.instance.prices = {**others, **({price.currency: price.minor} if price else {})}
        return data


class CustomFieldFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """A code once, and no more fields than a page asks."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            code = form.cleaned_data.get("code") if hasattr(form, "cleaned_data") else None
            if code and not form.cleaned_data.get("DELETE"):
                if code in seen:
                    form.add_error("code", _("There is another field with this code."))
                seen.add(code)
        if len(seen) > rules.MAX_FIELDS:
            raise forms.ValidationError(_("At most %(most)s fields.") % {"most": rules.MAX_FIELDS})
