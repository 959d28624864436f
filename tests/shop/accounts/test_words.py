"""What allauth says, as this shop writes it (`shop/accounts/locale`)."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from shop.core.catalogues import FOLDERS

_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>")


def _catalogue(folder: Path, language: str) -> Catalog:
    with (folder / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_text_is_one_of_allauths_with_the_same_places(language: str) -> None:
    theirs = {(one.id, one.context) for one in _catalogue(Path(allauth.__file__).parent / "locale", "de")}
    ours = [one for one in _catalogue(FOLDERS[1], language) if one.id]

    assert {(one.id, one.context) for one in ours} - theirs == set()
    for one in ours:
        assert sorted(_PLACE.findall(one.string)) == sorted(_PLACE.findall(one.id)), one.id


def test_english_headings_are_in_sentence_case() -> None:
    for one in _catalogue(FOLDERS[1], "en"):
        if one.id and not re.search(r"[.:<]", one.string):
            assert re.findall(r" (?!TOTP)[A-Z]\w*", one.string) == [], one.string
        assert not re.search(r"\b[Ee]mail", _PLACE.sub("", str(one.string))), one.string


def test_german_says_sie() -> None:
    for one in _catalogue(FOLDERS[1], "de"):
        assert not re.search(r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b", str(one.string)), one.string
    with translation.override("de"):
        assert gettext("You have signed out.") == "Sie haben sich abgemeldet."


@pytest.mark.django_db
def test_pages_are_headed_so(client: Client) -> None:
    def heading(page: str) -> str:
        [found] = re.findall(r"<h1[^>]*>\s*(.*?)\s*</h1>", client.get(reverse(page)).content.decode(), re.S)
        return found

    pages = ("account_login", "account_signup", "account_reset_password")
    assert [heading(page) for page in pages] == ["Sign in", "Sign up", "Password reset"]
