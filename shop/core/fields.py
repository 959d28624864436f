"""Fields of forms and of REST calls for text that is kept as `entered` makes it."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers

from shop.core import entered


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
