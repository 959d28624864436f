"""What is asked of a simulation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from cart.promotions import replays
from checkout.simulation.services import MOST_DAYS


class SimulationForm(forms.Form):
    """Any promotion that is not over, and how many days back."""

    promotion = forms.ChoiceField(label=_("Promotion"), widget=UnfoldAdminSelectWidget)
    days = forms.IntegerField(
        label=_("Orders and carts of the last so many days"), min_value=1, max_value=MOST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["promotion"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = replays.choices()

    def clean_promotion(self) -> UUID:
        return UUID(self.cleaned_data["promotion"])
