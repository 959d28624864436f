"""How amounts, days, moments and figures are written in each language of the shop."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import timezone, translation

from shop.core import formats
from shop.core.money import Money

DAY = date(2026, 12, 1)
MOMENT = datetime(2026, 12, 1, 13, 31, tzinfo=UTC)


def _said(language: str) -> tuple[str, ...]:
    with translation.override(language):
        return (
            formats.weekday(DAY), formats.day(DAY), formats.moment(MOMENT), formats.clock(time(9, 5)),
            formats.decimal(Decimal("4.25")), formats.money(Money(123450, "USD")), formats.minus(Money(599, "EUR")),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Tue, Dec 1", "December 1, 2026", "December 1, 2026, 1:31\u202fPM (UTC)", "9:05\u202fAM", "4.3",
                "$1,234.50", "−€5.99")),
        ("de", ("Di., 1. Dez.", "1. Dezember 2026", "1. Dezember 2026, 13:31 (UTC)", "09:05", "4,3",
                "1.234,50\xa0$", "−5,99\xa0€")),
        ("es", ("mar, 1 dic", "1 de diciembre de 2026", "1 de diciembre de 2026, 13:31 (UTC)", "9:05", "4,3",
                "1.234,50\xa0US$", "−5,99\xa0€")),
        ("ar", ("الثلاثاء، 1 ديسمبر", "1 ديسمبر 2026", "1 ديسمبر 2026، 1:31 م (UTC)", "9:05 ص", "4.3",
                "\u200f1,234.50\xa0US$\u200e", "\u200f\u200e−5.99\xa0€")),
    ],
)  # fmt: skip
def test_each_language_has_its_own_way(language: str, said: tuple[str, ...]) -> None:
    assert _said(language) == said


def test_a_day_is_that_of_the_shops_time_zone(settings) -> None:
    settings.SHOP_TIME_ZONE = "Asia/Tokyo"
    late = datetime(2026, 12, 1, 22, 0, tzinfo=UTC)

    assert (formats.day(late), formats.weekday(late)) == ("December 2, 2026", "Wed, Dec 2")
    assert formats.moment(late) == "December 2, 2026, 7:00\u202fAM (JST)"
    assert formats.moment(late.replace(tzinfo=None)) == "December 1, 2026, 10:00\u202fPM"


def test_a_time_names_its_zone_as_it_is_called_on_that_day(settings) -> None:
    settings.SHOP_TIME_ZONE = "America/Chicago"
    assert formats.moment(datetime(2026, 11, 23, 18, 42, tzinfo=UTC)) == "November 23, 2026, 12:42\u202fPM (CST)"
    assert formats.moment(datetime(2026, 7, 1, 18, 42, tzinfo=UTC)) == "July 1, 2026, 1:42\u202fPM (CDT)"
    settings.SHOP_TIME_ZONE = "Asia/Riyadh"
    assert formats.moment(datetime(2026, 7, 1, 18, 42, tzinfo=UTC)) == "July 1, 2026, 9:42\u202fPM (UTC+03)"


def test_today_is_the_shops(settings, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 1, 3, 0, tzinfo=UTC))
    settings.SHOP_TIME_ZONE = "America/Chicago"
    assert formats.today() == date(2026, 11, 30)


def test_what_programs_read_stays_in_utc(settings) -> None:
    settings.SHOP_TIME_ZONE = "America/Chicago"
    page = engines["django"].from_string("{% load dates %}{{ at|date:'c' }} {{ at|moment }}")
    assert page.render({"at": MOMENT}) == "2026-12-01T13:31:00+00:00 December 1, 2026, 7:31\u202fAM (CST)"


def test_templates_write_them_so() -> None:
    said = "{{ at|day }} {{ at|weekday }} {{ at|moment }} {{ off|minus }} {{ none|day }}{{ none|minus }}"
    page = engines["django"].from_string(f"{{% load dates money %}}{said}")

    with translation.override("de"):
        said = page.render({"at": MOMENT, "off": Money(100, "EUR"), "none": None})

    assert said == "1. Dezember 2026 Di., 1. Dez. 1. Dezember 2026, 13:31 (UTC) −1,00\xa0€ "


def test_what_a_mail_has_in_words_is_only_signed() -> None:
    assert formats.minus("5,99 €") == "−5,99 €"
    assert formats.minus("\u200f5.99 €") == "\u200f\u200e−5.99 €"


def test_names_run_their_own_way() -> None:
    said = "{{ name|bdi }}{% bdi name lang %}{% bdi name missing %}{{ none|bdi }}"
    page = engines["django"].from_string("{% load bidi %}" + said)

    said = page.render({"name": "Mug <1 l>", "lang": "en", "none": None})

    assert said == '<bdi>Mug &lt;1 l&gt;</bdi><bdi lang="en">Mug &lt;1 l&gt;</bdi><bdi>Mug &lt;1 l&gt;</bdi>'


def test_each_of_several_things_runs_its_own_way() -> None:
    page = engines["django"].from_string("{% load bidi %}{{ said|bdi_each }}")

    def shown(said: object) -> str:
        return page.render({"said": said})

    assert shown("Moss · 16 GB") == "<bdi>Moss</bdi> · <bdi>16 GB</bdi>"
    assert shown("Moss\nEngraving: <b>") == "<bdi>Moss</bdi>\n<bdi>Engraving: &lt;b&gt;</bdi>"
    assert shown(["1 N State St", "Chicago"]) == "<bdi>1 N State St</bdi>, <bdi>Chicago</bdi>"
    assert (shown(""), shown(None)) == ("", "")
    with translation.override("ar"):
        assert shown(["1 N State St", "Chicago"]) == "<bdi>1 N State St</bdi>، <bdi>Chicago</bdi>"
