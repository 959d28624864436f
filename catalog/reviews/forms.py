"""What a customer says of a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.reviews.selectors import Own
from shop.core.fields import LineField, LinesField, PhotosField

_STARS = [
    (1, _("1 star – bad")),
    (2, _("2 stars – not so good")),
    (3, _("3 stars – all right")),
    (4, _("4 stars – good")),
    (5, _("5 stars – excellent")),
]
_WORDS = ("rating", "title", "body", "author")


class ReviewForm(forms.Form):
    """Stars, words and photos; of a review that is there (`mine`), which of its photos go."""

    rating = forms.TypedChoiceField(
        label=_("How is it?"),
        choices=_STARS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how many stars you give."),
            "invalid_choice": _("Please choose 1 to 5 stars."),
        },
    )
    title = LineField(label=_("In one line"), max_length=150, required=False)
    body = LinesField(
        label=_("In your words"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("Up to 4 in all, 10 MB each. Everybody sees them; where and when they were taken is removed."),
    )
    dropped = forms.TypedMultipleChoiceField(required=False, coerce=str, widget=forms.CheckboxSelectMultiple)
    author = LineField(
        label=_("Your name, as others see it"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def __init__(self, *args: Any, mine: Own | None = None, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {one: getattr(mine, one) for one in _WORDS} if mine else {"author": name}
        self.kept = mine.photos if mine else []
        stars = self.fields["rating"]  # said by forms.js as well
        stars.widget.attrs["data-missing"] = stars.error_messages["required"]
        self.fields["dropped"].choices = [(str(one.id), str(one.id)) for one in self.kept]  # type: ignore[attr-defined]

    def problems(self) -> list[tuple[str, str]]:
        """(id of the field or empty, what to mend) in the order of the page."""
        told = [("", str(error)) for error in self.non_field_errors()]
        if errors := self["rating"].errors:
            told.append((self["rating"].subwidgets[0].id_for_label, str(errors[0])))
        for name in ("title", "body", "photos", "author"):
            told += [(self[name].id_for_label, f"{self[name].label}: {error}") for error in self[name].errors]
        return told + [("", str(error)) for error in self["dropped"].errors]
