"""What a shopper says of a product."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

_STARS = [
    ("", _("Please choose")),
    (5, _("5 – excellent")),
    (4, _("4 – good")),
    (3, _("3 – all right")),
    (2, _("2 – not so good")),
    (1, _("1 – bad")),
]


class FeedbackForm(forms.Form):
    """Stars, and words for those who have some."""

    product = forms.UUIDField(widget=forms.HiddenInput)
    rating = forms.TypedChoiceField(
        label=_("How is it?"),
        choices=_STARS,
        coerce=int,
        error_messages={"required": _("Please choose how many stars you give.")},
    )
    body = forms.CharField(
        label=_("In your words"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    author = forms.CharField(
        label=_("Your name, as others see it"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
