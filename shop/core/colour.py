"""Colours as the style sheet's tokens write them, and how well one can be read on another (WCAG 2). Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

Shade = tuple[float, float, float]  # lightness (0 to 1), chroma, hue in degrees: OKLCH

_PAIR = re.compile(r"--([\w-]+):\s*light-dark\(oklch\(([^()]*)\),\s*oklch\(([^()]*)\)\)")
# From the cube roots of cone responses to linear sRGB (Björn Ottosson, "A perceptual color space", 2020)
_TO_CONES = ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
_TO_RED = (4.0767416621, -3.3077115913, 0.2309699292)
_TO_GREEN = (-1.2684380046, 2.6097574011, -0.3413193965)
_TO_BLUE = (-0.0041960863, -0.7034186147, 1.7076147010)
_WEIGHTS = (0.2126, 0.7152, 0.0722)  # of red, green and blue for how bright something is


def pairs(css: str) -> Mapping[str, tuple[Shade, Shade]]:
    """The tokens of a style sheet that are `light-dark(oklch(…), oklch(…))`, by name; what is seen through is left
    out."""
    return {name: (_shade(light), _shade(dark)) for name, light, dark in _PAIR.findall(css) if "/" not in light + dark}


def contrast(one: Shade, other: Shade) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(shade: Shade) -> float:
    """Relative luminance, from 0 to 1; what no screen can show counts as the nearest that it can."""
    lightness, chroma, hue = shade
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    cones = [(lightness + x * a + y * b) ** 3 for x, y in _TO_CONES]
    linear = [sum(part * cone for part, cone in zip(row, cones, strict=True)) for row in (_TO_RED, _TO_GREEN, _TO_BLUE)]
    return sum(weight * min(max(part, 0.0), 1.0) for weight, part in zip(_WEIGHTS, linear, strict=True))


def _shade(text: str) -> Shade:
    lightness, chroma, hue = (float(part) for part in text.split()[:3])
    return lightness, chroma, hue
