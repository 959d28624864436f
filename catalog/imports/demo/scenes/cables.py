"""Cables, adapters and chargers."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import INK, STEEL, Pen


def _coil(p: Pen, width: float = 22) -> None:
    for i, (rx, ry) in enumerate(((210, 170), (184, 146), (158, 122))):
        p.raw(
            f'<ellipse cx="{396 + i * 3}" cy="{590 - i * 5}" rx="{rx}" ry="{ry}" fill="none" stroke="{p.c.deep}" stroke-width="{width + 5}"/>'
        )
        p.raw(
            f'<ellipse cx="{394 + i * 3}" cy="{587 - i * 5}" rx="{rx}" ry="{ry}" fill="none" stroke="{p.c.base}" stroke-width="{width}"/>'
        )
        p.raw(
            f'<ellipse cx="{391 + i * 3}" cy="{582 - i * 5}" rx="{rx}" ry="{ry}" fill="none" stroke="{p.c.hi}" stroke-width="{width * 0.2:g}" opacity=".6"/>'
        )
    p.rect(170, 560, 60, 44, 10, p.a.base)


def _ends(p: Pen, draw: str) -> None:
    for x, angle in ((300, 14), (500, -14)):
        p.line(f"M{x} 700Q{x} 740 {x} 760", 22, p.c.base)
        p.turn(angle, x, 760)
        p.rect(x - 27, 748, 54, 74, 10, p.tube(p.c.dark))
        if draw == "rj":
            p.rect(x - 30, 815, 60, 58, 5, p.lin("#e6eef0", "#ffffff", "#b9c7cb"))
            p.line(f"M{x - 18} 850V870M{x - 6} 850V870M{x + 6} 850V870M{x + 18} 850V870", 4, "#c9a35a")
        elif draw == "fibre":
            p.rect(x - 20, 815, 40, 46, 4, p.tube("#4f8ec2"))
            p.rect(x - 7, 858, 14, 22, 3, "#f4f4f0")
        elif draw == "video":
            p.rect(x - 46, 812, 92, 40, 8, p.tube("#5b76b8"))
            p.rect(x - 38, 850, 76, 24, 6, p.tube(STEEL))
        elif draw == "jack":
            p.rect(x - 8, 816, 16, 56, 6, p.tube("#d8b96a"))
        else:
            p.rect(x - 21, 815, 42, 46, 5, p.tube(STEEL))
            p.rect(x - 12, 828, 8, 12, 1, INK)
            p.rect(x + 4, 828, 8, 12, 1, INK)
        p.back()


def cable(p: Pen) -> None:
    p.shadow(404, 770, 250, 40)
    _coil(p)
    _ends(p, "usb")


def networkcable(p: Pen) -> None:
    p.shadow(404, 770, 250, 40)
    _coil(p)
    _ends(p, "rj")


def fibrecable(p: Pen) -> None:
    p.shadow(404, 770, 250, 40)
    _coil(p, 12)
    _ends(p, "fibre")


def videocable(p: Pen) -> None:
    p.shadow(404, 770, 250, 40)
    _coil(p, 28)
    _ends(p, "video")


def audiocable(p: Pen) -> None:
    p.shadow(404, 770, 250, 40)
    _coil(p, 15)
    _ends(p, "jack")


def adapter(p: Pen) -> None:
    p.shadow(404, 700, 230, 28)
    p.rect(140, 560, 130, 110, 12, p.lin("#eef0f2", STEEL, "#7e848c", down=True))
    p.rect(170, 590, 26, 20, 2, INK)
    p.rect(170, 624, 26, 20, 2, INK)
    p.rect(250, 536, 280, 158, 26, p.flat(p.c))
    p.rect(520, 556, 110, 118, 10, p.flat(p.c.dark))
    p.rect(610, 580, 26, 70, 4, INK)
    p.rect(330, 596, 110, 34, 8, p.a.base, 0.8)


def charger(p: Pen) -> None:
    p.shadow(404, 790, 220, 30)
    p.line("M520 720C700 700 720 520 600 500S480 360 600 330", 14, INK)
    p.rect(588, 296, 60, 40, 8, p.tube(STEEL))
    p.box(180, 560, 350, 226, p.c, 34, 28)
    p.rect(220, 620, 160, 90, 8, p.c.light)
    p.line("M238 648H360M238 676H330", 6, p.c.deep, 0.7)
    p.oval(480, 640, 8, None, "#8fe0b4")
