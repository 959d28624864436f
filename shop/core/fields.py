"""Fields of forms and of REST calls for text that is kept as `entered` makes it, and for photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from shop.core import entered, photos


class LineField(forms.CharField):
    """Text on one line."""

    def to_python(self, value: Any) -> str:
        return entered.one_line(super().to_python(value))


class LinesField(forms.CharField):
    """Text on several lines. Browsers send two characters for the end of one and count one."""

    def to_python(self, value: Any) -> str:
        return entered.several_lines(super().to_python(value))


class LineIO(serializers.CharField):
    """Text on one line, as programs send it."""

    def to_internal_value(self, data: Any) -> str:
        return entered.one_line(super().to_internal_value(data))


class LinesIO(serializers.CharField):
    """Text on several lines, as programs send it."""

    def to_internal_value(self, data: Any) -> str:
        return entered.several_lines(super().to_internal_value(data))


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Files as `photos.taken` reads them; whether they are pictures is looked at later."""

    widget = _Files(attrs={"multiple": True, "accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        given: Sequence[UploadedFile] = data if isinstance(data, list | tuple) else [data] if data else []
        try:
            return photos.taken(given)
        except photos.BadPhoto as bad:
            raise forms.ValidationError(str(bad), bad.code) from bad
