# ruff: noqa: E402  (Django must know its settings before models are imported)
"""Screenshots of every page in every state, at three widths, in light and dark: docs/gallery/.

    make gallery                          in a shop of its own, which is started and dropped
    make gallery ONLY=cart                only the states whose names contain this (a regular expression)
    make gallery BENCH_ARGS=--running     in the shop that `make run` has running in this checkout, started with
                                          RATE_LIMITS=0; what it holds of orders and customers becomes more

The states are those that the tests walk (tests/journeys/states.py). Pages are cut where they are longer than anybody
looks; wide ones are kept at seven tenths of their size, all as WebP, so that the folder stays below 8 MB. The index
is written by the same command, for all pictures that are there.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from shop.local import addresses
from tests.journeys import chromium, running
from tests.journeys.scenes import World
from tests.journeys.states import SETTLED, STATES, State, show

FOLDER = addresses.CHECKOUT / "docs" / "gallery"
# By width: the height of the window, how much of the page is taken, and how large that is kept.
SIZES = {390: (844, 1900, 1.0), 768: (1024, 1100, 0.7), 1280: (900, 900, 0.7)}
SCHEMES = ("light", "dark")
QUALITY = 40
PATIENCE = 20_000  # ms
# On a page that is taken whole, what stays at the window's lower edge would lie across its middle: it stands where it
# belongs to.
IN_PLACE = """() => {
    for (const one of document.querySelectorAll("main *")) {
        const { position, insetBlockEnd } = getComputedStyle(one);
        if (position === "sticky" && insetBlockEnd !== "auto") one.style.position = "relative";
    }
}"""
# What is loaded when it is scrolled to is loaded, and the page is where it was. Pictures are drawn with what is round
# them: a shot of the whole page has another window, for which each is decoded anew.
THROUGH = """async (until) => {
    for (const one of document.images) one.decoding = "sync";
    for (let y = 0; y < Math.min(until, document.documentElement.scrollHeight); y += innerHeight) {
        scrollTo(0, y);
        await new Promise((done) => setTimeout(done, 60));
    }
    scrollTo(0, 0);
    const near = [...document.images].filter((one) => one.getBoundingClientRect().top < until);
    const late = new Promise((done) => setTimeout(done, 3000));
    await Promise.race([Promise.allSettled(near.map((one) => one.decode())), late]);
}"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default=os.environ.get("ONLY", ""), help="a regular expression of states' names")
    parser.add_argument("--running", action="store_true", help="the shop that runs in this checkout")
    options = parser.parse_args()
    chosen = [state for state in STATES if re.search(options.only, state.name)]
    if not chosen or not chromium.PATH:
        print("No state has such a name." if chromium.PATH else "No Chromium found (CHROMIUM names one).")
        return 1
    began = time.monotonic()
    with _shop(options.running) as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.PATH, args=chromium.FLAGS)
        with World(shop, browser) as world:
            failed = _take(world, chosen)
        browser.close()
    if not options.only:
        _forget_others()
    _write_index()
    size = sum(path.stat().st_size for path in FOLDER.iterdir()) / 1e6
    print(f"{len(chosen)} states in {time.monotonic() - began:.0f} s; the folder has {size:.1f} MB. {failed or ''}")
    return 1 if failed else 0


@contextmanager
def _shop(is_running: bool) -> Iterator[running.Shop]:
    """The shop of this checkout, or one of its own with the demo's pictures."""
    if is_running:
        data = addresses.data_folder()
        env = addresses.environment(data)
        yield running.Shop(env["SITE_URL"], data, env)
        return
    with (
        tempfile.TemporaryDirectory(prefix="gallery-") as folder,
        running.running_shop(Path(folder), is_drawn=True) as shop,
    ):
        yield shop


def _take(world: World, chosen: list[State]) -> list[str]:
    """The pictures of these states; the names of those that could not be taken."""
    FOLDER.mkdir(exist_ok=True)
    failed = []
    for state in chosen:
        began = time.monotonic()
        try:
            world.scene(state.prepare)
            prepared = time.monotonic()
            for width in SIZES:
                _take_at(world, state, width)
        except Exception as problem:  # noqa: BLE001 - the others are worth taking
            failed.append(state.name)
            print(f"{state.name}: {problem}", flush=True)
            continue
        print(f"{state.name}: {prepared - began:.1f} + {time.monotonic() - prepared:.1f} s", flush=True)
    return failed


def _take_at(world: World, state: State, width: int) -> None:
    height, most, scale = SIZES[width]
    context = world.browser.new_context(
        base_url=world.shop.url, viewport={"width": width, "height": height}, reduced_motion="reduce",
        storage_state=world.scene(state.prepare).session,
    )  # fmt: skip
    context.add_init_script(chromium.AT_ONCE)
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        show(page, world, state)
        page.evaluate(THROUGH, most)
        if not state.is_window:
            page.evaluate(IN_PLACE)
        page.evaluate(SETTLED)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            path = FOLDER / f"{state.name}-{width}-{scheme}.webp"
            _save(page, path, most=None if state.is_window else most, scale=scale)
    finally:
        context.close()


def _save(page: Page, path: Path, *, most: int | None, scale: float) -> None:
    """`most`: how many pixels of the page's height are kept; None: what the window shows."""
    shot = page.screenshot(full_page=most is not None, animations="disabled", caret="hide")
    taken = Image.open(io.BytesIO(shot)).convert("RGB")
    seen = taken.crop((0, 0, taken.width, min(taken.height, most or taken.height)))
    kept = seen if scale == 1 else seen.resize((round(seen.width * scale), round(seen.height * scale)), Image.LANCZOS)
    kept.save(path, quality=QUALITY, method=4)


def _forget_others() -> None:
    """Pictures of states that are no more."""
    kept = {name for state in STATES for name in _names(state)}
    for path in FOLDER.glob("*.webp"):
        if path.name not in kept:
            path.unlink()


def _names(state: State) -> list[str]:
    return [f"{state.name}-{width}-{scheme}.webp" for width in SIZES for scheme in SCHEMES]


def _write_index() -> None:
    rows = ["# Gallery", "", "Every page of the shop in every state, at 390, 768 and 1280 wide, light and dark."]
    rows += [
        "Made by `make gallery`, wide ones kept at seven tenths of their size; a click shows a picture as it is.",
        "",
    ]
    for state in STATES:
        shown = [name for name in _names(state) if (FOLDER / name).exists()]
        if shown:
            pictures = [
                f'<a href="{name}"><img src="{name}" width="130" alt="{_said(state, name)}"></a>' for name in shown
            ]
            rows += [f"## {state.title}", "", *pictures, ""]
    (FOLDER / "README.md").write_text("\n".join(rows).rstrip() + "\n")


def _said(state: State, name: str) -> str:
    width, scheme = name.removesuffix(".webp").split("-")[-2:]
    return f"{state.title}, {width} wide, {scheme}"


if __name__ == "__main__":
    sys.exit(main())
