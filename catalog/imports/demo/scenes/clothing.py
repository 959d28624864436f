"""Garments, laid flat, and shoes."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import BRASS, STEEL, Pen, mix

_TORSO = "M300 300Q400 350 500 300L570 326L550 800Q400 824 250 800L230 326Z"


def _sleeves(p: Pen, length: int) -> None:
    y = 400 + length
    reach = 40 + length * 0.16
    p.path(
        f"M232 326Q190 360 {170 - reach * 0.3} {y}L{246 - reach * 0.3} {y + 22}L262 470Z",
        p.tube(p.c.dark if length > 200 else p.c),
    )
    p.path(f"M568 326Q610 360 {630 + reach * 0.3} {y}L{554 + reach * 0.3} {y + 22}L538 470Z", p.tube(p.c.dark))


def tshirt(p: Pen) -> None:
    p.shadow(404, 816, 190, 22)
    _sleeves(p, 90)
    p.path(_TORSO, p.flat(p.c))
    p.path("M300 300Q400 386 500 300Q400 350 300 300Z", p.c.deep)
    p.line("M300 300Q400 390 500 300", 9, p.c.light)
    p.seam("M254 782Q400 806 546 782", p.c.hi, 0.7)
    if p.v == 1:
        for y in (470, 530, 590, 650):
            p.line(f"M244 {y}Q400 {y + 18} 556 {y}", 16, p.a.light, 0.75)
    elif p.v == 2:
        p.rect(440, 420, 70, 78, 8, p.c.dark, 0.6)
        p.seam("M440 438H510", p.c.hi)
    p.path("M270 420Q300 600 276 780Q330 600 300 400Z", p.c.deep, 0.16)


def sweater(p: Pen) -> None:
    c = p.c
    p.shadow(404, 822, 200, 22)
    _sleeves(p, 350)
    p.path(_TORSO, p.flat(c))
    if p.v == 0:
        for y in (420, 476, 532):
            p.line(
                f"M242 {y}" + "".join(f"L{242 + 15.9 * k:g} {y + (18 if k % 2 else 0)}" for k in range(1, 21)),
                9,
                p.a.light,
                0.9,
            )
    else:
        for x in (320, 400, 480):
            p.line(
                f"M{x - 16} 370"
                + "".join(f"Q{x + (26 if k % 2 else -26)} {390 + k * 40} {x} {410 + k * 40}" for k in range(9)),
                9,
                c.dark,
                0.4,
            )
    p.path("M250 764Q400 790 551 764L549 806Q400 830 251 806Z", c.dark)
    p.path("M296 298Q400 350 504 298L512 316Q400 400 288 316Z", c.dark)
    for x in (132, 592):
        p.rect(x, 742, 76, 40, 8, c.deep)


def hoodie(p: Pen) -> None:
    c = p.c
    p.shadow(404, 822, 200, 22)
    p.path("M276 320Q270 210 400 206Q530 210 524 320Q400 400 276 320Z", p.ball(c.dark))
    p.path("M310 320Q310 250 400 248Q490 250 490 320Q400 372 310 320Z", c.deep)
    _sleeves(p, 350)
    p.path(_TORSO, p.flat(c))
    p.path("M296 302Q400 400 504 302L520 330Q400 440 280 330Z", c.dark)
    p.path("M310 600H490L530 730H270Z", c.dark, 0.55)
    p.seam("M310 600L272 726M490 600L528 726", c.hi)
    p.line("M370 380V500M430 380V486", 7, "#f3ecdf")
    p.path("M250 770Q400 796 551 770L549 806Q400 830 251 806Z", c.dark)


def jacket(p: Pen) -> None:
    c = p.c
    p.shadow(404, 822, 200, 22)
    if p.v == 1:
        p.path("M286 320Q280 226 400 222Q520 226 514 320Q400 380 286 320Z", p.ball(c.dark))
        p.path("M320 320Q320 262 400 260Q480 262 480 320Q400 352 320 320Z", p.a.deep)
    _sleeves(p, 350)
    p.path(_TORSO, p.flat(c))
    if p.v == 2:
        for y in range(380, 800, 62):
            p.line(f"M{236 + (y - 320) * 0.03:g} {y}Q400 {y + 28} {564 - (y - 320) * 0.03:g} {y}", 5, c.deep, 0.55)
            p.line(f"M{238 + (y - 320) * 0.03:g} {y + 10}Q400 {y + 38} {470} {y + 24}", 5, c.hi, 0.35)
    else:
        p.path("M286 560H372V664Q330 680 286 664ZM428 560H514V664Q470 680 428 664Z", c.dark, 0.6)
        p.seam("M286 584H372M428 584H514", c.hi)
    p.path("M292 300L400 360L350 430L268 330ZM508 300L400 360L450 430L532 330Z", c.dark)
    p.line("M400 360V812", 8, BRASS if p.v == 0 else p.a.light)
    p.rect(392, 400, 16, 28, 5, STEEL)
    p.line("M252 780Q400 806 548 780", 4, c.deep, 0.6)


def shirt(p: Pen) -> None:
    c = p.c
    p.shadow(404, 820, 200, 22)
    _sleeves(p, 340)
    p.path(_TORSO, p.flat(c))
    if p.v:
        for x in range(250, 560, 34):
            p.line(f"M{x} 350V800", 4 if p.v == 1 else 9, p.a.light, 0.55)
    if p.v == 2:
        for y in range(370, 800, 44):
            p.line(f"M242 {y}Q400 {y + 16} 558 {y}", 9, p.a.light, 0.45)
    p.path("M384 350H416V812H384Z", c.light)
    for y in range(400, 800, 74):
        p.oval(400, y, 7, None, "#fffaf0")
        p.oval(401, y + 1, 3, None, c.deep)
    p.path("M300 296L400 352L352 414L280 320ZM500 296L400 352L448 414L520 320Z", c.hi)
    p.rect(452, 430, 70, 84, 6, c.dark, 0.35)


def dress(p: Pen) -> None:
    c = p.c
    p.shadow(404, 832, 220, 22)
    p.line("M336 250L330 340M464 250L470 340", 14, c.base)
    p.path("M310 330Q400 380 490 330L478 520Q600 700 622 810Q400 850 178 810Q200 700 322 520Z", p.flat(c))
    p.path("M320 500Q400 520 480 500L486 540Q400 562 314 540Z", p.a.base)
    for x, e in ((360, 300), (400, 400), (440, 500)):
        p.line(f"M{x} 560Q{x} 700 {e} 820", 5, c.dark, 0.4)
    if p.v:
        for i in range(14):
            p.oval(240 + i * 83 % 330, 600 + i * 47 % 200, 9, None, "#fff4e4", 0.85)


def trousers(p: Pen) -> None:
    c = p.c
    p.shadow(404, 832, 170, 22)
    p.path("M286 270H514L560 820Q510 834 456 820L404 430L344 820Q290 834 240 820Z", p.flat(c))
    p.path("M282 262H518L522 314H278Z", c.dark)
    for x in (310, 398, 480):
        p.rect(x, 256, 14, 64, 4, c.deep)
    p.line("M404 320V430", 5, c.deep, 0.7)
    p.seam("M290 330Q320 390 280 400M512 330Q480 390 522 400", "#f1c98a", 0.9)
    p.seam("M262 800Q300 812 340 802M462 802Q500 812 540 800", "#f1c98a" if p.v else c.hi, 0.8)
    p.line("M316 440L292 780M494 440L508 780", 5, c.dark, 0.35)


def sneaker(p: Pen) -> None:
    c = p.c
    p.shadow(404, 766, 300, 36)
    p.path("M112 700H690Q706 730 690 760H130Q104 756 112 700Z", p.lin("#ffffff", "#f4efe6", "#cfc8ba", down=True))
    p.line("M116 738H698", 5, p.a.base, 0.8)
    p.path("M120 702L130 520Q190 560 250 520L300 474L360 500Q440 590 560 620Q690 640 692 704Z", p.flat(c))
    p.path("M540 614Q690 630 692 704H500Q500 650 540 614Z", c.light)
    p.path("M130 520Q190 560 250 520L262 544Q190 600 128 556Z", c.deep)
    if p.v == 0:
        p.path("M230 690L390 590L420 604L290 690ZM310 690L440 612L464 622L370 690Z", p.a.base)
    elif p.v == 1:
        p.path("M170 690Q330 690 470 610L480 632Q360 704 170 704Z", p.a.base)
    else:
        p.rect(124, 600, 90, 100, 12, p.a.base)
    for i in range(4):
        x, y = 318 + i * 44, 508 + i * 32
        p.line(f"M{x - 22} {y + 30}L{x + 26} {y - 2}", 10, "#fffaf0")
    p.seam("M470 690Q480 640 520 616", c.hi, 0.8)


def boot(p: Pen) -> None:
    c = p.c
    p.shadow(404, 800, 240, 34)
    p.path("M212 756H640L644 796H580V786H300V796H212Z", p.lin("#4b4038", "#2c2622", down=True))
    p.path("M230 380Q320 410 420 380L430 560Q450 620 560 640Q640 660 642 760H214Z", p.flat(c))
    p.path("M226 350Q320 386 424 350L420 408Q320 436 228 408Z", p.a.base)
    p.path("M520 630Q640 650 642 760H470Q470 670 520 630Z", c.dark)
    for i in range(6):
        y = 440 + i * 36
        p.line(f"M{352 + i * 6} {y + 12}L{432 + i * 10} {y}", 8, "#f4e4c1" if p.v else "#c8523b")
        p.oval(352 + i * 6, y + 12, 7, None, BRASS)
    p.seam("M250 430Q262 600 244 740", c.hi)


def beanie(p: Pen) -> None:
    c = p.c
    p.shadow(404, 776, 200, 30)
    p.path("M216 680C210 440 320 380 400 380C480 380 590 440 584 680Z", p.ball(c))
    for x in range(7):
        k = 246 + x * 51
        p.line(f"M{k} 670Q{k + (400 - k) * 0.3:g} 500 400 396", 5, c.deep, 0.35)
    p.rect(200, 640, 400, 120, 34, p.tube(c.dark if p.v else p.a))
    for x in range(14):
        p.line(f"M{224 + x * 27} 654V746", 5, c.deep, 0.25)
    if p.v != 2:
        p.oval(400, 368, 58, 54, p.ball(p.a))
    p.rect(500, 690, 50, 34, 4, "#fbf6ea")


def cap(p: Pen) -> None:
    c = p.c
    p.shadow(404, 740, 260, 30)
    p.path("M190 640C190 470 300 410 400 410C510 410 590 480 590 640Q400 690 190 640Z", p.ball(c))
    p.path("M400 640Q560 600 610 640Q720 690 740 720Q600 690 470 716Q320 740 240 650Z", p.flat(c.dark))
    p.line("M400 414Q330 520 330 660M400 414Q480 500 500 640", 4, c.deep, 0.45)
    p.oval(400, 412, 16, 10, p.a.base)
    p.rect(370, 520, 84, 60, 12, p.a.light)


def scarf(p: Pen) -> None:
    c = p.c
    p.shadow(404, 816, 190, 24)
    p.path("M420 460L520 800H420L350 480Z", p.flat(c.dark))
    p.path("M300 470L270 810H380L420 480Z", p.flat(c))
    for i in range(6):
        y = 560 + i * 38
        p.path(f"M{293 - i * 3.5:g} {y}H{410 - i * 4.6:g}V{y + 15}H{292 - i * 3.5:g}Z", p.a.light, 0.8)
        p.path(f"M{388 + i * 8} {y}H{450 + i * 11}L{454 + i * 11} {y + 15}H{391 + i * 8}Z", p.a.base, 0.6)
    p.path("M230 400Q400 300 570 400Q590 490 400 520Q210 490 230 400Z", p.ball(c))
    p.line("M252 420Q400 350 548 420M250 456Q400 400 552 456", 5, c.deep, 0.35)
    for i in range(9):
        p.line(f"M{274 + i * 12} 810V836M{426 + i * 11} 800V826", 5, c.light)


def socks(p: Pen) -> None:
    for dx, shade in ((70, p.c.dark), (-30, p.c.base)):
        p.shadow(380 + dx, 790, 170, 26)
        p.move(dx, 0)
        p.path(
            "M290 340H420V610Q430 640 500 680Q580 726 548 780Q530 796 480 790Q360 780 310 720Q286 690 290 640Z",
            p.flat(shade),
        )
        p.path("M286 330H424V400H286Z", p.a.base)
        p.path("M300 650Q340 600 400 630Q350 680 330 736Q290 700 292 640Z", p.a.base)
        p.path("M500 680Q580 726 548 780Q530 796 484 790Q460 730 500 680Z", p.a.base)
        if p.v:
            for y in (440, 500, 560):
                p.line(f"M292 {y}H418", 14, p.a.light, 0.75)
        p.back()


def gloves(p: Pen) -> None:
    for dx, shade, side in ((100, p.c.dark, 1), (-100, p.c.base, -1)):
        p.shadow(400 + dx, 800, 100, 20)
        p.raw(f'<g transform="translate({400 + dx} 0) scale({side} 1)">')
        p.path("M-70 680V480Q-70 400 0 400Q70 400 70 480V560L104 524Q136 512 140 548L80 660V680Z", p.flat(shade))
        p.rect(-78, 664, 156, 128, 20, p.flat(p.a))
        for k in range(6):
            p.line(f"M{-58 + k * 23} 674V782", 4, p.a.deep, 0.35)
        p.back()


def watch(p: Pen) -> None:
    p.shadow(404, 808, 130, 24)
    p.path("M336 460L346 260H454L464 460ZM336 640L350 806H450L464 640Z", p.tube(p.a))
    p.rect(534, 530, 22, 40, 6, p.tube(STEEL))
    p.oval(400, 550, 140, None, p.slant(p.c.light, p.c.dark))
    p.oval(400, 550, 116, None, p.slant("#fffdf7", "#e9e1d1") if p.v != 1 else "#1d2026")
    ink = "#2a2c31" if p.v != 1 else "#f2ead8"
    for k in range(12):
        p.turn(k * 30, 400, 550)
        p.rect(397, 442, 6, 18, 3, ink)
        p.back()
    p.line("M400 550L352 506", 9, ink)
    p.line("M400 550L446 480", 6, ink)
    p.line("M400 574V470", 2.5, "#c9503c")


def bag(p: Pen) -> None:
    c = p.c
    p.shadow(404, 804, 240, 32)
    p.line("M290 500C290 330 510 330 510 500", 18, mix(c.deep, "#5a3a20", 0.4))
    p.path("M180 500H620L654 780Q654 800 634 800H166Q146 800 146 780Z", p.flat(c))
    if p.v == 0:
        p.path("M180 500H620L632 600Q400 690 168 600Z", c.dark)
        p.rect(376, 612, 48, 56, 8, BRASS)
    elif p.v == 1:
        p.rect(220, 610, 360, 150, 16, c.dark, 0.55)
        p.seam("M220 634H580", c.hi)
    else:
        p.path("M180 500H620L630 580H170Z", p.a.base)
    p.seam("M190 516L160 778M610 516L640 778", c.hi)
    p.rect(272, 486, 36, 50, 6, c.deep)
    p.rect(492, 486, 36, 50, 6, c.deep)
