"""Every text that shoppers see is in the catalogues, and says the same in every language."""

import ast
import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from shop.core import catalogues, languages, messages
from tests.conventions.code import ROOT, calls, sources

_PLACE = re.compile(r"\{\w+\}|%\(\w+\)[sd]|%%|<[^>]+>")


@pytest.fixture(scope="module")
def collected() -> list[messages.Message]:
    return messages.collected()


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def test_texts_are_found_in_code_and_templates(collected):
    by_text = {one.text: one for one in collected}

    assert by_text["Sold out"].places >= {"templates/catalog/products/_buy.html"}
    assert by_text["Your cart is empty."].places >= {"cart/api.py"}
    assert by_text["%(n)s item"].plural == "%(n)s items"
    assert by_text["Choose …"].context
    assert by_text["Tax"].places >= {"templates/emails/_order.html"}  # in a filter's argument
    assert by_text["Cancelled"].places == {"checkout/orders/models.py"}  # what can be chosen
    assert "order line" not in by_text  # what only the admin says


def test_pages_of_shoppers_are_not_taken_for_those_of_merchants_whose_names_begin_alike():
    assert messages.is_for_staff("checkout/desk/parcel_pages.py")
    assert not messages.is_for_staff("checkout/desk/parcels.py")


_DOORS = ("/views.py", "/pages.py", "/emails.py", "/wording.py")  # what shoppers come in by
_OF_STAFF_ALL_THE_SAME = {"catalog/api/writes.py", "catalog/search/models.py"}  # of which they read nothing


def test_nothing_that_shoppers_read_is_left_out_as_the_merchants():
    """What a shopper's page is made of is not, by its name, taken for a page of the admin."""
    left_out = set()
    for name, module in sources().items():
        if messages.is_for_staff(name) or not name.endswith(_DOORS):
            continue
        for node in ast.walk(module):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            folder = ROOT / node.module.replace(".", "/")
            used = [folder / f"{one.name}.py" for one in node.names] + [folder.with_suffix(".py")]
            says = [one for one in used if one.exists() and "gettext" in one.read_text()]
            left_out |= {one.relative_to(ROOT).as_posix() for one in says}
    assert {one for one in left_out if messages.is_for_staff(one)} == _OF_STAFF_ALL_THE_SAME


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_catalogues_have_every_text_and_no_other(language, collected):
    known = {
        (one.id[0] if isinstance(one.id, tuple) else one.id, one.context or "")
        for one in messages.catalogue(language)
        if one.id
    }
    wanted = {(one.text, one.context) for one in collected}

    assert (wanted - known, known - wanted) == (set(), set()), "run `make messages`"


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_every_text_is_translated(language):
    catalogue = messages.catalogue(language)
    for one in catalogue:
        if not one.id:
            continue
        forms = _forms(one.string)
        assert all(forms), one.id
        assert not one.fuzzy, one.id
        assert len(forms) == (catalogue.num_plurals if one.pluralizable else 1), one.id


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_translations_keep_what_is_filled_in(language):
    """The same places, in any order; of a plural, the forms for one number need not name it."""
    for one in messages.catalogue(language):
        if not one.id:
            continue
        sources = [sorted(_PLACE.findall(text)) for text in _forms(one.id)]
        for form in _forms(one.string):
            found = sorted(_PLACE.findall(form))
            allowed = [*sources, *([name for name in places if name not in _COUNTS] for places in sources)]
            assert found in (allowed if one.pluralizable else sources), one.id
            assert form.strip("\n") == form or _forms(one.id)[-1].strip("\n") != _forms(one.id)[-1], one.id
            assert form[:1].isspace() == _forms(one.id)[-1][:1].isspace(), one.id


_COUNTS = {
    f"%({name}){kind}"
    for name in ("n", "count", "minutes", "total", "left", "stars", "sent", "units", "goods")
    for kind in "sd"
}


def test_catalogues_are_compiled_where_they_are_older(tmp_path):
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr "b"\n'
    )

    catalogues.compiled(tmp_path)
    first = (folder / "django.mo").read_bytes()
    catalogues.compiled(tmp_path)

    assert b"b" in first
    assert [one.name for one in sorted(folder.iterdir())] == ["django.mo", "django.po"]


# --- Templates


def _storefront() -> list[Path]:
    folder = ROOT / "templates"
    return [
        path
        for path in sorted(one for ending in ("html", "txt", "jinja") for one in folder.rglob(f"*.{ending}"))
        if not messages.is_for_staff(path.relative_to(ROOT).as_posix())
    ]


def _texts(path: Path) -> list[str]:
    """What a template says by itself: text, and attributes that are read out or shown."""
    source = re.sub(r"(?s)\{#.*?#\}", "", path.read_text())
    left, is_block, is_name = [], False, False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split()[0]
            is_block = word == "blocktranslate" or (is_block and word != "endblocktranslate")
            is_name = token.contents.endswith("_class")  # of the element that the block is in
        elif token.token_type == TokenType.TEXT and not (is_block or is_name):
            left.append(token.contents)
            continue
        left.append("\x00")  # whatever it is, it is not said here
    html = "".join(left)
    said = re.findall(r'(?:alt|title|placeholder|aria-label)="([^"\x00]*)"', html)
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>|[\w:-]+=\"[^\"]*\"|[\w:-]+='[^']*'", "", html)
    return [*said, *re.sub(r"(?s)<[^<>]*>", "\x00", html).split("\x00")]


_SAYS = re.compile(r"[A-Za-z]{2,}")
_NO_WORDS = {"IBAN", "BIC", "PayPal", "SKU", "CVC"}


@pytest.mark.parametrize("path", _storefront(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_say_nothing_that_is_not_translated(path):
    said = [" ".join(text.split()) for text in _texts(path)]
    assert [text for text in said if _SAYS.search(text) and text not in _NO_WORDS] == []


# --- Amounts and dates


def test_amounts_and_dates_are_written_in_one_place():
    """`shop.core.formats` knows the language of who reads; `Money.format()` alone is English, for staff."""
    astray = [
        f"{name}:{call.lineno}"
        for name, tree in sources().items()
        for call in (*calls(tree, "date_format"), *calls(tree, "time_format"), *calls(tree, "localize"))
    ]
    english = [
        f"{name}:{call.lineno}"
        for name, tree in sources().items()
        if not (messages.is_for_staff(name) or name.endswith("models.py"))
        for call in calls(tree, "format")
        if not call.args and not call.keywords
    ]
    assert (astray, english) == ([], [])


@pytest.mark.parametrize("path", _storefront(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_write_dates_and_figures_by_our_filters(path):
    """Of Django's own only what programs read (`datetime="…"`) and the name of a time zone."""
    used = re.findall(r"\|(?:date|time|floatformat|localize|naturaltime)\b(?::[\"'][^\"']*[\"'])?", path.read_text())
    assert {one.replace('"', "'") for one in used} <= {"|date:'c'", "|date:'T'"}
