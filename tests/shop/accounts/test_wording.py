"""What allauth says is said here in the shop's words."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation

from shop.accounts import wording

LIBRARY = Path(allauth.__file__).parent / "locale"
TOO_CLOSE = re.compile(r"\b(?:[Dd]u|[Dd]ein\w*|[Dd]ir|[Dd]ich|[Kk]ontaktiere|[Vv]ersuche|Email)\b")
TOO_FAR = re.compile(r"\b(?:[Uu]sted|[Ss]us?|[Pp]or favor)\b")


@pytest.mark.parametrize(("language", "other"), [("de", TOO_CLOSE), ("es", TOO_FAR)])
def test_people_are_called_as_they_are_everywhere_in_the_shop(language: str, other: re.Pattern[str]) -> None:
    with translation.override(language):
        said = {text: translation.gettext(text) for text in wording.SAID}
    assert [told for text, told in said.items() if other.search(told) or told == text] == []


def test_only_what_the_library_still_says_is_listed() -> None:
    with (LIBRARY / "de/LC_MESSAGES/django.po").open("rb") as file:
        known = {message.id for message in read_po(file)}
    assert set(wording.SAID) - known == set()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["password/reset/", "login/", "signup/"])
def test_pages_say_it_so(path: str) -> None:
    page = Client().get(f"/de/account/{path}").content.decode()
    assert TOO_CLOSE.findall(re.sub(r"<[^>]*>", " ", page)) == []
