"""Things that make or catch sound, and cameras."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import BRASS, INK, STEEL, WOOD, Pen, mix


def _cone(p: Pen, x: float, y: float, r: float) -> None:
    p.oval(x, y, r, None, p.c.deep)
    p.oval(x, y, r * 0.9, None, p.slant("#2b2e34", "#4a4e57"))
    p.oval(x, y, r * 0.7, None, p.slant("#1c1e22", "#3b3f47"))
    p.oval(x, y, r * 0.28, None, p.ball(p.a))


def headphones(p: Pen) -> None:
    c = p.c
    p.shadow(400, 798, 210, 30)
    p.path(
        "M196 560C180 300 310 222 400 222C490 222 620 300 604 560L566 562C576 350 490 268 400 268C310 268 224 350 234 562Z",
        p.tube(c),
    )
    p.path(
        "M262 330C300 258 360 240 400 240C440 240 500 258 538 330C500 282 450 266 400 266C350 266 300 282 262 330Z",
        c.hi,
        0.5,
    )
    for x, s in ((214, 1), (586, -1)):
        p.rect(x - 12, 500, 24, 92, 10, p.tube(STEEL))
        p.rect(x + (26 if s > 0 else -82), 566, 56, 208, 28, p.tube(c.deep))
        p.rect(x - 48, 546, 96, 248, 48, p.tube(c))
        p.oval(x - 8 * s, 670, 26, 62, p.flat(p.a))
        p.line(f"M{x - 30} 600Q{x - 38} 660 {x - 30} 730", 6, c.hi, 0.55)


def headset(p: Pen) -> None:
    headphones(p)
    p.line("M586 760C570 850 480 850 420 830", 12, p.c.deep)
    p.rect(376, 812, 66, 34, 17, INK)


def earbuds(p: Pen) -> None:
    c = p.c
    p.shadow(404, 800, 200, 32)
    p.rect(214, 470, 372, 150, 70, p.flat(c.light))
    p.rect(236, 540, 328, 90, 30, c.deep)
    for x in (322, 478):
        p.oval(x, 556, 46, 50, p.ball(p.a))
        p.rect(x - 17, 560, 34, 90, 17, p.tube(p.a))
        p.oval(x - 14, 540, 12, 14, "#ffffff", 0.5)
    p.path("M204 610H596V720Q596 800 516 800H284Q204 800 204 720Z", p.tube(c))
    p.line("M210 614H590", 4, c.hi, 0.8)
    p.oval(400, 690, 7, None, "#e8f6ec")


def speaker(p: Pen) -> None:
    p.shadow(404, 804, 190, 34)
    if p.v == 0:
        p.box(250, 330, 300, 472, WOOD, 36, 12)
        p.rect(266, 348, 268, 438, 8, p.flat(p.c))
        _cone(p, 400, 450, 62)
        _cone(p, 400, 640, 110)
    elif p.v == 1:
        p.cylinder(400, 400, 776, 158, p.c, 172)
        for i in range(15):
            p.line(f"M{246 + i * 22} 470V760", 3, p.c.deep, 0.25)
        p.oval(400, 400, 118, 20, p.c.deep)
        p.oval(400, 398, 60, 9, p.a.base)
        p.path("M234 700Q400 746 566 700L569 730Q400 778 231 730Z", p.tube(p.a))
    else:
        p.rect(150, 500, 500, 296, 90, p.tube(p.c))
        p.rect(186, 534, 428, 228, 60, p.c.deep)
        for x in (306, 494):
            _cone(p, x, 648, 90)
        p.line("M300 500C300 420 500 420 500 500", 18, p.a.dark)


def soundbar(p: Pen) -> None:
    p.shadow(404, 742, 350, 28)
    p.box(60, 640, 680, 98, p.c, 30, 20)
    p.rect(78, 656, 644, 66, 14, p.c.deep)
    for i in range(39):
        p.line(f"M{90 + i * 16} 660V718", 3, p.c.base, 0.4)
    p.rect(352, 682, 96, 14, 7, p.a.light)


def turntable(p: Pen) -> None:
    p.shadow(404, 776, 300, 36)
    p.path("M160 500H640L714 716H86Z", p.flat(p.c))
    p.path("M86 714H714V752Q714 764 700 764H100Q86 764 86 752Z", p.lin(WOOD, mix(WOOD, "#3a2410", 0.4)))
    p.oval(356, 612, 216, 92, "#15161a")
    for r in (190, 160, 130, 104):
        p.raw(f'<ellipse cx="356" cy="612" rx="{r}" ry="{r * 0.425:g}" fill="none" stroke="#3a3d45" stroke-width="2"/>')
    p.path("M356 612L190 560A216 92 0 0 1 262 530Z", "#ffffff", 0.13)
    p.oval(356, 612, 70, 30, p.a.base)
    p.oval(356, 612, 7, 4, "#eee9dc")
    p.oval(620, 552, 36, 18, p.slant("#eceef0", "#8b9199"))
    p.line("M620 548L604 650L520 668", 11, "#d9dde1")
    p.rect(496, 658, 40, 18, 4, INK)
    p.oval(630, 690, 24, 11, p.c.deep)


def microphone(p: Pen) -> None:
    p.shadow(400, 804, 150, 28)
    p.oval(400, 794, 130, 24, p.tube(p.c.dark))
    p.rect(388, 690, 24, 100, 6, p.tube(STEEL))
    p.line("M264 500C264 720 536 720 536 500", 18, p.c.dark)
    p.rect(298, 300, 204, 352, 102, p.tube(p.c))
    p.path("M298 500V402Q298 300 400 300Q502 300 502 402V500Z", p.tube("#9da3ab"))
    for i in range(9):
        p.line(f"M306 {340 + i * 18}H494", 2.5, "#5c626b", 0.6)
        p.line(f"M{312 + i * 22} 330V496", 2.5, "#5c626b", 0.6)
    p.rect(294, 496, 212, 20, 8, p.tube(p.a))


def radio(p: Pen) -> None:
    p.shadow(404, 782, 270, 32)
    p.line("M560 430L650 250", 7, STEEL)
    p.line("M220 440C220 360 580 360 580 440", 16, p.c.deep)
    p.box(140, 440, 520, 338, p.c, 30, 44)
    p.rect(172, 478, 250, 262, 24, mix(p.c.base, "#f6ecd8", 0.72))
    for i in range(8):
        p.line(f"M190 {506 + i * 29}H404", 7, p.c.dark, 0.45)
    p.rect(452, 484, 176, 70, 10, "#f8efdc")
    p.line("M466 532H614", 3, "#8a7f6b", 1, "2 12")
    p.line("M540 494V544", 4, "#c8452f")
    for x in (492, 588):
        p.oval(x, 650, 42, None, p.ball(BRASS if p.v else p.a.base))
        p.line(f"M{x} 650L{x + 12} 622", 5, "#fff7e2")


def camera(p: Pen) -> None:
    p.shadow(404, 766, 260, 34)
    p.rect(196, 430, 80, 40, 10, p.tube(STEEL))
    p.path("M310 450L336 398H464L490 450Z", p.flat(p.c))
    p.rect(150, 446, 500, 314, 34, p.flat(p.c))
    p.rect(150, 520, 500, 170, 4, p.slant(mix(p.c.deep, "#17181b", 0.5), "#1d1f23"))
    p.oval(400, 606, 138, None, p.slant("#d7dade", "#7e848c"))
    p.oval(400, 606, 122, None, "#17191d")
    p.oval(400, 606, 84, None, p.ball("#35507c"))
    p.oval(370, 572, 22, 18, "#e6eef8", 0.8)
    p.rect(560, 466, 56, 34, 6, "#f3efdf")
    p.oval(232, 488, 10, None, p.a.base)


def camcorder(p: Pen) -> None:
    p.shadow(404, 742, 260, 30)
    p.rect(210, 500, 340, 236, 40, p.flat(p.c))
    p.oval(220, 616, 100, None, "#17191d")
    p.oval(220, 616, 66, None, p.ball("#35507c"))
    p.path("M550 540L690 500V700L550 690Z", p.flat(p.c.dark))
    p.oval(440, 560, 26, None, p.a.base)


def lens(p: Pen) -> None:
    p.shadow(404, 806, 170, 30)
    p.cylinder(400, 400, 780, 150, p.c, 132)
    for y in (470, 560):
        p.rect(252 + (y - 400) * 0.05, y, 296 - (y - 400) * 0.1, 56, 4, p.tube("#2d3036"))
        for i in range(17):
            p.line(f"M{264 + i * 17} {y + 6}V{y + 50}", 3, "#555a63", 0.6)
    p.oval(400, 398, 128, 22, INK)
    p.oval(400, 398, 98, 16, p.ball("#4d6ea3"))
    p.rect(266, 650, 268, 12, 4, p.a.base)


def tripod(p: Pen) -> None:
    p.shadow(400, 810, 240, 26)
    for x in (180, 400, 620):
        p.line(f"M400 440L{x} 806", 18, p.c.deep)
        p.line(f"M400 440L{(400 + x) / 2} 623", 24, p.c.base)
    p.rect(382, 330, 36, 150, 8, p.tube(STEEL))
    p.rect(340, 300, 120, 44, 10, p.flat(p.c))
    p.oval(400, 440, 40, 26, p.ball(p.a))


def projector(p: Pen) -> None:
    p.shadow(404, 746, 270, 32)
    p.path("M560 560L800 440V760L560 660Z", "#fff6d8", 0.35)
    p.box(140, 530, 520, 210, p.c, 50, 26)
    p.oval(530, 634, 78, None, p.slant("#d7dade", "#8a9098"))
    p.oval(530, 634, 58, None, p.ball("#4d6ea3"))
    for i in range(6):
        p.rect(180, 572 + i * 24, 190, 9, 4, p.c.dark)


def remote(p: Pen) -> None:
    p.shadow(404, 806, 110, 24)
    p.turn(6)
    p.rect(310, 310, 180, 490, 60, p.flat(p.c))
    p.oval(400, 440, 58, None, p.c.deep)
    p.oval(400, 440, 26, None, p.c.light)
    for i in range(9):
        p.oval(352 + i % 3 * 48, 560 + i // 3 * 54, 15, None, p.c.dark)
    p.oval(352, 356, 13, None, "#cf4a3a")
    p.back()
