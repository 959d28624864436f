"""Parts and boxes with lights."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import INK, STEEL, Pen, mix


def powerstrip(p: Pen) -> None:
    p.shadow(404, 740, 320, 28)
    p.line("M680 690C760 690 770 540 690 500", 18, INK)
    p.path("M130 570H620L690 726H80Z", p.flat(p.c))
    p.path("M80 726H690L686 744H84Z", p.c.deep)
    for i in range(4):
        x = 166 + i * 118
        p.oval(x + 30, 650, 48, 40, p.c.light)
        p.oval(x + 30, 650, 38, 31, p.c.deep)
        p.oval(x + 18, 650, 6, 7, INK)
        p.oval(x + 42, 650, 6, 7, INK)
    p.rect(610, 690, 44, 24, 6, "#c9503c")


def ups(p: Pen) -> None:
    p.shadow(404, 806, 170, 30)
    p.path("M520 360L570 340V780L520 802Z", p.c.deep)
    p.path("M250 360L300 340H570L520 360Z", p.c.light)
    p.rect(250, 356, 272, 446, 12, p.flat(p.c))
    p.rect(290, 400, 192, 96, 10, INK)
    p.rect(304, 414, 164, 68, 6, p.a.light)
    p.path("M392 424L366 456H388L380 476L410 444H388Z", "#ffffff")
    p.oval(386, 560, 26, None, p.c.deep)
    for i in range(6):
        p.rect(290, 630 + i * 24, 192, 9, 4, p.c.deep, 0.8)


def battery(p: Pen) -> None:
    p.shadow(404, 800, 190, 30)
    if p.v == 0:
        p.rect(290, 400, 60, 40, 6, p.tube(STEEL))
        p.rect(450, 400, 60, 40, 6, p.tube("#c9503c"))
        p.box(210, 450, 380, 346, p.c, 26, 12)
        p.rect(250, 520, 300, 180, 10, p.a.base)
    else:
        for x in (290, 400, 510):
            p.rect(x - 18, 420, 36, 30, 6, p.tube(STEEL))
            p.rect(x - 46, 440, 92, 356, 14, p.tube(p.c))
            p.rect(x - 46, 440, 92, 90, 14, p.tube("#c9a35a"))
    p.path("M410 550L350 640H396L380 700L450 606H404Z", "#fff6e4")


def chip(p: Pen) -> None:
    p.shadow(404, 760, 240, 34)
    p.turn(-8)
    p.rect(186, 396, 430, 370, 12, "#2f5a44")
    p.rect(180, 386, 430, 370, 12, p.flat("#47805f"))
    p.rect(232, 426, 326, 290, 18, p.slant("#f4f5f6", "#c6cbd0", "#8f969e"))
    p.line("M270 500H430M270 534H380M270 650H350", 8, "#7c838b")
    p.oval(520, 680, 11, None, p.a.base)
    p.path("M196 740L230 740L196 706Z", "#d8b96a")
    p.back()


def memory(p: Pen) -> None:
    p.shadow(404, 720, 310, 26)
    p.turn(-6)
    p.path("M90 520H710V690H440V676H420V690H90Z", p.flat(mix(p.c.base, "#2f6a4c", 0.75)))
    for i in range(8):
        p.rect(112 + i * 74 + (10 if i > 3 else 0), 546, 58, 76, 6, p.flat("#2b2e35"))
    for i in range(44):
        p.rect(100 + i * 13.8, 650, 8, 38, 1, "#d8b96a")
    p.back()


def circuit(p: Pen) -> None:
    p.shadow(404, 806, 240, 30)
    p.rect(176, 320, 456, 484, 10, p.flat(mix(p.c.base, "#2b4f45", 0.8)))
    p.rect(250, 380, 150, 150, 8, p.slant("#f1f2f3", "#a1a8b0"))
    for i in range(4):
        p.rect(440 + i * 40, 360, 22, 230, 4, INK if i % 2 else "#3d5f8f")
    for i in range(3):
        p.rect(220, 600 + i * 56, 330, 20, 4, "#23262b")
    for x, y in ((196, 340), (612, 340), (196, 784), (612, 784)):
        p.oval(x, y, 9, None, "#d8b96a")
    p.rect(560, 640, 50, 50, 6, "#23262b")
    p.line("M230 560H420M230 574H380M440 620V760M456 620V730", 3, "#9fd0b5", 0.7)
    p.rect(176, 400, 34, 140, 4, p.tube(STEEL))


def graphicscard(p: Pen) -> None:
    p.shadow(404, 740, 320, 28)
    p.rect(96, 470, 24, 300, 4, p.tube(STEEL))
    p.rect(120, 500, 580, 210, 18, p.flat(p.c if p.v else p.c.dark))
    p.rect(240, 706, 260, 24, 3, "#d8b96a")
    for x in (270, 540):
        p.oval(x, 604, 92, None, INK)
        for k in range(9):
            p.turn(k * 40, x, 604)
            p.path(f"M{x} 604Q{x + 30} 560 {x + 6} 520Q{x - 20} 560 {x} 604Z", p.c.light, 0.75)
            p.back()
        p.oval(x, 604, 26, None, p.ball(p.a))


def interfacecard(p: Pen) -> None:
    p.shadow(404, 740, 260, 28)
    p.rect(160, 400, 26, 350, 4, p.tube(STEEL))
    p.path("M186 440H620V690H520V716H270V690H186Z", p.flat(mix(p.c.base, "#2f6a4c", 0.75)))
    for i in range(20):
        p.rect(276 + i * 12.2, 688, 7, 26, 1, "#d8b96a")
    p.rect(330, 500, 130, 120, 6, p.flat("#2b2e35"))
    p.rect(520, 480, 60, 40, 4, INK)
    p.rect(520, 560, 60, 40, 4, INK)
    for y in (470, 560):
        p.rect(176, y, 60, 60, 4, p.tube("#aeb4bb"))


def fan(p: Pen) -> None:
    p.shadow(404, 800, 210, 30)
    p.rect(186, 380, 428, 416, 40, p.flat(p.c))
    p.oval(400, 588, 190, None, mix(p.c.deep, "#000000", 0.4))
    for k in range(7):
        p.turn(k * 51.4, 400, 588)
        p.path("M400 588Q460 520 430 412Q370 430 356 500Q372 560 400 588Z", p.flat(p.a))
        p.back()
    p.oval(400, 588, 56, None, p.ball(p.c))
    for x, y in ((216, 410), (584, 410), (216, 766), (584, 766)):
        p.oval(x, y, 12, None, p.c.deep)


def psu(p: Pen) -> None:
    p.shadow(404, 790, 270, 32)
    p.box(150, 470, 500, 316, p.c, 46, 10)
    p.oval(350, 630, 130, None, INK)
    for r in (110, 84, 58, 32):
        p.raw(f'<circle cx="350" cy="630" r="{r}" fill="none" stroke="#8d949d" stroke-width="6"/>')
    p.rect(524, 530, 90, 80, 8, INK)
    p.rect(540, 660, 58, 40, 8, "#c9503c")


def networkbox(p: Pen) -> None:
    p.shadow(404, 750, 330, 28)
    p.box(70, 600, 660, 144, p.c, 70, 10)
    for row in range(2):
        for i in range(8):
            p.rect(190 + i * 52, 628 + row * 50, 42, 40, 4, INK)
            p.rect(200 + i * 52, 648 + row * 50, 22, 16, 2, "#4f555e")
            p.rect(192 + i * 52, 629 + row * 50, 9, 6, 2, "#8fe0b4" if (i + row) % 3 else "#f0c05a")
    for i in range(3):
        p.oval(110 + i * 24, 640, 6, None, p.a.light)
    p.rect(630, 640, 70, 60, 4, p.tube(STEEL))


def router(p: Pen) -> None:
    p.shadow(404, 776, 290, 32)
    for x, angle in ((210, -10), (400, 0), (590, 10)):
        p.turn(angle, x, 660)
        p.rect(x - 13, 370, 26, 300, 12, p.tube(p.c.dark))
        p.back()
    p.path("M150 650H650L720 740H80Z", p.flat(p.c))
    p.path("M80 740H720V764Q720 776 704 776H96Q80 776 80 764Z", p.c.deep)
    for i in range(6):
        p.oval(280 + i * 48, 758, 6, None, "#8fe0b4" if i < 4 else p.a.light)


def server(p: Pen) -> None:
    p.shadow(404, 812, 210, 28)
    p.rect(210, 260, 390, 546, 10, p.flat(p.c))
    p.rect(234, 284, 342, 494, 4, mix(p.c.deep, "#000000", 0.45))
    for i in range(6):
        y = 296 + i * 80
        p.rect(242, y, 326, 68, 4, p.flat("#4a4f59" if (i + p.v) % 3 else "#6a707b"))
        for k in range(6):
            p.rect(256 + k * 36, y + 14, 28, 40, 3, "#2a2d33")
        p.oval(500, y + 34, 6, None, "#8fe0b4")
        p.oval(524, y + 34, 6, None, p.a.light)


def mount(p: Pen) -> None:
    p.shadow(404, 812, 130, 20)
    p.rect(190, 380, 70, 380, 12, p.flat(p.c.dark))
    p.line("M226 560L400 500L520 580", 40, p.c.base)
    p.line("M226 552L400 492L520 572", 8, p.c.hi, 0.7)
    p.oval(400, 500, 30, None, p.ball(STEEL))
    p.rect(510, 430, 40, 300, 10, p.flat(p.c))
    p.line("M530 450L640 410V750L530 710Z", 20, p.c.dark)


def disc(p: Pen) -> None:
    p.shadow(404, 800, 220, 30)
    p.oval(410, 580, 216, None, "#8d949d")
    p.oval(400, 572, 216, None, p.slant("#f7f8f9", "#c8cfd8", "#eef0f2", "#a9b2bd"))
    p.path("M400 572L260 410A216 216 0 0 1 350 362ZM400 572L560 720A216 216 0 0 1 480 772Z", p.a.light, 0.55)
    p.oval(400, 572, 76, None, p.flat(p.c))
    p.oval(400, 572, 44, None, "#eef0f1")
    p.oval(400, 572, 24, None, "#b6a58a")


def usbstick(p: Pen) -> None:
    p.shadow(404, 740, 250, 26)
    p.turn(-18)
    p.rect(560, 566, 120, 88, 6, p.lin("#f1f2f3", STEEL, "#7e848c", down=True))
    p.rect(610, 586, 26, 16, 2, INK)
    p.rect(610, 618, 26, 16, 2, INK)
    p.rect(150, 540, 420, 140, 40, p.flat(p.c))
    p.rect(250, 580, 170, 60, 12, p.c.light)
    p.oval(196, 610, 20, None, p.c.deep)
    p.oval(500, 610, 9, None, p.a.light)
    p.back()


def memorycard(p: Pen) -> None:
    p.shadow(404, 800, 180, 30)
    p.path("M250 380H480L560 460V770Q560 796 534 796H276Q250 796 250 770Z", p.flat(p.c))
    p.rect(284, 520, 242, 210, 10, "#fbf6ea")
    p.rect(284, 520, 242, 60, 10, p.a.base)
    p.line("M310 630H480M310 668H430", 8, "#a1977f")
    for i in range(6):
        p.rect(280 + i * 34, 396, 22, 66, 4, "#d8b96a")


def gamepad(p: Pen) -> None:
    p.shadow(404, 780, 270, 32)
    p.path(
        "M250 480H550Q640 480 676 640Q706 780 630 784Q580 784 520 690H280Q220 784 170 784Q94 780 124 640Q160 480 250 480Z",
        p.flat(p.c),
    )
    p.oval(310, 650, 50, 44, p.c.deep)
    p.oval(310, 640, 36, 31, p.ball("#3b3f47"))
    p.oval(490, 650, 50, 44, p.c.deep)
    p.oval(490, 640, 36, 31, p.ball("#3b3f47"))
    p.line("M224 560H284M254 530V590", 22, p.c.deep)
    for x, y, f in ((556, 520, "#e0b04f"), (596, 560, "#c9503c"), (516, 560, "#5f8aa8"), (556, 600, "#6f9a6a")):
        p.oval(x, y, 18, None, p.ball(f))


def console(p: Pen) -> None:
    p.shadow(404, 800, 270, 30)
    p.box(130, 470, 420, 150, p.c, 44, 20)
    p.rect(160, 540, 220, 12, 6, INK)
    p.oval(510, 580, 9, None, p.a.light)
    p.move(180, 330, 0.62)
    gamepad(p)
    p.back()


def securitycamera(p: Pen) -> None:
    p.shadow(404, 812, 130, 22)
    p.rect(330, 300, 150, 36, 10, p.tube(p.c.dark))
    p.line("M404 330V440", 34, p.c.dark)
    p.rect(200, 430, 420, 210, 70, p.flat(p.c))
    p.oval(230, 536, 92, 100, INK)
    p.oval(230, 536, 56, 62, p.ball("#35507c"))
    for k in range(6):
        p.turn(k * 60, 230, 536)
        p.oval(230, 460, 6, None, "#c9503c", 0.7)
        p.back()
    p.path("M250 420H640L610 456H230Z", p.c.light)


def lock(p: Pen) -> None:
    p.shadow(404, 800, 180, 30)
    p.line("M540 640C700 600 700 380 560 360S360 280 300 340", 12, STEEL)
    p.line("M310 560V470C310 370 490 370 490 470V560", 34, STEEL)
    p.rect(250, 550, 300, 246, 40, p.tube(p.c))
    p.oval(400, 650, 28, None, INK)
    p.rect(388, 660, 24, 70, 8, INK)


def film(p: Pen) -> None:
    p.shadow(404, 800, 240, 28)
    p.rect(150, 400, 420, 380, 16, p.flat("#3a3f48"))
    p.path(
        "M230 340H650Q660 340 660 352V700Q660 712 648 712H230Z", p.slant("#ffffff", mix(p.a.base, "#ffffff", 0.75)), 0.8
    )
    p.line("M280 400L420 620M340 380L500 640", 8, "#ffffff", 0.9)


def case(p: Pen) -> None:
    p.shadow(404, 806, 160, 28)
    p.turn(4)
    p.rect(270, 300, 270, 500, 46, p.c.deep)
    p.rect(262, 294, 270, 500, 46, p.flat(p.c))
    p.rect(286, 320, 100, 110, 26, p.c.deep)
    p.oval(318, 352, 20, None, p.ball("#35507c"))
    p.oval(356, 396, 20, None, p.ball("#35507c"))
    if p.v:
        p.path("M262 620Q400 540 532 640V748Q532 794 486 794H308Q262 794 262 748Z", p.a.base, 0.75)
    p.back()
