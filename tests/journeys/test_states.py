"""Every page in every state, for everybody: axe finds nothing, in both colour schemes and both directions; nothing is
wider than a screen of 320 pixels (which is a desk's at 400 %), or a phone's with twice the text; nothing moves where
that is not wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import axe, running, steps
from tests.journeys.scenes import World
from tests.journeys.states import SETTLED, STATES, State, nothing, show
from tests.journeys.test_zoom import BROKEN

NARROW = {"width": 320, "height": 640}
WIDER = """() => {
    const root = document.documentElement, wide = root.scrollWidth - root.clientWidth;
    if (wide <= 0) return "";
    const range = document.createRange(), found = [];
    for (const one of document.querySelectorAll("body *")) {  // by what is in them, text included
        if (one.closest(".row, .nav")) continue;  // these scroll by themselves
        range.selectNodeContents(one);
        const box = range.getBoundingClientRect();
        if (box.right > root.clientWidth + 1 || box.left < -1) found.push(one.outerHTML.slice(0, 120));
    }
    return `${wide} px: ${found.slice(-3).join(" | ")}`;
}"""
MOVING = """() => document.getAnimations().filter((one) => one.effect.getTiming().duration > 1).map(
    (one) => `${one.animationName ?? one.transitionProperty}: ${one.effect.target.className}`)"""


@pytest.fixture(scope="module")
def world(shop: running.Shop, browser: Browser) -> Iterator[World]:
    with World(shop, browser) as made:
        yield made


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state(world, open_page, state: State):
    session = world.scene(state.prepare).session
    page = open_page(storage_state=session, reduced_motion="reduce")
    show(page, world, state)
    assert axe.violations(page) == [], "light, from left to right"
    assert page.evaluate(MOVING) == []
    if state.act is not nothing:  # what somebody has done is done again in the dark, not carried over from the light
        page = open_page(storage_state=session, reduced_motion="reduce", color_scheme="dark")
        show(page, world, state)
    _turn(page, direction="rtl", scheme="dark")
    assert axe.violations(page) == [], "dark, from right to left, on a phone"
    assert _wider(page, steps.PHONE, "200%") == "", "with twice the text, from right to left"
    _turn(page, direction="ltr")
    assert _wider(page, NARROW, "") == "", "at 320 px"
    assert page.evaluate(BROKEN) == [], "at 320 px"


def _turn(page: Page, *, direction: str, scheme: str | None = None) -> None:
    """As in a language that is written in this `direction`, on a phone."""
    page.set_viewport_size(steps.PHONE)
    page.evaluate("(direction) => { document.documentElement.dir = direction }", direction)
    if scheme:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(SETTLED)


def _wider(page: Page, size: dict[str, int], text: str) -> str:
    page.set_viewport_size(size)
    page.evaluate("(size) => { document.documentElement.style.fontSize = size }", text)
    page.evaluate(SETTLED)
    found: str = page.evaluate(WIDER)
    page.evaluate("() => { document.documentElement.style.fontSize = '' }")
    return found
