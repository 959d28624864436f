"""What axe-core (vendor/axe.min.js, 4.14.1, MPL-2.0) finds wrong with a page for people who cannot see or point."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
_RUN = """async (within) => {
    const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await axe.run(within || document, {runOnly: rules, resultTypes: ["violations"]});
    return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}`));
}"""


@cache
def _source() -> str:
    return _SOURCE.read_text()


def violations(page: Page, *, has_script: bool = True, within: str = "") -> list[str]:
    """ "rule: element" of everything that breaks WCAG 2.2 AA or axe's best practices on the page as it is now.

    `has_script` is False for a page that was loaded with JavaScript off: its own scripts stay off, axe runs.
    `within`: only in the element with this selector.
    """
    if has_script:
        return _violations(page, within)
    with _switched_on(page):
        return _violations(page, within)


def _violations(page: Page, within: str) -> list[str]:
    page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN, within)
    return found


@contextmanager
def _switched_on(page: Page) -> Iterator[None]:
    """The browser runs scripts meanwhile. The session stays open: its end would leave them on."""
    session = page.context.new_cdp_session(page)
    for value in (True, False):  # "off" first, or the browser takes "on" for what this session has anyhow
        session.send("Emulation.setScriptExecutionDisabled", {"value": value})
    yield
    session.send("Emulation.setScriptExecutionDisabled", {"value": True})
