"""What the API refuses is said in a form that can be written and kept, whatever was sent."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from shop.core import rest


def asked(**query: str) -> Request:
    return Request(APIRequestFactory().get("/", query))


def test_a_page_and_how_many_on_it() -> None:
    assert rest.page_of(asked()) == (1, 20)
    assert rest.page_of(asked(page="007", limit="100")) == (7, 100)


@pytest.mark.parametrize(
    "given", ["0", "1001", "-1", "1.0", "x", "", "²", "0000000019999999999", "000000001" + "9" * 5000]
)
def test_what_is_no_page(given: str) -> None:
    with pytest.raises(rest.ApiError) as refused:
        rest.page_of(asked(page=given))
    assert refused.value.code == "validation_error"
    assert refused.value.fields == {"page": ["A whole number from 1 to 1000."]}


def test_what_cannot_be_written_is_not_quoted() -> None:
    lazy = gettext_lazy("No.")
    fields = {"\ud800": ['"\udfff" is not one of them.'], "more": ({"deep": ["\x00"]}, lazy)}
    body = rest.error_body("bad", "a\x00b", fields)
    assert body == {
        "error": {
            "code": "bad",
            "message": "a�b",
            "fields": {"�": ['"�" is not one of them.'], "more": [{"deep": ["�"]}, lazy]},
        }
    }
    assert json.dumps(body["error"]["message"], ensure_ascii=False).encode() == '"a�b"'.encode()
