"""Pictures in the catalogue's admin pages: a file is looked at before anything is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminImageFieldWidget

from catalog.products import pictures
from catalog.products.models import Image


def _refused(bad: pictures.BadPicture) -> forms.ValidationError:
    text = _("Please choose a JPEG, PNG, WebP or AVIF picture of at most %(most)d MB.")
    return forms.ValidationError(text % {"most": pictures.MAX_BYTES // 1024 // 1024}, "bad_picture")


class ImageForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of a product's pictures. Another file may take the place of one, none may not: for that the row is
    deleted."""

    class Meta:
        model = Image
        fields = ["file", "alt", "position", "variant"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file = self.fields["file"]
        file.required = file.widget.is_required = self.instance._state.adding or bool(self.instance.file)

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if isinstance(given, UploadedFile):
            try:
                pictures.check(given.read())
            except pictures.BadPicture as bad:
                raise _refused(bad) from bad
            given.seek(0)
        return given


class PlainPictureField(forms.ImageField):
    """A picture of no product: bytes for `pictures.keep_plain`, False where it is cleared, or what was there."""

    widget = UnfoldAdminImageFieldWidget

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = super().clean(data, initial)
        if not isinstance(given, UploadedFile):
            return given
        try:
            return pictures.cut(given.read())
        except pictures.BadPicture as bad:
            raise _refused(bad) from bad
