"""What a shopper enters about an order that is placed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class LookupForm(forms.Form):
    """A guest's way back to an order."""

    number = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "placeholder": "ORD-2026000001"}
        ),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def clean_number(self) -> str:
        return "".join(str(self.cleaned_data["number"]).upper().split())


class UnitsForm(forms.Form):
    """How many units of each line. `lines`: the order's; a line of which nothing is left is not asked for.

    `revision` is the order's as it was when the shopper was asked whether to be sure.
    """

    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.quantity > line.returned]
        for line in self.lines:
            most = line.quantity - line.returned
            self.fields[f"units-{line.pk.hex}"] = forms.TypedChoiceField(
                label=line.name, choices=[(n, str(n)) for n in range(most + 1)], coerce=int, required=False, initial=0
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.units:
            raise forms.ValidationError(_("Choose at least one item."))
        return cleaned

    @property
    def units(self) -> dict[UUID, int]:
        """What was chosen on the valid form, by line id."""
        return {line.pk: n for line in self.lines if (n := self.cleaned_data[f"units-{line.pk.hex}"])}

    @property
    def is_all(self) -> bool:
        """Whether nothing would be left."""
        return sum(self.units.values()) == sum(line.quantity - line.returned for line in self.lines)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each line with its field, for the page."""
        return [
            {
                "line": line,
                "field": self[f"units-{line.pk.hex}"],
            }
            for line in self.lines
        ]
