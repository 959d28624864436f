"""From a key to a picture.

A key says all there is to draw, `kind.colour.accent.variation.ground` (`mug.2f6f65.d9a441.1.kitchen`), so equal
pictures have equal keys and are drawn and stored once. A department's picture is `group-<ground>`.
"""

from __future__ import annotations

import functools
import hashlib
import io

import resvg_py
from PIL import Image

from catalog.imports.demo.scenes.groups import GROUPS
from catalog.imports.demo.scenes.pen import Pen, mix
from catalog.imports.demo.scenes.table import KINDS

WIDTH, HEIGHT = 640, 800  # large enough for a phone held upright; scenes are made for 800 × 1000

GROUNDS = {
    "computers": "#d9e2ea",
    "audio": "#ecdfcf",
    "home": "#f0e5d3",
    "kitchen": "#dde7da",
    "clothing": "#f0ddd6",
    "outdoor": "#d6e3dd",
    "books": "#f1e6c6",
    "toys": "#d7e7ee",
    "plain": "#e7e5e0",
}


def key(kind: str, colour: str, accent: str, variation: int, ground: str) -> str:
    """The name of a picture: colours are "#rrggbb", the variation 0–2."""
    return f"{kind}.{colour.lstrip('#')}.{accent.lstrip('#')}.{variation % 3}.{ground}"


def bucket(text: str, size: int) -> int:
    """A number below `size` that depends on the text alone, on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest()) % size


def scene(name: str) -> str:
    """The SVG of the things of a picture, without its ground."""
    if name.startswith("group-"):
        return _group(name.removeprefix("group-"))
    kind, colour, accent, variation, _ground = name.split(".")
    pen = Pen("#" + colour, "#" + accent, int(variation))
    KINDS[kind](pen)
    left, top, size = _frame(kind, pen.v)
    return pen.svg().replace("0 0 800 1000", f"{left:g} {top:g} {800 * size:g} {1000 * size:g}", 1)


@functools.cache
def _frame(kind: str, variation: int) -> tuple[float, float, float]:
    """Left, top and scale of the window that shows each kind equally large, in the middle, on the floor."""
    pen = Pen("#888888", "#666666", variation)
    KINDS[kind](pen)
    small = resvg_py.svg_to_bytes(svg_string=pen.svg(), width=160, height=200, skip_system_fonts=True)
    box = Image.open(io.BytesIO(small)).getchannel("A").point(lambda alpha: 255 if alpha > 190 else 0).getbbox()
    if box is None or box[1] == 0:  # it hangs from above: as drawn
        return 0, 0, 1
    x0, y0, x1, y1 = (edge * 5 for edge in box)
    size = max((x1 - x0) / 620, (y1 - y0) / 590, 0.72)
    return (x0 + x1) / 2 - 400 * size, max(y1, 760) - 826 * size, size


def draw(name: str) -> bytes:
    """The picture of a key as WebP; KeyError or ValueError when it names nothing."""
    with io.BytesIO() as out:
        image(name).save(out, "WEBP", quality=90, method=1)
        return out.getvalue()


def draw_all(name: str, widths: dict[str, int]) -> dict[str, bytes]:
    """The picture and its derivatives in one go: `widths` says by file name (….avif, .webp) how wide each is."""
    picture = image(name)
    made = {}
    for file, width in widths.items():
        size = (width, width * HEIGHT // WIDTH)
        scaled = picture if width == WIDTH else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        with io.BytesIO() as out:
            if file.endswith(".avif"):
                scaled.save(out, "AVIF", quality=65, speed=9, max_threads=1)
            else:
                scaled.save(out, "WEBP", quality=90 if width == WIDTH else 82, method=1)
            made[file] = out.getvalue()
    return made


def image(name: str) -> Image.Image:
    """The picture of a key, ready to be scaled."""
    where = name.removeprefix("group-") if name.startswith("group-") else name.rsplit(".", 1)[1]
    spread = 3 if name.startswith("group-") else bucket(name.split(".")[0], 3)
    things = Image.open(io.BytesIO(_raster(scene(name)))).convert("RGBA")
    picture = _ground(where, spread).copy()
    picture.paste(things, (0, 0), things)
    return picture


def _raster(svg: str) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH, height=HEIGHT, skip_system_fonts=True))


@functools.cache
def _ground(name: str, spread: int) -> Image.Image:
    """A tinted studio: a wall lit from the upper left, a pale shape on it, and a floor that begins without a line."""
    tint = GROUNDS[name]
    pen = Pen(tint, tint, 0)
    pen.rect(0, 0, 800, 1000, 0, pen.slant(mix(tint, "#ffffff", 0.42), tint, mix(tint, "#3b3a4a", 0.09)))
    pale = pen.lin(mix(tint, "#ffffff", 0.62), mix(tint, "#ffffff", 0.3), down=True)
    if spread == 0:
        pen.oval(400, 500, 318, None, pale)
    elif spread == 1:
        pen.path("M110 1000V480A290 290 0 0 1 690 480V1000Z", pale)
    elif spread == 2:
        pen.rect(90, 150, 620, 640, 310, pale)
    else:
        pen.oval(400, 470, 350, None, pale)
    floor = mix(tint, "#4a4038", 0.13)
    pen.rect(0, 690, 800, 310, 0, pen.lin(mix(floor, "#ffffff", 0.16), floor, down=True))
    pen.rect(0, 676, 800, 28, 0, pen.lin(mix(floor, "#ffffff", 0.3), mix(floor, "#ffffff", 0.16), down=True), 0.55)
    return Image.open(io.BytesIO(_raster(pen.svg()))).convert("RGB")


def _group(ground: str) -> str:
    parts: list[str] = []
    for index, (kind, colour, accent, left, top, size) in enumerate(GROUPS[ground]):
        pen = Pen(colour, accent, index)
        KINDS[kind](pen)
        inner = pen.svg().split(">", 1)[1].removesuffix("</svg>")
        for n in range(len(pen.defs), -1, -1):
            inner = inner.replace(f'"g{n}"', f'"p{index}-{n}"').replace(f"#g{n})", f"#p{index}-{n})")
        parts.append(f'<g transform="translate({left} {top}) scale({size})">{inner}</g>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-75 -50 950 1187" '
        'stroke-linecap="round" stroke-linejoin="round">' + "".join(parts) + "</svg>"
    )
