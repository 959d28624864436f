"""What axe-core (vendor/axe.min.js, 4.14.1, MPL-2.0) finds wrong with a page for people who cannot see or point."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
_RUN = """async () => {
    const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await axe.run(document, {runOnly: rules});
    return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`));
}"""


@cache
def _source() -> str:
    return _SOURCE.read_text()


def violations(page: Page) -> list[str]:
    """ "rule: element" of everything that breaks WCAG 2.2 AA or axe's best practices on the page as it is now."""
    page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN)
    return found
