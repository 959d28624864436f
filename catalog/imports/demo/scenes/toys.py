"""Toys, games and a parcel."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import BRASS, INK, STEEL, WOOD, Pen, Tones, mix


def puzzle(p: Pen) -> None:
    p.shadow(404, 796, 270, 32)
    p.box(180, 420, 330, 372, p.c, 30, 6)
    p.screen(200, 450, 290, 220, 4)
    p.line("M222 712H420M222 746H360", 10, "#fff6e4", 0.9)
    for x, y, angle, f in ((590, 720, 12, p.a), (640, 590, -18, Tones("#e0a24a")), (560, 620, 30, Tones("#7fa3b5"))):
        p.turn(angle, x, y)
        p.path(
            f"M{x - 50} {y - 50}H{x - 15}A18 18 0 1 1 {x + 15} {y - 50}H{x + 50}V{y - 15}A18 18 0 1 0 {x + 50} {y + 15}V{y + 50}H{x - 50}Z",
            p.flat(f),
        )
        p.back()


def boardgame(p: Pen) -> None:
    p.shadow(404, 776, 320, 34)
    p.path("M200 500H600L720 760H80Z", p.flat(p.c))
    for row in range(6):
        y0, y1 = 512 + row * 39.5, 512 + (row + 1) * 39.5
        for col in range(6):
            if (row + col) % 2:
                continue
            a, b = 200 - (y0 - 500) * 0.46 + 14, 200 - (y1 - 500) * 0.46 + 14
            w0, w1 = (386 + (y0 - 500) * 0.92) / 6, (386 + (y1 - 500) * 0.92) / 6
            p.path(
                f"M{a + col * w0:g} {y0:g}H{a + (col + 1) * w0:g}L{b + (col + 1) * w1:g} {y1:g}H{b + col * w1:g}Z",
                "#f7ecd6",
            )
    for x, y, t in ((270, 600, p.a), (420, 540, Tones("#2f3138")), (500, 650, p.a), (350, 690, Tones("#2f3138"))):
        p.oval(x + 8, y + 4, 34, 9, INK, 0.3)
        p.path(
            f"M{x - 30} {y}Q{x} {y - 30} {x - 12} {y - 66}H{x + 12}Q{x} {y - 30} {x + 30} {y}Q{x} {y + 14} {x - 30} {y}Z",
            p.tube(t),
        )
        p.oval(x, y - 84, 22, None, p.ball(t))


def blocks(p: Pen) -> None:
    p.shadow(404, 800, 260, 34)
    tones = (p.c, p.a, Tones("#e0b04f"), Tones("#7fa3b5"), Tones("#c97b63"))
    for i, (x, y) in enumerate(((150, 660), (300, 660), (450, 660), (224, 520), (376, 520))):
        p.box(x, y, 140, 138, tones[(i + p.v) % 5], 18, 10)
        k = (i + p.v) % 3
        if k == 0:
            p.oval(x + 70, y + 70, 34, None, "#fff6e4", 0.85)
        elif k == 1:
            p.path(f"M{x + 70} {y + 34}L{x + 108} {y + 102}H{x + 32}Z", "#fff6e4", 0.85)
        else:
            p.rect(x + 40, y + 40, 60, 60, 8, "#fff6e4", 0.85)
    p.path("M300 502L375 400L450 502Z", p.flat(tones[(p.v + 1) % 5]))


def train(p: Pen) -> None:
    c = p.c
    p.shadow(404, 790, 310, 32)
    p.rect(120, 690, 560, 40, 12, p.flat(WOOD))
    p.rect(150, 480, 190, 214, 14, p.flat(c))
    p.rect(180, 520, 130, 90, 10, "#fff3d6")
    p.rect(124, 452, 242, 40, 16, p.flat(p.a))
    p.rect(340, 560, 270, 134, 60, p.lin(c.light, c.base, c.dark, down=True))
    p.path("M500 566V480H480L470 452H570L560 480H540V566Z", p.tube(p.a))
    p.oval(606, 628, 30, 66, p.tube(BRASS))
    for x, r in ((230, 66), (430, 48), (560, 48)):
        p.oval(x, 790 - r, r, None, p.slant("#dcb98a", "#8f6438"))
        p.oval(x, 790 - r, r * 0.62, None, p.a.base)
        p.oval(x, 790 - r, r * 0.2, None, "#fff3d6")


def car(p: Pen) -> None:
    c = p.c
    p.shadow(404, 780, 300, 34)
    p.path("M110 730Q100 620 190 600L270 500Q290 480 330 480H490Q530 480 560 510L626 596Q700 610 696 730Z", p.flat(c))
    p.path("M250 596L306 522H392V596ZM410 522H492Q516 522 532 540L576 596H410Z", p.slant("#dcebf0", "#9fb9c4"))
    p.line("M400 610V720", 4, c.deep, 0.5)
    p.rect(120, 690, 570, 22, 8, p.a.base)
    for x in (230, 570):
        p.oval(x, 728, 70, None, INK)
        p.oval(x, 728, 40, None, p.slant("#f1f2f3", "#9aa1a9"))
    p.oval(678, 650, 14, 20, "#fff1c2")


def bear(p: Pen) -> None:
    c = p.c
    p.shadow(404, 804, 220, 34)
    long_ears = p.v == 1
    for s in (-1, 1):
        if long_ears:
            p.oval(400 + s * 64, 290, 38, 110, p.ball(c))
            p.oval(400 + s * 64, 300, 18, 80, p.a.light)
        else:
            p.oval(400 + s * 104, 340, 54, None, p.ball(c))
            p.oval(400 + s * 104, 344, 28, None, p.a.light)
        p.oval(400 + s * 150, 620, 52, 96, p.ball(c.dark if s > 0 else c.base))
        p.oval(400 + s * 110, 764, 82, 56, p.ball(c.dark if s > 0 else c.base))
        p.oval(400 + s * 122, 772, 40, 30, p.a.light)
    p.oval(400, 650, 144, 146, p.ball(c))
    p.oval(400, 670, 84, 94, c.hi, 0.7)
    p.oval(400, 430, 142, 126, p.ball(c))
    p.oval(400, 474, 62, 46, c.hi)
    p.oval(400, 452, 20, 14, "#3a2c26")
    p.line("M400 466V486Q380 506 366 492M400 486Q420 506 434 492", 5, "#3a2c26")
    for x in (346, 454):
        p.oval(x, 412, 13, None, "#2b2320")
        p.oval(x - 4, 408, 4, None, "#ffffff")
    p.path("M330 548Q400 590 470 548L478 572Q400 616 322 572Z", p.a.base)


def doll(p: Pen) -> None:
    p.shadow(404, 806, 150, 28)
    p.line("M366 700V790M434 700V790", 26, "#e8c3a0")
    p.line("M320 500L250 620M480 500L550 620", 26, "#e8c3a0")
    p.path("M340 470H460L540 710Q400 744 260 710Z", p.flat(p.c))
    p.path("M288 640Q400 670 512 640L522 670Q400 700 278 670Z", p.a.base)
    p.oval(400, 360, 120, 124, p.ball("#7a4a30"))
    p.oval(400, 384, 92, 94, p.ball("#f0cda9"))
    p.path("M308 360Q340 270 400 290Q470 270 492 360Q440 320 400 324Q350 320 308 360Z", "#7a4a30")
    for x in (366, 434):
        p.oval(x, 388, 8, 10, "#2b2320")
        p.oval(x - 8, 420, 13, 9, "#e59a86", 0.6)
    p.line("M380 432Q400 448 420 432", 5, "#a84f40")


def robot(p: Pen) -> None:
    c = p.c
    p.shadow(404, 806, 180, 30)
    p.line("M400 300V250", 8, STEEL)
    p.oval(400, 240, 18, None, p.ball(p.a))
    p.rect(300, 300, 200, 150, 30, p.flat(c))
    p.rect(324, 330, 152, 80, 20, "#22262d")
    for x in (362, 438):
        p.oval(x, 370, 18, None, "#9fe6d0")
    p.rect(270, 470, 260, 220, 34, p.flat(c))
    p.rect(310, 510, 180, 110, 12, p.c.light)
    for x, f in ((345, p.a.base), (400, "#e0b04f"), (455, "#c97b63")):
        p.oval(x, 565, 18, None, p.ball(f))
    p.line("M262 500L200 620M538 500L600 620", 34, c.dark)
    p.rect(300, 690, 70, 110, 16, p.tube(c.dark))
    p.rect(430, 690, 70, 110, 16, p.tube(c.dark))


def kite(p: Pen) -> None:
    p.shadow(440, 826, 110, 16)
    p.turn(14, 400, 450)
    p.path("M400 190L560 420L400 700L240 420Z", p.flat(p.c))
    p.path("M400 190L560 420H400Z", p.a.base)
    p.path("M240 420H400V700Z", p.a.light)
    p.line("M400 190V700M240 420H560", 6, mix(WOOD, "#3a2410", 0.2))
    p.line("M400 700C440 760 350 780 400 830", 5, "#8b8475")
    for x, y in ((414, 738), (382, 784), (398, 826)):
        p.path(f"M{x} {y}L{x - 30} {y - 14}V{y + 14}ZM{x} {y}L{x + 30} {y - 14}V{y + 14}Z", p.a.base)
    p.back()


def ball(p: Pen) -> None:
    p.shadow(404, 794, 180, 34)
    p.oval(400, 590, 206, None, p.ball(p.c))
    if p.v == 0:
        p.path(
            "M400 384Q300 480 310 590Q320 700 400 796Q330 790 270 750Q230 660 236 560Q300 440 400 384Z", p.a.light, 0.85
        )
        p.path(
            "M400 384Q500 480 490 590Q480 700 400 796Q520 770 560 716Q600 640 590 520Q520 420 400 384Z", p.a.base, 0.6
        )
    else:
        p.line("M194 590Q400 700 606 590M400 384Q260 590 400 796M400 384Q540 590 400 796", 8, p.c.deep, 0.7)
    p.oval(326, 492, 50, 36, "#ffffff", 0.35)


def parcel(p: Pen) -> None:
    p.shadow(404, 796, 240, 34)
    p.box(190, 430, 420, 362, p.c, 56, 6)
    p.path("M372 430L380 376H420L428 430V520H372Z", p.a.light, 0.9)
    p.rect(232, 660, 150, 90, 6, "#fbf6ea")
    p.line("M252 690H350M252 716H318", 6, "#a1977f")
    p.path("M536 720V690L522 702M536 690L550 702M570 720V690L556 702M570 690L584 702M516 734H590", "none")
    p.line("M536 726V692L524 704M536 692L548 704M572 726V692L560 704M572 692L584 704M518 738H590", 5, p.c.deep)
