"""What taxes are called on pages, in mails and answers."""

from __future__ import annotations

import pytest
from django.utils import translation

from cart.tax import words
from catalog.translations import services
from shop.core import cache

pytestmark = pytest.mark.django_db


def _called(language: str, name: str) -> str:
    with translation.override(language):
        return words.called(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("VAT", {"en": "VAT", "de": "MwSt.", "es": "IVA", "ar": "ضريبة القيمة المضافة"}),
        ("Texas sales tax", {
            "en": "Texas sales tax", "de": "Verkaufssteuer (Texas)", "es": "Impuesto sobre las ventas (Texas)",
            "ar": "ضريبة المبيعات (Texas)",
        }),
        ("TVA/BTW", {"en": "TVA/BTW", "de": "TVA/BTW"}),
        (" sales tax", {"de": " sales tax"}),
        ("", {"en": "", "de": ""}),
    ],
)  # fmt: skip
def test_what_the_shop_brings_has_the_shops_own_words(name: str, said: dict[str, str]) -> None:
    assert {language: _called(language, name) for language in said} == said


def test_the_merchants_words_come_first() -> None:
    services.save_terms(terms={"VAT": {"de": "USt."}, "Texas": {"de": "Freistaat"}}, by="test")
    cache.TERMS.delete()  # as the commit would

    assert _called("de", "VAT") == "USt."
    assert _called("de", "Texas sales tax") == "Verkaufssteuer (Freistaat)"
    assert _called("en", "VAT") == "VAT"


def test_several_are_said_at_once() -> None:
    with translation.override("de"):
        assert words.label("VAT", "VAT", "QST", is_included=False) == "MwSt., QST"
        assert words.label("VAT", is_included=True) == "MwSt. (in den Preisen enthalten)"
        assert words.label(is_included=False) == "Steuer"
