"""What a merchant says when dispatching, taking or returning money, cancelling or recording a payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanSwitchWidget,
)

from shop.core import db
from shop.core.fields import LineField, LinesField


def _note(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Note"), max_length=500, required=False, help_text=help_text, widget=UnfoldAdminTextInputWidget
    )


class DispatchForm(forms.Form):
    """The parcel's way."""

    carrier = LineField(label=_("Carrier"), max_length=60, widget=UnfoldAdminTextInputWidget)
    tracking_number = LineField(label=_("Tracking number"), max_length=80, widget=UnfoldAdminTextInputWidget)
    tracking_url = forms.URLField(
        label=_("Tracking link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Where the shopper can follow the parcel. Sent with the mail."),
        widget=UnfoldAdminURLInputWidget,
    )


class RelabelForm(DispatchForm):
    """The way of a parcel that has a label, which is entered already."""

    tracking_number = LineField(
        label=_("Tracking number"),
        max_length=80,
        help_text=_("That of its label. Another number gives this label back to its carrier."),
        widget=UnfoldAdminTextInputWidget,
    )


class LabelledForm(forms.Form):
    """Parcels that all have labels: nothing is left to say."""


class RefundForm(forms.Form):
    """How much goes back, and why."""

    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=16, decimal_places=4, widget=UnfoldAdminDecimalFieldWidget
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Staff read it; beside store credit the customer reads it too."),
        widget=UnfoldAdminTextInputWidget,
    )
    to = forms.ChoiceField(
        label=_("To"),
        required=False,
        choices=[("original", _("The way it was paid")), ("store_credit", _("Store credit"))],
        help_text=_("Store credit is the customer's at once; the money stays with you."),
        widget=UnfoldAdminSelectWidget,
    )
    # Names the refund: the same form sent twice is one. A form without it is one of its own each time.
    key = forms.UUIDField(required=False, initial=db.uuid7, widget=forms.HiddenInput)


class SentForm(forms.Form):
    """A refund that went by hand: nothing is left to say."""


class CaptureForm(forms.Form):
    """How much of the held money is taken, and whether that is all."""

    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=16, decimal_places=4, widget=UnfoldAdminDecimalFieldWidget
    )
    is_final = forms.BooleanField(
        label=_("This is all"),
        required=False,
        help_text=_("The rest is let go: it cannot be taken any more."),
        widget=UnfoldBooleanSwitchWidget,
    )
    note = _note(_("Why, for the history: staff read it. The shopper gets a mail about what is taken."))
    seen = forms.DecimalField(max_digits=16, decimal_places=4, widget=forms.HiddenInput)  # what could be taken then


class VoidForm(forms.Form):
    """A yes."""

    is_sure = forms.BooleanField(
        label=_("Let go of what is held and not taken"),
        help_text=_("It is the shopper's again and cannot be taken any more."),
        widget=UnfoldBooleanSwitchWidget,
    )
    note = _note(_("Why, for the history: staff read it. The shopper gets a mail about what is let go."))


class CancelForm(forms.Form):
    """Why the order ends here."""

    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        help_text=_("For the history. Units go back to stock; money that was paid is given back."),
        widget=UnfoldAdminTextInputWidget,
    )


class RejectForm(forms.Form):
    """Why a payment is not accepted."""

    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        help_text=_("For the history. The order is cancelled: what is held is let go, and units go back to stock."),
        widget=UnfoldAdminTextInputWidget,
    )


class ReceivedForm(forms.Form):
    """Money that has come: how is said each time, whatever was waited for and however the last of it came."""

    way = forms.ChoiceField(
        label=_("How it came"),
        choices=[("", _("Please choose")), ("cash", _("In cash")), ("bank_transfer", _("By bank transfer"))],
        widget=UnfoldAdminSelectWidget,
    )
    amount = forms.DecimalField(
        label=_("Amount"), min_value=0, max_digits=16, decimal_places=4, widget=UnfoldAdminDecimalFieldWidget
    )
    statement_id = forms.CharField(
        label=_("Statement line or receipt"),
        max_length=100,
        required=False,
        help_text=_("Of a transfer: what names its line on the bank statement. The same line counts once."),
        widget=UnfoldAdminTextInputWidget,
    )
    # Names cash without a receipt: the same form sent twice is one.
    key = forms.UUIDField(required=False, initial=db.uuid7, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("way") == "bank_transfer" and not data.get("statement_id"):
            self.add_error("statement_id", _("Say which line of the bank's statement it is."))
        return data


class EditForm(forms.Form):
    """What besides lines and address can change of a placed order, and why."""

    delivery_option = forms.ChoiceField(label=_("Delivery"), required=False, widget=UnfoldAdminSelectWidget)
    po_number = LineField(
        label=_("Purchase order number"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )
    gift_message = LinesField(
        label=_("Gift message"), max_length=500, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For the history; staff read it."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = list(options)
        self.fields["delivery_option"].choices = self.options  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why units are taken off."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For the history; staff read it."),
        widget=UnfoldAdminTextInputWidget,
    )


class NoteForm(forms.Form):
    """A word about the order."""

    text = forms.CharField(
        label=_("Note"), max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), strip=True
    )
    is_shown_to_customer = forms.BooleanField(
        label=_("Show it to the customer"),
        required=False,
        help_text=_("It stands on the order's page then and is sent by mail, once. It cannot be taken back."),
        widget=UnfoldBooleanSwitchWidget,
    )


class RenewLinkForm(forms.Form):
    """A yes."""

    is_sure = forms.BooleanField(
        label=_("Links to this order open it no more"),
        help_text=_("Those in mails that were sent, and whoever has come by one. The customer gets a new one by mail."),
        widget=UnfoldBooleanSwitchWidget,
    )


class LocationForm(forms.Form):
    """Where a parcel is packed; `places` are (id, name)."""

    places: Sequence[tuple[str, str]] = ()
    location = forms.ChoiceField(label=_("Location"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].choices = list(self.places)  # type: ignore[attr-defined]
