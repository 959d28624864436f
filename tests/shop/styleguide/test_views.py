"""The style guide is for who works on the shop, and has all that there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.conventions.code import ROOT

pytestmark = pytest.mark.django_db


def test_shoppers_find_no_style_guide(client: Client) -> None:
    assert reverse("styleguide") == "/styleguide/"
    assert client.get("/styleguide/").status_code == 404


@pytest.fixture
def guide(client: Client, settings: Any) -> str:
    settings.DEBUG = True
    return client.get("/styleguide/").content.decode()


def test_every_colour_has_a_swatch_with_its_contrast(guide: str) -> None:
    tokens = (ROOT / "static/css/tokens.css").read_text()
    sheet = (ROOT / "static/css/styleguide.css").read_text()
    names = re.findall(r"--([\w-]+): light-dark\(oklch\([^()/]*\)", tokens)

    assert len(names) > 15
    assert [one for one in names if f"guide__swatch--{one}" not in guide] == []
    assert [one for one in names if f".guide__swatch--{one} {{ background: var(--{one}); }}" not in sheet] == []
    assert re.search(r"<strong>ink</strong><br><span[^>]*>light 1\d\.\d · dark 1\d\.\d", guide)


def test_each_kind_of_token_is_shown(guide: str) -> None:
    for shown in ("guide__text-3xl", "guide__space--s24", "guide__shape--radius-round", "guide__shape--shadow-l"):
        assert f'"{shown}' in guide or f" {shown}" in guide
    assert "<dt>fast</dt><dd>140ms</dd>" in guide


def test_components_are_shown_in_their_states(guide: str) -> None:
    for state in (
        "data-out", "quick-add", "quick-options", "choice__value--out", "aria-busy", "aria-invalid", "notice--error",
        "is-loading", 'dir="rtl"', "picture__none", "Only 3 left", "Sold out", "<mark>laptop</mark>",
    ):  # fmt: skip
        assert state in guide
