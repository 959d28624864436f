"""Every text that shoppers see is in the catalogues, and says the same in every language."""

import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from shop.core import catalogues, messages
from tests.conventions.code import ROOT


@pytest.fixture(scope="module")
def collected() -> list[messages.Message]:
    return messages.collected()


def test_texts_are_found_in_code_and_templates(collected):
    by_text = {one.text: one for one in collected}

    assert by_text["Sold out"].places >= {"templates/catalog/products/_buy.html"}
    assert by_text["Your cart is empty."].places >= {"cart/api.py"}
    assert by_text["%(n)s item"].plural == "%(n)s items"
    assert by_text["Choose …"].context
    assert by_text["Tax"].places >= {"templates/emails/_order.html"}  # in a filter's argument
    assert by_text["Cancelled"].places == {"checkout/orders/models.py"}  # what can be chosen
    assert "order line" not in by_text  # what only the admin says


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
        for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")])
        if not messages.is_for_staff(path.relative_to(ROOT).as_posix())
    ]


def _texts(path: Path) -> list[str]:
    """What a template says by itself: text, and attributes that are read out or shown."""
    source, left, is_block, is_name = path.read_text(), [], False, False
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
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>|=\"[^\"]*\"|='[^']*'", "", html)
    return [*said, *re.sub(r"(?s)<[^<>]*>", "\x00", html).split("\x00")]


_SAYS = re.compile(r"[A-Za-z]{2,}")
_NO_WORDS = {"IBAN", "BIC", "PayPal", "SKU", "CVC"}


@pytest.mark.parametrize("path", _storefront(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_say_nothing_that_is_not_translated(path):
    said = [" ".join(text.split()) for text in _texts(path)]
    assert [text for text in said if _SAYS.search(text) and text not in _NO_WORDS] == []
