"""For going out: camp, trail and travel."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import BRASS, INK, STEEL, WOOD, Pen, mix


def tent(p: Pen) -> None:
    c = p.c
    p.shadow(404, 790, 340, 36)
    if p.v == 1:
        p.path("M70 790C90 520 250 400 400 400C550 400 710 520 730 790Z", p.lin(c.light, c.base, c.dark))
        p.path("M400 400C550 400 710 520 730 790H560C560 600 480 450 400 400Z", c.dark)
        p.line("M400 400C300 460 250 620 250 790M400 400C500 460 560 620 560 790", 6, c.deep)
        p.path("M290 790C290 650 340 560 405 540C470 560 520 650 520 790Z", mix(c.deep, "#000000", 0.35))
        p.path("M290 790C290 650 340 560 405 540C360 640 352 720 350 790Z", p.a.light)
    else:
        p.path("M400 350L744 790H450Z", p.lin(c.base, c.deep))
        p.path("M400 350L56 790H560Z", p.slant(c.light, c.base))
        p.path("M390 470L250 790H500Z", mix(c.deep, "#000000", 0.4))
        p.path("M390 470L250 790H316Q380 640 390 470Z", p.a.base)
        p.path("M390 470L500 790H460Q400 660 390 470Z", p.a.dark)
        p.seam("M398 360L70 780", c.hi)
    p.line("M400 350L400 324M744 790L780 810M56 790L22 808", 6, BRASS)


def backpack(p: Pen) -> None:
    c = p.c
    p.shadow(404, 806, 210, 32)
    p.line("M350 280C350 220 450 220 450 280", 16, c.deep)
    p.path("M222 440C170 520 180 680 214 740M578 440C630 520 620 680 586 740", c.dark)
    p.path(
        "M400 262C520 262 580 330 584 440L596 760Q596 804 550 804H250Q204 804 204 760L216 440C220 330 280 262 400 262Z",
        p.tube(c),
    )
    if p.v == 0:
        p.path(
            "M216 430C220 330 280 262 400 262C520 262 580 330 584 430Q590 520 400 530Q210 520 216 430Z", p.flat(c.light)
        )
        p.line("M310 520V600M490 520V600", 22, p.a.base)
        for x in (296, 476):
            p.rect(x, 570, 30, 30, 5, BRASS)
    else:
        p.line("M240 400Q400 340 560 400", 7, c.deep)
        p.rect(546, 392, 14, 36, 5, p.a.base)
    p.rect(254, 590, 292, 176, 34, p.flat(c.dark if p.v != 2 else p.a.base))
    p.seam("M270 628H530", c.hi, 0.8)
    p.rect(366, 440 if p.v else 650, 68, 44, 6, p.a.light)
    p.line("M238 470Q230 620 236 760", 9, c.hi, 0.4)


def suitcase(p: Pen) -> None:
    c = p.c
    p.shadow(404, 812, 190, 30)
    p.line("M340 400V230H460V400", 14, STEEL)
    p.rect(220, 380, 360, 410, 40, p.tube(c))
    for x in range(5):
        p.line(f"M{276 + x * 62} 410V760", 7, c.dark, 0.5)
    p.rect(360, 372, 80, 26, 10, INK)
    for x in (270, 530):
        p.oval(x, 798, 20, 18, INK)
    p.rect(536, 560, 34, 60, 6, p.a.base)


def lantern(p: Pen) -> None:
    glow = p._add("radialGradient", 'r=".5"', ((0, "#ffe9a8", 0.9), (0.5, "#ffe9a8", 0.3), (1, "#ffe9a8", 0)))
    p.shadow(404, 806, 150, 28)
    p.line("M270 440C270 240 530 240 530 440", 12, STEEL)
    p.rect(290, 450, 220, 270, 26, p.lin("#fff1c2", "#fffbe8", "#e9d79a"))
    p.oval(400, 590, 230, 230, glow)
    p.oval(400, 600, 34, 56, "#fff6d4")
    for x in (316, 372, 428, 484):
        p.line(f"M{x} 450V720", 6, p.c.deep, 0.75)
    p.path("M310 400H490L530 460H270Z", p.tube(p.c))
    p.path("M270 712H530L546 796H254Z", p.tube(p.c))
    p.oval(400, 756, 20, None, p.ball(p.a))


def sleepingbag(p: Pen) -> None:
    c = p.c
    p.shadow(404, 792, 280, 34)
    p.rect(150, 520, 500, 268, 130, p.lin(c.light, c.base, c.deep, down=True))
    p.oval(620, 654, 74, 134, p.flat(c.dark))
    for r in (56, 38, 20):
        p.raw(
            f'<ellipse cx="620" cy="654" rx="{r}" ry="{r * 1.85:g}" fill="none" stroke="{p.a.light}" stroke-width="8" opacity=".8"/>'
        )
    for x in (270, 460):
        p.rect(x, 514, 34, 280, 14, p.a.dark)
        p.rect(x - 4, 600, 42, 44, 6, INK)
    for x in (210, 370, 540):
        p.line(f"M{x} 530Q{x - 24} 650 {x} 780", 4, c.deep, 0.4)


def stove(p: Pen) -> None:
    p.shadow(404, 802, 150, 28)
    p.cylinder(400, 640, 780, 130, p.c)
    p.rect(366, 560, 68, 84, 8, p.tube(STEEL))
    p.line("M430 600H560", 9, BRASS)
    p.oval(572, 600, 18, 26, INK)
    p.cylinder(400, 530, 570, 96, STEEL)
    p.line("M300 470V560M500 470V560M400 460V540", 12, "#7d848c")
    for x in (350, 385, 420, 455):
        p.path(
            f"M{x} 526C{x - 20} 490 {x} 470 {x} 440C{x + 16} 470 {x + 20} 500 {x} 526Z",
            p.lin("#9fd0ff", "#4c87d9", down=True),
        )
    p.path("M272 690Q400 730 528 690V720Q400 760 272 720Z", p.a.light)


def flask(p: Pen) -> None:
    p.shadow(404, 806, 110, 26)
    p.cylinder(400, 440, 780, 104, p.c)
    p.rect(300, 440, 200, 26, 8, p.tube(STEEL))
    p.path("M316 300H484L492 440H308Z", p.tube(p.a))
    p.oval(400, 300, 84, 14, p.a.hi)
    p.line("M500 520C590 520 590 690 500 690", 20, INK)
    p.line("M318 500V760", 11, p.c.hi, 0.5)


def torch(p: Pen) -> None:
    p.shadow(404, 800, 230, 26)
    p.turn(-18, 400, 640)
    p.path("M500 600L590 560V740L500 700Z", p.lin(p.c.light, p.c.dark, down=True))
    p.rect(170, 604, 336, 92, 26, p.lin(p.c.light, p.c.base, p.c.deep, down=True))
    for x in range(8):
        p.line(f"M{200 + x * 22} 612V688", 5, p.c.deep, 0.6)
    p.rect(410, 600, 46, 22, 10, p.a.base)
    p.oval(590, 650, 18, 90, "#fff6d8")
    p.back()


def bicycle(p: Pen) -> None:
    p.shadow(404, 790, 340, 26)
    for x in (200, 610):
        p.raw(f'<circle cx="{x}" cy="650" r="136" fill="none" stroke="{INK}" stroke-width="15"/>')
        p.raw(f'<circle cx="{x}" cy="650" r="126" fill="none" stroke="#c9cdd2" stroke-width="5"/>')
        for k in range(8):
            p.turn(k * 22.5, x, 650)
            p.line(f"M{x} 530V770", 1.6, "#9aa0a8")
            p.back()
    p.line("M200 650L330 460H560L400 650H200M330 460L400 650M300 400L330 460", 17, p.c.base)
    p.line("M204 644L332 452H556", 5, p.c.hi, 0.8)
    p.line("M610 650L548 410", 17, p.c.dark)
    p.line("M548 410Q560 370 620 380", 12, p.a.dark)
    p.path("M250 384Q300 372 350 392L340 408H262Z", p.a.dark)
    p.oval(400, 650, 34, None, p.slant("#d5d9dd", "#7e848c"))
    p.line("M400 650L440 700", 9, INK)


def mat(p: Pen) -> None:
    p.shadow(404, 790, 250, 32)
    p.path("M190 640H560V780H120Z", p.flat(p.c.light))
    p.rect(180, 560, 440, 150, 75, p.lin(p.c.light, p.c.base, p.c.deep, down=True))
    p.oval(600, 635, 40, 74, p.c.dark)
    for r in (28, 16):
        p.raw(
            f'<ellipse cx="600" cy="635" rx="{r}" ry="{r * 1.9:g}" fill="none" stroke="{p.c.light}" stroke-width="6"/>'
        )
    p.rect(300, 556, 26, 158, 8, p.a.base)
    p.rect(470, 556, 26, 158, 8, p.a.base)


def umbrella(p: Pen) -> None:
    c = p.c
    p.shadow(404, 812, 200, 24)
    p.line("M400 330V740C400 810 300 810 304 740", 14, WOOD)
    p.path(
        "M110 540C120 340 280 270 400 270C520 270 680 340 690 540Q645 500 594 540Q545 500 497 540Q448 500 400 540Q352 500 303 540Q255 500 206 540Q155 500 110 540Z",
        p.ball(c),
    )
    p.path(
        "M303 540C310 400 350 300 400 270C450 300 490 400 497 540Q448 500 400 540Q352 500 303 540Z",
        p.a.base if p.v else c.light,
        0.8,
    )
    p.line("M400 270V240", 9, WOOD)


def axe(p: Pen) -> None:
    p.shadow(404, 806, 190, 26)
    p.turn(24, 400, 560)
    p.path("M380 320H420L430 800Q400 816 372 800Z", p.tube(WOOD))
    p.rect(372, 690, 58, 100, 12, p.tube(p.c))
    p.path("M362 330H440V440H362Q300 440 250 500Q230 400 250 290Q300 336 362 330Z", p.slant("#eef0f2", "#8d949d"))
    p.path("M250 500Q230 400 250 290L266 306Q250 400 266 484Z", "#ffffff", 0.8)
    p.back()


def binoculars(p: Pen) -> None:
    p.shadow(404, 790, 220, 32)
    p.rect(360, 500, 80, 120, 20, p.tube(INK))
    for x in (280, 520):
        p.path(f"M{x - 60} 400H{x + 60}L{x + 104} 740Q{x} 790 {x - 104} 740Z", p.tube(p.c))
        p.rect(x - 66, 370, 132, 50, 16, p.tube(INK))
        p.oval(x, 748, 100, 28, INK)
        p.oval(x, 750, 80, 20, p.ball("#5d83b5"))
    p.oval(400, 520, 26, 20, p.ball(p.a))


def hammock(p: Pen) -> None:
    p.shadow(400, 800, 290, 26)
    p.line("M96 300L104 800M704 300L696 800", 22, mix(WOOD, "#3a2410", 0.2))
    p.line("M100 380L170 500M700 380L630 500", 6, "#d8c7a5")
    p.path("M160 500Q400 820 640 500Q400 640 160 500Z", p.lin(p.c.light, p.c.base, p.c.dark))
    p.line("M210 552Q400 762 590 552", 12, p.a.light, 0.8)
    p.line("M256 586Q400 700 544 586", 9, p.a.light, 0.6)
