"""What people type becomes one line, or several, that can stand in a mail as they are."""

from __future__ import annotations

import pytest
from django import forms
from rest_framework import serializers

from shop.core import entered, fields

ONE_LINE = [
    ("PO-4711", "PO-4711"),
    ("  PO   4711 ", "PO 4711"),
    ("PO\r\nBcc: eve@example.com", "PO Bcc: eve@example.com"),
    ("a\u2028b\u2029c\x0bd\x85e", "a b c d e"),
    ("\x1b[31mred\x07", "[31mred"),
    ("invoice\u202egnp.exe", "invoice gnp.exe"),
    ("Zoe\u0308", "Zo\u00eb"),
    ("\n\t", ""),
    (None, ""),
    (7, ""),
]
SEVERAL_LINES = [
    ("Happy birthday!\r\nYours, Jane", "Happy birthday!\nYours, Jane"),
    ("a\rb\u2028c\x0cd", "a\nb\nc\nd"),
    ("\n\n two  words \n\n  and more\t\n\n", "two  words\n\n  and more"),
    ("ring \x07 the bell\x1b", "ring   the bell"),
    ("For you\u202elove \u2066a\u2069", "For you love  a"),
    ("\u202aa\u202bb\u202cc\u202dd\u2067e\u2068f", "a b c d e f"),
    ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),  # joined signs stay joined
    ("", ""),
    (None, ""),
]


@pytest.mark.parametrize(("given", "kept"), ONE_LINE)
def test_one_line(given: object, kept: str) -> None:
    assert entered.one_line(given) == kept
    assert entered.one_line(kept) == kept


@pytest.mark.parametrize(("given", "kept"), SEVERAL_LINES)
def test_several_lines(given: object, kept: str) -> None:
    assert entered.several_lines(given) == kept
    assert entered.several_lines(kept) == kept


class Form(forms.Form):
    line = fields.LineField(max_length=3)
    lines = fields.LinesField(max_length=3, required=False)


class Call(serializers.Serializer[dict[str, str]]):
    line = fields.LineIO(max_length=3)
    lines = fields.LinesIO(max_length=3, required=False, allow_blank=True)


def test_the_fields_of_forms_and_calls_keep_the_same_and_count_what_is_kept() -> None:
    given = {"line": " a\r\nb", "lines": "a\r\nb\r\n"}
    form, call = Form(given), Call(data=given)
    assert (form.is_valid(), call.is_valid()) == (True, True)
    assert form.cleaned_data == call.validated_data == {"line": "a b", "lines": "a\nb"}
    for wrong in ({"line": "a\nb c"}, {"line": "\n"}, {"line": "a", "lines": "a\nb\nc"}):
        assert (Form(wrong).is_valid(), Call(data=wrong).is_valid()) == (False, False)
