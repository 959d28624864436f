"""The shop's mark as pictures of fixed sizes, for home screens: drawn here, kept in `static/img`.

The same strokes as `static/img/icon.svg`, which is 32 units wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot

from PIL import Image, ImageDraw

_GROUND, _STROKE = "#0d5560", "#ffffff"
_UNITS, _WIDTH, _CORNER = 32, 3.2, 7
_FINER = 4  # drawn so much larger, then made smaller: smooth edges
_SAFE = 0.72  # of the width: what a mask leaves of every side is a circle of 0.8


@dataclass(frozen=True)
class Icon:
    """A file in `static/img`: a maskable one fills its square, as the phone cuts it to the shape of its others."""

    name: str
    size: int
    is_maskable: bool = False


ICONS = (Icon("icon-192.png", 192), Icon("icon-512.png", 512), Icon("icon-maskable-512.png", 512, is_maskable=True))
TOUCH = Icon("icon-touch-180.png", 180, is_maskable=True)  # iOS reads no manifest for its home screen


def draw(icon: Icon) -> Image.Image:
    """The picture, with a transparent ground where it does not fill the square."""
    wide = icon.size * _FINER
    picture = Image.new("RGBA", (wide, wide), (0, 0, 0, 0))
    pen, unit = ImageDraw.Draw(picture), wide / _UNITS
    corner = 0 if icon.is_maskable else _CORNER * unit
    pen.rounded_rectangle((0, 0, wide - 1, wide - 1), corner, fill=_GROUND)
    scale = unit * (_SAFE if icon.is_maskable else 1)
    for line in _strokes():
        points = [(wide / 2 + (x - _UNITS / 2) * scale, wide / 2 + (y - _UNITS / 2) * scale) for x, y in line]
        _line(pen, points, _WIDTH * scale)
    return picture.resize((icon.size, icon.size), Image.Resampling.LANCZOS)


def _strokes() -> list[list[tuple[float, float]]]:
    """Two posts, and the wave between them."""
    return [[(10, 7), (10, 25)], [(22, 7), (22, 25)], _curve((10, 16), (14, 12), (18, 20), (22, 16))]


def _curve(*four: tuple[float, float], steps: int = 60) -> list[tuple[float, float]]:
    """Points of the cubic curve of these four."""
    points = []
    for t in (step / steps for step in range(steps + 1)):
        shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        x, y = (sum(share * point[axis] for share, point in zip(shares, four, strict=True)) for axis in (0, 1))
        points.append((x, y))
    return points


def _line(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: float) -> None:
    """With round ends and joints: a disc rolls along it."""
    radius = width / 2
    for (x, y), (to_x, to_y) in pairwise(points):
        steps = max(1, round(hypot(to_x - x, to_y - y)))
        for step in range(steps + 1):
            at_x, at_y = x + (to_x - x) * step / steps, y + (to_y - y) * step / steps
            pen.ellipse((at_x - radius, at_y - radius, at_x + radius, at_y + radius), fill=_STROKE)
