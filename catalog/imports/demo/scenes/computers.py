"""Computers and what stands on a desk beside them."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import INK, STEEL, Pen, mix


def laptop(p: Pen) -> None:
    c, wide = p.c, 236 + p.v * 10
    p.shadow(400, 762, 330, 40)
    x = 400 - wide
    p.rect(x, 352, wide * 2, 336, 18, p.flat(c))
    p.rect(x + 8, 360, wide * 2 - 16, 322, 12, "#17191d")
    p.screen(x + 20, 374, wide * 2 - 40, 288, 5)
    p.oval(400, 367, 3, None, "#4d535c")
    p.path(f"M{x} 686H{400 + wide}L{400 + wide + 62} 748H{x - 62}Z", p.lin(c.hi, c.light, c.base, down=True))
    p.path(f"M{x + 26} 694H{400 + wide - 26}L{400 + wide - 4} 722H{x + 4}Z", c.deep)
    for row in range(3):
        y = 699 + row * 8.6
        p.line(f"M{x + 24 - row * 7} {y}H{400 + wide - 24 + row * 7}", 5, mix(c.deep, "#000000", 0.35), 0.9, "19 6")
    p.path("M330 727H470L476 744H324Z", c.base)
    p.path(
        f"M{x - 62} 748H{400 + wide + 62}L{400 + wide + 48} 763Q400 767 {x - 48} 763Z",
        p.lin(c.base, c.dark, c.deep, down=True),
    )
    p.path("M352 748H448Q446 756 438 756H362Q354 756 352 748Z", c.deep)


def tablet(p: Pen) -> None:
    p.shadow(400, 796, 250, 34)
    p.path("M520 460L640 792H500Z", p.c.deep)
    p.turn(-3)
    p.rect(184, 332, 432, 462, 34, p.flat(p.c))
    p.rect(190, 336, 420, 452, 30, "#15171b")
    p.screen(210, 360, 380, 404, 10)
    p.oval(400, 348, 4, None, "#4c525c")
    p.back()
    if p.v:
        p.turn(7, 660, 600)
        p.rect(652, 372, 18, 410, 9, p.tube("#f3f1ec"))
        p.path("M652 770H670L661 800Z", "#d5d1c8")
        p.back()


def monitor(p: Pen) -> None:
    p.shadow(400, 796, 190, 28)
    p.path("M290 782Q400 762 510 782L522 796Q400 808 278 796Z", p.tube(STEEL))
    p.path("M372 640H428L436 786H364Z", p.tube(mix(p.c.base, STEEL, 0.6)))
    h = 300 + p.v * 16
    p.rect(110, 360, 580, h, 16, p.flat(p.c))
    p.rect(116, 365, 568, h - 22, 10, "#15171b")
    p.screen(126, 375, 548, h - 44, 4)
    p.oval(400, 354 + h, 3.5, None, "#7fd0a5")


def television(p: Pen) -> None:
    p.shadow(400, 770, 310, 28)
    p.path("M196 700H216L190 768H168ZM604 700H584L610 768H632Z", p.c.dark)
    p.rect(64, 320, 672, 396, 10, "#17191d")
    p.screen(74, 330, 652, 368, 3)
    p.rect(64, 704, 672, 12, 6, p.lin(p.c.light, p.c.dark))


def desktop(p: Pen) -> None:
    p.shadow(404, 806, 190, 32)
    p.path("M530 346L586 328V776L530 804Z", p.lin(p.c.dark, p.c.deep))
    p.path("M242 346L304 324H586L530 346Z", p.c.hi)
    p.rect(242, 344, 290, 460, 8, p.flat(p.c))
    if p.v == 1:
        for i in range(13):
            p.rect(270, 420 + i * 26, 234, 10, 5, p.c.deep, 0.75)
    else:
        p.rect(266, 372, 242, 404, 8, mix(p.c.deep, "#000000", 0.3))
        for y in (470, 660):
            p.oval(387, y, 86, None, p.ball(p.a))
            p.oval(387, y, 66, None, p.c.deep)
            for k in range(6):
                p.turn(k * 60, 387, y)
                p.path(f"M387 {y}Q410 {y - 40} 392 {y - 62}Q370 {y - 40} 387 {y}Z", p.a.base, 0.75)
                p.back()
            p.oval(387, y, 16, None, p.c.base)
    p.oval(500, 358, 4, None, "#9fe0c0")


def workstation(p: Pen) -> None:
    p.shadow(400, 790, 210, 28)
    p.path("M300 776Q400 756 500 776L516 790Q400 802 284 790Z", p.tube(STEEL))
    p.path("M370 690H430L440 782H360Z", p.tube(STEEL))
    p.rect(112, 330, 576, 384, 18, p.flat(p.c))
    p.rect(126, 344, 548, 300, 6, "#15171b")
    p.screen(132, 350, 536, 288, 4)


def keyboard(p: Pen) -> None:
    p.shadow(404, 720, 320, 34)
    p.path("M148 560H652L704 704H96Z", p.flat(p.c))
    p.path("M96 704H704L698 722Q400 728 102 722Z", p.c.deep)
    for row in range(5):
        y = 580 + row * 24
        grow = (y - 560) / 144 * 52
        x, w = 166 - grow, 468 + grow * 2
        keys = 13 - (row == 3)
        step = w / keys
        for k in range(keys):
            if row == 4 and 3 <= k <= 8:
                continue
            special = (k == 0 and row == 0) or (k == keys - 1 and row == 2)
            tone = p.a if special else p.c
            p.rect(x + k * step + 2, y - 2, step - 5, 20, 5, tone.dark if not special else tone.base)
            p.rect(x + k * step + 4, y - 3, step - 9, 16, 4, tone.hi if not special else tone.light)
        if row == 4:
            p.rect(x + 3 * step + 2, y - 3, step * 6 - 5, 20, 5, p.c.hi)


def mouse(p: Pen) -> None:
    p.shadow(404, 776, 150, 34)
    p.path(
        "M400 420C512 420 530 560 528 650C526 740 478 782 400 782C322 782 274 740 272 650C270 560 288 420 400 420Z",
        p.ball(p.c),
    )
    p.path("M400 420C512 420 530 560 528 640Q464 600 400 600Q336 600 272 640C270 560 288 420 400 420Z", p.c.light, 0.55)
    p.line("M400 424V600", 4, p.c.deep, 0.6)
    p.rect(388, 470, 24, 68, 12, p.c.deep)
    p.rect(392, 478, 12, 44, 6, p.a.base)
    p.path("M312 500Q330 446 372 436Q330 480 322 560Z", "#ffffff", 0.35)


def dock(p: Pen) -> None:
    p.shadow(400, 760, 250, 30)
    p.line("M620 700C720 690 730 560 640 540", 14, p.c.deep)
    p.box(160, 640, 470, 118, p.c, 44, 18)
    for i, w in enumerate((44, 44, 62, 62, 30)):
        x = 196 + i * 84
        p.rect(x, 680, w, 34 if i < 4 else 30, 5 if i < 4 else 15, INK)
        p.rect(x + 5, 686, w - 10, 9, 3, p.a.base if i == 2 else "#596069")
    p.oval(606, 738, 5, None, "#8fe0b4")


def webcam(p: Pen) -> None:
    p.shadow(400, 790, 120, 24)
    p.path("M320 772H480L496 794H304Z", p.tube(p.c.dark))
    p.rect(386, 640, 28, 140, 8, p.tube(p.c.dark))
    p.rect(190, 470, 420, 184, 92, p.flat(p.c))
    p.oval(400, 562, 74, None, INK)
    p.oval(400, 562, 54, None, p.ball("#33476b"))
    p.oval(382, 544, 14, None, "#dfe9f5", 0.85)
    p.oval(546, 562, 7, None, p.a.base)


def drive(p: Pen) -> None:
    p.shadow(404, 776, 170, 30)
    p.turn(-8)
    p.rect(262, 420, 276, 356, 30, p.c.deep)
    p.rect(256, 412, 276, 356, 30, p.flat(p.c))
    for i in range(5 + p.v):
        p.line(f"M300 {500 + i * 30}H488", 6, p.c.dark, 0.55)
    p.rect(298, 702, 84, 18, 9, p.a.base)
    p.back()
    p.line("M420 770C430 830 560 850 650 800", 12, INK)


def harddrive(p: Pen) -> None:
    p.shadow(404, 800, 180, 30)
    p.rect(236, 376, 328, 424, 16, p.flat(p.c))
    p.rect(250, 390, 300, 396, 10, p.slant("#e4e7ea", "#aeb4bb"))
    p.oval(400, 548, 124, None, p.slant("#cfd4d9", "#9097a0"))
    p.oval(400, 548, 36, None, p.slant("#f2f3f4", "#9aa1a9"))
    p.rect(280, 692, 240, 72, 6, "#fbf9f4")
    p.rect(292, 704, 120, 10, 4, p.a.base)
    p.line("M292 730H500M292 746H460", 5, "#c6c3bb")


def phone(p: Pen) -> None:
    p.shadow(404, 812, 140, 26)
    p.turn(5)
    p.rect(282, 296, 246, 510, 40, p.c.deep)
    p.rect(276, 294, 244, 508, 38, p.flat(p.c))
    p.rect(286, 304, 224, 488, 30, "#14161a")
    p.screen(294, 312, 208, 472, 24)
    p.rect(366, 324, 64, 14, 7, "#14161a")
    p.back()


def handset(p: Pen) -> None:
    p.shadow(404, 790, 220, 32)
    p.path("M230 620H570L616 780H184Z", p.flat(p.c))
    p.rect(184, 774, 432, 16, 8, p.c.deep)
    p.rect(420, 640, 130, 44, 6, mix(p.a.base, "#ffffff", 0.6))
    for row in range(3):
        for col in range(3):
            p.rect(424 + col * 44, 696 + row * 24, 34, 16, 5, p.c.hi)
    p.path("M226 500Q300 440 374 500L386 560Q390 590 356 590H348V690H252V590H244Q210 590 214 560Z", p.tube(p.c.dark))
    p.line("M196 740C120 730 120 640 210 640", 9, INK, 1, "4 11")
