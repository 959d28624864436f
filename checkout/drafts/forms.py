"""What staff enter into a draft besides lines and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from shop.core.fields import LineField, LinesField


class DraftForm(forms.Form):
    """`options`: (code, words) of the deliveries on offer; `ways`: how it may be paid; `currencies`: those sold in."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )
    delivery_option = forms.CharField(label=_("Delivery"), max_length=40, required=False)
    is_billed_elsewhere = forms.BooleanField(
        label=_("Bill to another address"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    coupons = forms.CharField(
        label=_("Coupons"),
        max_length=200,
        required=False,
        help_text=_("Codes, with commas between them."),
        widget=UnfoldAdminTextInputWidget,
    )
    po_number = LineField(
        label=_("Purchase order number"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )
    vat_id = LineField(
        label=_("VAT id"),
        help_text=_("Of a company, with the country’s letters. It is looked up when the draft is saved."),
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    gift_message = LinesField(
        label=_("Gift message"), max_length=500, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    note = forms.CharField(
        label=_("Note for staff"),
        max_length=2000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    currency = forms.ChoiceField(label=_("Currency"), widget=UnfoldAdminSelectWidget)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)
    way = forms.ChoiceField(label=_("Payment"), required=False, widget=UnfoldAdminRadioSelectWidget)
    receipt = forms.CharField(
        label=_("Statement line or receipt"),
        max_length=100,
        required=False,
        help_text=_("For money that is here: what names its line on the bank's statement, or the till's receipt."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(
        self,
        *args: Any,
        options: Sequence[tuple[str, str]],
        ways: Mapping[str, str],
        currencies: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delivery_option"].widget = UnfoldAdminSelectWidget(choices=list(options))
        self.fields["way"].choices = list(ways.items())  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(one, one) for one in currencies]  # type: ignore[attr-defined]
