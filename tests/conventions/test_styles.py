"""The storefront's style sheets: raw values are tokens, and no rule knows which way a language runs."""

import re

import brotli
import pytest

from shop.core import colour
from tests.conventions.code import ROOT

CSS = ROOT / "static/css"
SHEETS = sorted(path.name for path in CSS.glob("*.css") if not path.name.startswith("admin"))
SIZES = {"css": (CSS, 30 * 1024), "js": (ROOT / "static/js", 50 * 1024)}
STAFFS = {"admin.js", "promotion.js", "scan.js"}


def rules(name: str) -> str:
    """A style sheet without its comments and what stands in quotes."""
    text = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)
    return re.sub(r'"[^"]*"', '""', text)


@pytest.mark.parametrize("name", [name for name in SHEETS if name != "tokens.css"])
def test_raw_values_are_tokens(name):
    raw = re.compile(
        r"#[0-9a-f]{3,8}\b(?=[^{]*;)|\b(?:rgb|hsl|oklch|oklab|color-mix)a?\(|(?<![\w.-])\d+(?:\.\d+)?px\b", re.I
    )
    assert raw.findall(rules(name)) == []


@pytest.mark.parametrize("name", SHEETS)
def test_rules_are_written_for_both_directions(name):
    """`margin-inline-start`, never `margin-left`: a page in Arabic is the same style sheet."""
    sided = re.compile(
        r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding|inset)-)?(?:left|right|top|bottom)"
        r"(?:-(?:width|color|style|radius))?\s*:|border-(?:top|bottom)-(?:left|right)-radius\s*:"
        r"|text-align\s*:\s*(?:left|right)|(?:float|clear)\s*:\s*(?:left|right)"
        r"|(?<![\w-])(?:min-|max-)?(?:width|height)\s*:"
    )
    assert sided.findall(rules(name)) == []


@pytest.mark.parametrize("name", SHEETS)
def test_rules_stand_in_layers(name):
    """So that what a page says wins over what a component says, wherever either is loaded. How pages change over may
    only stand outside."""
    text, depth, outside = re.sub(r"@layer [\w, ]+;", "", rules(name)), 0, ""
    for char in text:
        depth -= char == "}"
        outside += char if depth == 0 else ""
        depth += char == "{"
    heads = [one.strip() for one in outside.replace("}", "\n").replace("{", "\n").split("\n") if one.strip()]
    assert [one for one in heads if not one.startswith(("@layer", "@media (prefers-reduced-motion"))] == []


@pytest.mark.parametrize("kind", SIZES)
def test_all_of_it_is_small(kind):
    """Compressed, all sheets of the storefront, and all of its scripts, together: no page loads all of them."""
    folder, most = SIZES[kind]
    files = [
        path for path in folder.rglob(f"*.{kind}") if not path.name.startswith("admin") and path.name not in STAFFS
    ]
    assert sum(len(brotli.compress(path.read_bytes())) for path in files) <= most


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_apart(scheme):
    """WCAG 2.2: text 4.5 to 1 on every ground that it stands on, controls and focus 3 to 1."""
    tokens = colour.pairs((CSS / "tokens.css").read_text())
    shade = {name: pair[scheme] for name, pair in tokens.items()}
    texts = [
        (ink, ground)
        for ink in ("ink", "muted", "accent", "sale", "good", "warn")
        for ground in ("paper", "surface", "raised")
    ]
    texts += [
        ("accent-ink", "accent"),
        ("accent-ink", "accent-strong"),
        ("accent-strong", "accent-soft"),
        ("ink", "accent-soft"),
    ]
    texts += [("ink", f"{kind}-soft") for kind in ("bad", "warn", "good")]
    parts = [(part, ground) for part in ("control", "focus", "star") for ground in ("paper", "raised")]
    weak = [(*one, 4.5) for one in texts if colour.contrast(shade[one[0]], shade[one[1]]) < 4.5]
    weak += [(*one, 3) for one in parts if colour.contrast(shade[one[0]], shade[one[1]]) < 3]
    assert weak == []
