"""A pen that writes SVG: shapes lit from the upper left, seen from slightly above, on a canvas of 800 × 1000."""

from __future__ import annotations

from dataclasses import dataclass

INK = "#23262b"
PAPER = "#fbf8f1"
STEEL = "#b9bec4"
WOOD = "#c1935f"
BRASS = "#c9a35a"


def mix(one: str, two: str, share: float) -> str:
    """`one` with `share` (0–1) of `two`; both "#rrggbb"."""
    pairs = ((int(one[i : i + 2], 16), int(two[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


@dataclass(frozen=True)
class Tones:
    """A colour and what light and shade make of it."""

    base: str

    @property
    def hi(self) -> str:
        return mix(self.base, "#fffaf0", 0.5)

    @property
    def light(self) -> str:
        return mix(self.base, "#fffaf0", 0.22)

    @property
    def dark(self) -> str:
        return mix(self.base, "#141a2c", 0.24)

    @property
    def deep(self) -> str:
        return mix(self.base, "#10162a", 0.46)


class Pen:
    """Collects the shapes of one scene. `c` are the tones of the product's colour, `a` of its accent, `v` the variation (0–2)."""

    def __init__(self, colour: str, accent: str, variation: int) -> None:
        self.c, self.a, self.v = Tones(colour), Tones(accent), variation
        self.defs: list[str] = []
        self.parts: list[str] = []

    def svg(self) -> str:
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1000" stroke-linecap="round" stroke-linejoin="round">'
            f"<defs>{''.join(self.defs)}</defs>{''.join(self.parts)}</svg>"
        )

    # --- paints
    def lin(self, *stops: str, down: bool = False, at: tuple[float, ...] = ()) -> str:
        """A gradient from left to right (or downwards) over the shape it fills."""
        return self._gradient(stops, at, 'x2="0" y2="1"' if down else 'x2="1" y2="0"')

    def slant(self, *stops: str) -> str:
        return self._gradient(stops, (), 'x2="1" y2="1"')

    def tube(self, colour: str | Tones) -> str:
        """The paint of something round that stands upright."""
        t = colour if isinstance(colour, Tones) else Tones(colour)
        return self.lin(t.base, t.light, t.base, t.dark, at=(0, 0.24, 0.58, 1))

    def flat(self, colour: str | Tones) -> str:
        """The paint of something flat that faces us."""
        t = colour if isinstance(colour, Tones) else Tones(colour)
        return self.slant(t.light, t.base, mix(t.base, t.dark, 0.55))

    def ball(self, colour: str | Tones) -> str:
        t = colour if isinstance(colour, Tones) else Tones(colour)
        return self._add(
            "radialGradient",
            'cx=".36" cy=".3" r=".8"',
            ((0, t.hi, 1), (0.35, t.light, 1), (0.62, t.base, 1), (1, t.deep, 1)),
        )

    def _gradient(self, stops: tuple[str, ...], at: tuple[float, ...], geometry: str) -> str:
        places = at or tuple(i / (len(stops) - 1) for i in range(len(stops)))
        return self._add("linearGradient", geometry, tuple((p, s, 1) for p, s in zip(places, stops, strict=True)))

    def _add(self, kind: str, geometry: str, stops: tuple[tuple[float, str, float], ...]) -> str:
        name = f"g{len(self.defs)}"
        inner = "".join(
            f'<stop offset="{p:g}" stop-color="{s}"' + (f' stop-opacity="{o:g}"' if o < 1 else "") + "/>"
            for p, s, o in stops
        )
        self.defs.append(f'<{kind} id="{name}" x1="0" y1="0" {geometry}>{inner}</{kind}>')
        return f"url(#{name})"

    # --- shapes
    def raw(self, text: str) -> None:
        self.parts.append(text)

    def rect(self, x: float, y: float, w: float, h: float, r: float = 0, f: str = INK, o: float = 1) -> None:
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{r:g}" fill="{f}"{_opacity(o)}/>'
        )

    def oval(self, cx: float, cy: float, rx: float, ry: float | None = None, f: str = INK, o: float = 1) -> None:
        ry = rx if ry is None else ry
        self.parts.append(f'<ellipse cx="{cx:g}" cy="{cy:g}" rx="{rx:g}" ry="{ry:g}" fill="{f}"{_opacity(o)}/>')

    def path(self, d: str, f: str = INK, o: float = 1) -> None:
        self.parts.append(f'<path d="{d}" fill="{f}"{_opacity(o)}/>')

    def line(self, d: str, w: float = 4, f: str = INK, o: float = 1, dash: str = "") -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path d="{d}" fill="none" stroke="{f}" stroke-width="{w:g}"{dashes}{_opacity(o)}/>')

    def seam(self, d: str, f: str = "#ffffff", o: float = 0.45) -> None:
        self.line(d, 3, f, o, "9 9")

    def turn(self, degrees: float, x: float = 400, y: float = 600) -> None:
        """What follows until `back()` is turned about a point."""
        self.parts.append(f'<g transform="rotate({degrees:g} {x:g} {y:g})">')

    def move(self, x: float, y: float, scale: float = 1) -> None:
        self.parts.append(f'<g transform="translate({x:g} {y:g}) scale({scale:g})">')

    def back(self) -> None:
        self.parts.append("</g>")

    # --- things that many scenes have
    def shadow(self, cx: float = 400, cy: float = 800, rx: float = 240, ry: float | None = None) -> None:
        """The contact shadow, falling a little to the right, and a tighter one where the thing touches the ground."""
        ry = rx * 0.16 if ry is None else ry
        wide = self._add("radialGradient", 'r=".5"', ((0, "#1d2330", 0.42), (0.55, "#1d2330", 0.2), (1, "#1d2330", 0)))
        self.oval(cx + rx * 0.16, cy + ry * 0.3, rx * 1.28, ry * 1.5, wide)
        self.oval(cx, cy, rx * 0.98, ry * 0.5, wide)

    def cylinder(
        self, cx: float, top: float, bottom: float, r: float, colour: str | Tones, foot: float | None = None
    ) -> None:
        """Upright and closed; `foot` is its radius at the bottom."""
        t = colour if isinstance(colour, Tones) else Tones(colour)
        foot = r if foot is None else foot
        k = 0.17
        self.path(
            f"M{cx - r} {top}L{cx - foot} {bottom}A{foot} {foot * k} 0 0 0 {cx + foot} {bottom}L{cx + r} {top}Z",
            self.tube(t),
        )
        self.oval(cx, top, r, r * k, self.lin(t.hi, t.light))

    def box(self, x: float, y: float, w: float, h: float, colour: str | Tones, top: float = 34, r: float = 6) -> None:
        """A box seen from the front, with a little of its lid."""
        t = colour if isinstance(colour, Tones) else Tones(colour)
        self.path(f"M{x} {y + 4}L{x + top} {y - top}H{x + w - top}L{x + w} {y + 4}Z", self.lin(t.hi, t.light))
        self.rect(x, y, w, h, r, self.flat(t))
        self.rect(x + 2, y + 1, w - 4, 3, 1.5, t.hi, 0.7)

    def screen(self, x: float, y: float, w: float, h: float, r: float = 4) -> None:
        """A lit display with hills in the accent's colour."""
        a = self.a
        self.rect(x, y, w, h, r, self.slant(mix(a.base, "#ffffff", 0.72), mix(a.base, "#ffffff", 0.35)))
        self.oval(x + w * 0.72, y + h * 0.3, h * 0.12, None, "#fff6e0", 0.95)
        b = y + h
        self.path(
            f"M{x} {b - r}V{y + h * 0.7}Q{x + w * 0.25} {y + h * 0.38} {x + w * 0.5} {y + h * 0.66}"
            f"T{x + w} {y + h * 0.55}V{b - r}Q{x + w} {b} {x + w - r} {b}H{x + r}Q{x} {b} {x} {b - r}Z",
            a.light,
        )
        self.path(
            f"M{x} {b - r}V{y + h * 0.86}Q{x + w * 0.35} {y + h * 0.6} {x + w * 0.62} {y + h * 0.85}"
            f"T{x + w} {y + h * 0.78}V{b - r}Q{x + w} {b} {x + w - r} {b}H{x + r}Q{x} {b} {x} {b - r}Z",
            a.base,
        )
        self.path(f"M{x} {y}H{x + w * 0.42}L{x + w * 0.16} {b}H{x}Z", "#ffffff", 0.13)


def _opacity(o: float) -> str:
    return "" if o >= 1 else f' opacity="{o:g}"'
