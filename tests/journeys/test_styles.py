"""Style sheets that are sent small say what those say that were written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from shop.core import static

SHEETS = sorted((Path(settings.BASE_DIR) / "static" / "css").glob("*.css"))
# What the browser understands, rule by rule, in its own spelling.
UNDERSTOOD = """(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return [...sheet.cssRules].map((rule) => rule.cssText);
}"""


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_a_small_style_sheet_says_the_same(browser: Browser, sheet: Path) -> None:
    page, written = browser.new_page(), sheet.read_bytes()
    small = static.small(written)

    assert page.evaluate(UNDERSTOOD, small.decode()) == page.evaluate(UNDERSTOOD, written.decode())
    assert len(small) <= len(written)
    assert b"/*" not in small
    page.close()


def test_negative_control_a_space_too_few_says_something_else(browser: Browser) -> None:
    page, written = browser.new_page(), ".crumbs :is(a, span) { color: red; }"

    assert page.evaluate(UNDERSTOOD, re.sub(r" (?=:)", "", written)) != page.evaluate(UNDERSTOOD, written)
    page.close()
