"""What stands on a table or a stove."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import INK, STEEL, WOOD, Pen, Tones, mix


def _steam(p: Pen, y: float) -> None:
    for x in (360, 420):
        p.line(f"M{x} {y}C{x - 26} {y - 40} {x + 26} {y - 70} {x} {y - 116}", 9, "#ffffff", 0.5)


def mug(p: Pen) -> None:
    c, h = p.c, (240, 280, 216)[p.v]
    top = 790 - h
    p.shadow(410, 796, 170, 34)
    p.line(f"M540 {top + 50}C660 {top + 40} 660 {top + h - 40} 530 {top + h - 50}", 34, c.dark)
    p.line(f"M540 {top + 46}C652 {top + 38} 652 {top + h - 46} 530 {top + h - 56}", 22, c.base)
    p.cylinder(400, top, 772, 156, c, (150, 130, 156)[p.v])
    p.oval(400, top, 144, 22, c.deep)
    p.oval(400, top + 5, 132, 17, "#5b3a26")
    p.oval(372, top + 2, 60, 7, "#8a5d40", 0.7)
    if p.v == 0:
        p.path(
            f"M247 {top + 150}Q400 {top + 196} 553 {top + 150}L550 {top + h - 20}Q400 {top + h + 24} 250 {top + h - 20}Z",
            mix(c.base, "#f3e7d3", 0.8),
            0.9,
        )
    elif p.v == 1:
        for i in range(3):
            y = top + 90 + i * 34
            p.line(f"M{248 + i * 3} {y}Q400 {y + 46} {552 - i * 3} {y}", 8, p.a.light, 0.85)
    p.line(f"M282 {top + 50}Q276 {top + 120} 284 {top + h - 60}", 12, c.hi, 0.55)
    _steam(p, top - 14)


def cup(p: Pen) -> None:
    c = p.c
    p.shadow(404, 796, 220, 34)
    p.oval(400, 776, 220, 40, p.lin(c.hi, c.dark))
    p.oval(400, 768, 150, 24, c.dark, 0.5)
    p.line("M530 620C620 600 610 720 500 714", 22, c.base)
    p.path("M250 580Q260 760 360 772H440Q540 760 550 580Z", p.tube(c))
    p.oval(400, 580, 150, 26, c.hi)
    p.oval(400, 586, 134, 20, "#5b3a26")
    p.path("M340 586Q400 566 450 584Q410 602 340 586Z", "#e7cfa9", 0.85)
    _steam(p, 560)


def teapot(p: Pen) -> None:
    c = p.c
    p.shadow(400, 792, 230, 36)
    p.path("M560 620C640 610 650 520 706 500L724 520C700 600 680 700 560 730Z", p.tube(c.dark))
    p.line("M240 560C110 540 110 720 250 720", 30, c.dark)
    p.line("M240 556C118 540 118 714 250 714", 20, c.base)
    p.path(
        "M400 480C540 480 600 570 600 650C600 740 520 786 400 786C280 786 200 740 200 650C200 570 260 480 400 480Z",
        p.ball(c),
    )
    if p.v == 1:
        p.path("M206 610Q400 680 594 610L600 650Q400 724 200 650Z", p.a.light, 0.7)
    elif p.v == 2:
        for k in range(7):
            p.oval(250 + k * 50, 680 - abs(k - 3) * 8, 11, None, p.a.light, 0.8)
    p.path("M290 500Q400 430 510 500Q400 530 290 500Z", p.tube(c.light))
    p.oval(400, 444, 24, 22, p.ball(p.a))
    p.line("M262 590Q288 536 340 520", 11, c.hi, 0.65)


def kettle(p: Pen) -> None:
    c = p.c
    p.shadow(400, 800, 210, 34)
    p.oval(400, 786, 190, 28, p.tube(INK))
    if p.v == 1:
        p.line("M268 640C180 600 140 500 96 470", 20, p.lin(STEEL, STEEL))
        p.line("M268 640C180 600 140 500 96 470", 17, c.base)
    else:
        p.path("M270 520L170 480L190 560L262 640Z", p.tube(c.dark))
    p.line("M520 470C680 440 690 720 560 726", 32, INK)
    p.path("M300 450H500L560 776Q400 800 240 776Z", p.tube(c))
    p.path("M246 740Q400 770 554 740L560 776Q400 800 240 776Z", p.tube(STEEL))
    p.path("M300 452Q400 400 500 452Q400 474 300 452Z", p.tube(c.light))
    p.rect(380, 394, 40, 32, 14, p.a.base)
    p.line("M312 500L284 700", 12, c.hi, 0.5)


def pan(p: Pen) -> None:
    c = p.c
    p.shadow(370, 770, 260, 36)
    if p.v == 0:
        p.path("M570 640L770 590Q790 590 786 612L600 690Z", p.flat(WOOD))
        p.path("M120 640Q140 770 250 776H470Q580 770 600 640Z", p.tube(c))
        p.oval(360, 640, 240, 46, p.lin(STEEL, "#e8eaec", STEEL))
        p.oval(360, 644, 220, 38, p.slant("#3b3e45", "#25272c"))
        return
    p.path("M122 580Q80 570 84 610Q90 640 140 636M678 580Q720 570 716 610Q710 640 660 636", c.dark)
    p.path("M132 560V700Q140 780 240 784H560Q660 780 668 700V560Z", p.tube(c))
    p.oval(400, 560, 268, 46, c.dark)
    p.path("M132 552Q400 380 668 552Q400 620 132 552Z", p.ball(c))
    p.oval(400, 452, 40, 24, p.tube(INK if p.v == 1 else "#c9a35a"))
    p.line("M200 600Q196 680 224 740", 13, c.hi, 0.5)


def knife(p: Pen) -> None:
    p.shadow(420, 800, 250, 28)
    p.turn(-24, 400, 600)
    p.path("M90 590H470V668Q260 676 90 590Z", p.slant("#f5f6f7", "#aab0b8"))
    p.line("M110 596H470", 3, "#ffffff", 0.9)
    p.rect(462, 578, 26, 94, 6, p.tube(STEEL))
    p.path("M488 584H690Q730 590 726 630Q716 668 680 652L620 640Q560 654 488 664Z", p.flat(p.c))
    for x in (530, 590, 650):
        p.oval(x, 616, 8, None, "#dcdfe2")
    p.back()


def board(p: Pen) -> None:
    p.shadow(404, 800, 210, 30)
    p.turn(4)
    p.path(
        "M366 230H434Q448 230 446 250L440 330H560Q590 330 590 360V770Q590 800 560 800H240Q210 800 210 770V360Q210 330 240 330H360L354 250Q352 230 366 230Z",
        p.flat(p.c),
    )
    for i in range(5):
        p.line(f"M{250 + i * 70} 350Q{262 + i * 66 + p.v * 8} 560 {246 + i * 72} 782", 3, p.c.dark, 0.35)
    p.oval(400, 262, 13, None, p.c.deep)
    p.back()


def bowl(p: Pen) -> None:
    c = p.c
    p.shadow(404, 796, 190, 34)
    p.path("M330 770H470L480 792H320Z", c.deep)
    p.path("M170 570Q190 770 350 782H450Q610 770 630 570Z", p.tube(c))
    p.oval(400, 570, 230, 42, c.hi)
    p.oval(400, 574, 212, 34, p.slant(c.dark, c.base))
    if p.v == 0:
        for x, y, r in ((330, 556, 46), (420, 546, 52), (500, 562, 40)):
            p.oval(x, y, r, r * 0.8, p.ball("#d9793f" if r > 44 else "#c9a13a"))
    else:
        p.path("M186 640Q400 706 614 640L604 668Q400 734 196 668Z", p.a.light, 0.75)
    p.line("M212 620Q230 700 280 744", 10, c.hi, 0.5)


def plate(p: Pen) -> None:
    c = p.c
    p.shadow(404, 770, 280, 36)
    for i in range(3):
        y = 750 - i * 30
        p.oval(400, y, 290, 62, c.dark)
        p.oval(400, y - 9, 290, 62, p.lin(c.hi, c.base))
    p.oval(400, 682, 206, 40, p.lin(c.base, c.light))
    if p.v:
        p.raw(
            f'<ellipse cx="400" cy="681" rx="268" ry="55" fill="none" stroke="{p.a.base}" stroke-width="7" opacity=".8"/>'
        )


def jar(p: Pen) -> None:
    p.shadow(404, 802, 150, 30)
    p.path(
        "M260 470Q260 430 300 430H500Q540 430 540 470V750Q540 790 500 794H300Q260 790 260 750Z",
        p.lin("#dfe9e6", "#f7fbf9", "#b9cbc6"),
    )
    p.path("M272 560H528V748Q528 780 498 782H302Q272 780 272 748Z", p.tube(p.a))
    p.rect(278, 380, 244, 64, 12, p.tube(p.c))
    p.rect(312, 600, 176, 96, 8, "#fbf6ea")
    p.line("M340 636H460M360 662H440", 5, "#8b8475")
    p.line("M290 470V740", 10, "#ffffff", 0.6)


def bottle(p: Pen) -> None:
    c = p.c
    p.shadow(404, 806, 120, 26)
    w = (96, 84, 110)[p.v]
    p.path(
        f"M{400 - w} 470Q{400 - w} 420 360 396H440Q{400 + w} 420 {400 + w} 470V776Q{400 + w} 800 {400 + w - 24} 802H{400 - w + 24}Q{400 - w} 800 {400 - w} 776Z",
        p.tube(c),
    )
    p.rect(352, 300, 96, 100, 14, p.tube(STEEL if p.v else p.a.base))
    if p.v == 2:
        p.line("M360 310C360 220 440 220 440 310", 14, p.a.dark)
    p.path(f"M{400 - w} 600H{400 + w}V640H{400 - w}Z", p.tube(p.a), 0.85)
    p.line(f"M{400 - w + 22} 480V770", 11, c.hi, 0.5)


def carafe(p: Pen) -> None:
    glass = p.lin("#dfe9ea", "#ffffff", "#b4c6ca")
    p.shadow(404, 800, 160, 30)
    p.path("M340 330H460L430 500Q560 560 560 690Q560 790 460 796H340Q240 790 240 690Q240 560 370 500Z", glass)
    p.path("M252 650H548Q560 690 540 740Q520 786 460 788H340Q280 786 260 740Q240 690 252 650Z", p.tube("#6b4128"))
    p.oval(400, 650, 148, 20, "#8a5a3a")
    p.path("M362 480H438L446 530H354Z", p.tube(p.c))
    p.line("M430 400C580 400 620 560 556 620", 14, "#cfdadc")
    p.path("M340 330L400 470L460 330Z", mix(p.c.base, "#f6eedf", 0.75), 0.85)
    p.oval(400, 330, 60, 10, "#ffffff", 0.8)


def press(p: Pen) -> None:
    p.shadow(410, 804, 150, 30)
    p.line("M536 470C640 470 640 700 536 700", 26, p.c.dark)
    p.rect(268, 430, 264, 350, 12, p.lin("#dfe9ea", "#ffffff", "#b4c6ca"))
    p.rect(276, 560, 248, 214, 8, p.tube("#4f2f1d"))
    p.rect(276, 548, 248, 18, 6, p.tube(STEEL))
    for y in (446, 770):
        p.rect(260, y, 280, 26, 8, p.tube(p.c))
    p.rect(262, 400, 276, 40, 16, p.tube(p.c))
    p.rect(395, 300, 10, 110, 4, p.tube(STEEL))
    p.oval(400, 296, 26, None, p.ball(p.a))


def grinder(p: Pen) -> None:
    p.shadow(404, 802, 120, 28)
    p.line("M400 330L590 300V270", 14, STEEL)
    p.oval(590, 262, 24, 20, p.ball(WOOD))
    p.cylinder(400, 360, 560, 96, STEEL)
    p.cylinder(400, 556, 780, 92, p.c, 112)
    p.rect(302, 548, 196, 20, 8, p.tube(p.a))
    p.oval(400, 358, 88, 15, "#7d848c")


def toaster(p: Pen) -> None:
    p.shadow(404, 786, 240, 32)
    p.path("M250 470Q250 430 290 430H360Q390 430 390 470V560H250Z", p.tube("#d9a25f"))
    p.path("M410 470Q410 430 440 430H510Q550 430 550 470V560H410Z", p.tube("#cf9450"))
    p.rect(166, 530, 468, 250, 60, p.tube(p.c))
    p.rect(210, 528, 380, 18, 9, INK)
    p.rect(196, 760, 408, 26, 8, p.c.deep)
    p.rect(646, 600, 34, 22, 8, INK)
    p.oval(560, 700, 26, None, p.ball(p.a))
    p.line("M196 590Q200 560 230 556", 12, p.c.hi, 0.7)


def coffeemaker(p: Pen) -> None:
    p.shadow(404, 802, 200, 32)
    p.rect(230, 340, 340, 150, 26, p.flat(p.c))
    p.rect(430, 440, 140, 352, 20, p.tube(p.c.dark))
    p.rect(220, 752, 360, 46, 16, p.flat(p.c))
    p.path("M262 560H406L390 730H278Z", p.lin("#dfe9ea", "#ffffff", "#b4c6ca"))
    p.path("M270 640H399L390 730H278Z", p.tube("#4f2f1d"))
    p.rect(290, 486, 90, 34, 8, INK)
    p.oval(500, 414, 24, None, p.ball(p.a))
    p.rect(262, 384, 150, 44, 8, INK)


def blender(p: Pen) -> None:
    p.shadow(404, 804, 150, 30)
    p.path("M290 340H510L480 630H320Z", p.lin("#dfe9ea", "#ffffff", "#b4c6ca"))
    p.path("M300 430H501L481 624H319Z", p.tube(p.a))
    p.rect(286, 312, 228, 38, 12, p.tube(INK))
    p.path("M310 630H490L530 796H270Z", p.tube(p.c))
    p.oval(400, 726, 40, None, p.ball(STEEL))


def towel(p: Pen) -> None:
    stripes = Tones(p.a.base)
    p.shadow(404, 806, 190, 22)
    p.rect(150, 330, 500, 20, 10, p.tube(WOOD))
    p.path(
        "M226 330Q400 318 574 330V790Q520 776 480 790Q440 804 400 790Q350 776 310 790Q260 800 226 790Z",
        p.lin(p.c.light, p.c.base, p.c.light, p.c.dark),
    )
    for y in (610, 650, 690):
        p.path(f"M226 {y}H574V{y + 18}H226Z", stripes.base, 0.8)
    p.line("M320 340V780M470 340V786", 4, p.c.dark, 0.3)
