"""What moderators enter: why a review is not shown, and what the shop answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from shop.core.fields import LineField, LinesField


class RejectForm(forms.Form):
    reason = LineField(
        label=_("Why not"),
        help_text=_("Its author reads this."),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
    )


class ReplyForm(forms.Form):
    reply = LinesField(
        label=_("Our answer"),
        help_text=_("Stands below the review, signed by the shop. An empty field removes it."),
        max_length=2000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class BulkForm(ActionForm):  # type: ignore[misc]
    """What is done with all that are ticked; the reason is asked for only where it is said."""

    reason = LineField(
        label="",
        required=False,
        widget=forms.TextInput(
            attrs={
                "x-show": "action == 'reject'",
                "placeholder": _("Why not (their authors read this)"),
                "aria-label": _("Why not"),
                "class": "bg-white/20 px-2 py-1 rounded-default text-sm lg:w-72",
            }
        ),
    )
