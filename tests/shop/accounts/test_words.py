"""What allauth and Django say of accounts, as this shop writes it (`shop/accounts/locale`)."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.contrib import auth
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from shop.core.catalogues import FOLDERS

_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>")


def _catalogue(folder: Path, language: str) -> Catalog:
    with (folder / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_every_text_is_one_of_theirs_with_the_same_places(language: str) -> None:
    packages = [Path(str(one.__file__)).parent / "locale" for one in (allauth, auth)]
    theirs = {(one.id, one.context) for folder in packages for one in _catalogue(folder, "de")}
    ours = [one for one in _catalogue(FOLDERS[1], language) if one.id]

    assert {(one.id, one.context) for one in ours} - theirs == set()
    for one in ours:
        places = {tuple(sorted(_PLACE.findall(text))) for text in _texts(one.id)}
        assert {tuple(sorted(_PLACE.findall(text))) for text in _texts(one.string)} == places, one.id


def _texts(found: str | tuple[str, ...] | list[str]) -> list[str]:
    """One text, or each of its plurals."""
    return [found] if isinstance(found, str) else list(found)


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


def test_spanish_says_tu() -> None:
    for one in _catalogue(FOLDERS[1], "es"):
        assert not re.search(r"\b([Uu]sted|[Ss]us?|[Ll]e)\b", " ".join(_texts(one.string))), one.string
    with translation.override("es"):
        assert gettext("You have signed out.") == "Has cerrado sesión."
        assert gettext("Your password can’t be entirely numeric.") == "Tu contraseña no puede tener solo cifras."


@pytest.mark.django_db
def test_pages_are_headed_so(client: Client) -> None:
    def heading(page: str) -> str:
        [found] = re.findall(r"<h1[^>]*>\s*(.*?)\s*</h1>", client.get(reverse(page)).content.decode(), re.S)
        return found

    pages = ("account_login", "account_signup", "account_reset_password")
    assert [heading(page) for page in pages] == ["Sign in", "Sign up", "Password reset"]
