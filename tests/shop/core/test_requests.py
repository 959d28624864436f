"""Who asks: the address that a rate limit counts by."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from shop.core import requests

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # what stands before it the client wrote itself
        ("2001:DB8::1", "2001:db8::1"),
        ("", PROXY),
        ("unknown", PROXY),
        ("203.0.113.7, ", PROXY),
    ],
)
def test_behind_a_proxy_it_is_the_one_that_the_proxy_adds(settings: Any, told: str, expected: str) -> None:
    settings.BEHIND_PROXY = True
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": told})
    assert requests.address(request) == expected


def test_without_a_proxy_nobody_can_write_an_address(settings: Any) -> None:
    settings.BEHIND_PROXY = False
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.9", headers={"X-Forwarded-For": "203.0.113.7"})
    assert requests.address(request) == "192.0.2.9"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("42", 42),
        ("99999999", 99999999),
        ("100000000", None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_a_hidden_field_says_a_whole_number_or_nothing(text: str, expected: int | None) -> None:
    assert requests.whole(text) == expected
