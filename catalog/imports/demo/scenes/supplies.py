"""Printing, office and what a workshop or a bathroom needs."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import INK, STEEL, Pen, mix


def cartridge(p: Pen) -> None:
    p.shadow(404, 776, 290, 32)
    p.path(
        "M130 620Q130 540 210 540H600Q680 540 680 620V740Q680 770 650 770H160Q130 770 130 740Z",
        p.lin("#4a4e57", "#33363d", "#1f2126", down=True),
    )
    p.rect(120, 700, 570, 52, 24, p.lin(p.c.light, p.c.base, p.c.deep, down=True))
    p.rect(240, 566, 270, 96, 8, "#fbf6ea")
    p.rect(256, 580, 60, 66, 6, p.c.base)
    p.line("M336 600H486M336 626H440", 7, "#a1977f")
    p.path("M340 540V500H460V540Z", "#3b3f47")


def inkcartridge(p: Pen) -> None:
    p.shadow(404, 800, 190, 30)
    p.path("M250 420H520L560 470V796H250Z", p.lin("#565b65", "#2b2e35"))
    p.rect(268, 452, 200, 250, 8, "#fbf6ea")
    p.path("M368 480C420 550 440 580 440 620A72 72 0 0 1 296 620C296 580 320 550 368 480Z", p.ball(p.c))
    p.rect(250, 740, 310, 56, 6, INK)
    p.rect(290, 780, 90, 22, 4, "#c9a35a")


def printer(p: Pen) -> None:
    c = p.c
    p.shadow(404, 792, 290, 34)
    p.path("M270 340H530L546 490H254Z", "#fffdf6")
    p.line("M296 386H500M296 416H480M296 446H506", 5, "#d5cfc0")
    p.box(120, 490, 560, 210, c, 46, 24)
    p.rect(120, 690, 560, 98, 22, p.flat(c.dark))
    p.rect(200, 650, 400, 34, 8, INK)
    p.path("M226 676H574L600 760H200Z", "#fffdf6")
    p.rect(540, 530, 104, 58, 8, "#22262d")
    p.rect(550, 540, 84, 38, 4, p.a.light)
    p.oval(508, 560, 13, None, "#8fe0b4")
    if p.v:
        p.rect(150, 740, 500, 8, 4, c.deep)


def bigprinter(p: Pen) -> None:
    p.shadow(404, 806, 330, 26)
    p.line("M170 640V800M630 640V800M120 800H230M570 800H680", 18, p.c.deep)
    p.path("M190 610H610V770Q400 800 190 770Z", "#fffdf6")
    p.path("M210 650Q320 600 420 670T590 660V752Q400 780 210 752Z", p.a.light)
    p.box(90, 460, 620, 170, p.c, 40, 40)
    p.rect(590, 490, 84, 50, 8, "#22262d")


def scanner(p: Pen) -> None:
    p.shadow(404, 760, 300, 32)
    p.path("M180 440L620 440L680 620H120Z", p.flat(p.c.light))
    p.path("M120 650H680L700 720H100Z", "#d8e6ea")
    p.path("M120 650H680L684 664H116Z", p.a.light)
    p.rect(96, 716, 608, 44, 14, p.flat(p.c))
    p.oval(640, 738, 9, None, p.a.base)


def labels(p: Pen) -> None:
    p.shadow(404, 800, 200, 32)
    p.path("M470 786H690V700H520Z", "#fffdf6")
    p.rect(590, 716, 84, 54, 8, p.a.light)
    p.oval(430, 610, 190, None, "#d9d2c2")
    p.oval(400, 610, 190, None, p.flat("#fdf9ef"))
    p.oval(400, 610, 130, None, p.flat(p.c))
    p.oval(400, 610, 84, None, p.slant("#b08d5f", "#8a6a42"))
    p.oval(400, 610, 64, None, mix(p.c.deep, "#2a2620", 0.6))


def ribbon(p: Pen) -> None:
    p.shadow(404, 770, 270, 30)
    p.rect(140, 540, 520, 226, 50, p.flat("#3a3d45"))
    for x in (270, 530):
        p.oval(x, 650, 78, None, p.slant("#555a64", "#24262b"))
        p.oval(x, 650, 24, None, "#c8ccd1")
    p.line("M140 600Q400 500 660 600", 10, p.c.base)


def roll(p: Pen) -> None:
    p.shadow(404, 790, 290, 30)
    p.path("M180 700H660L700 784H140Z", "#fffdf6")
    p.rect(130, 560, 520, 170, 85, p.lin("#ffffff", "#f0eadd", "#cfc7b5", down=True))
    p.oval(626, 645, 56, 84, "#e4dccb")
    p.oval(626, 645, 24, 36, p.c.dark)


def shredder(p: Pen) -> None:
    p.shadow(404, 806, 190, 30)
    p.path("M300 330H500V460H300Z", "#fffdf6")
    p.rect(220, 430, 360, 110, 26, p.flat(p.c))
    p.rect(280, 450, 240, 16, 8, INK)
    p.path("M240 540H560L536 800H264Z", p.tube(p.c.dark))
    p.rect(310, 590, 180, 150, 14, mix(p.c.deep, "#000000", 0.2))
    for i in range(9):
        p.line(f"M{324 + i * 19} 640V726", 5, "#f4efe2")


def calculator(p: Pen) -> None:
    p.shadow(404, 802, 180, 30)
    p.rect(240, 340, 330, 456, 30, p.c.deep)
    p.rect(234, 332, 330, 456, 30, p.flat(p.c))
    p.rect(264, 366, 270, 90, 10, p.slant("#d9e2cf", "#b4c1a8"))
    p.line("M470 430V394M496 430V394M516 430V394", 7, "#3b4438")
    for row in range(4):
        for col in range(4):
            p.rect(266 + col * 69, 488 + row * 70, 56, 52, 12, p.a.base if (row, col) == (3, 3) else p.c.hi)


def shaver(p: Pen) -> None:
    p.shadow(404, 806, 120, 26)
    p.path("M330 470H470L456 790Q400 812 344 790Z", p.tube(p.c))
    p.path("M300 340Q400 290 500 340L480 480H320Z", p.tube(INK))
    for x, y in ((356, 370), (444, 370), (400, 430)):
        p.oval(x, y, 38, 32, p.slant("#f0f1f2", "#888f98"))
        p.oval(x, y, 18, 15, "#5a6069")
    p.rect(378, 540, 44, 74, 20, p.a.base)


def tube(p: Pen) -> None:
    p.shadow(404, 804, 150, 28)
    p.path("M290 310H510L480 720H320Z", p.tube(p.c))
    p.rect(286, 290, 228, 30, 4, p.tube(p.c.dark))
    p.rect(330, 716, 140, 84, 14, p.tube(p.a))
    p.rect(330, 420, 140, 160, 8, "#fbf6ea")
    p.line("M350 460H450M350 492H430", 7, p.c.deep)


def tool(p: Pen) -> None:
    p.shadow(404, 800, 230, 28)
    p.rect(280, 470, 420, 56, 12, p.tube(STEEL))
    p.path("M160 420H480Q520 420 520 470V540Q520 580 480 580H160Q120 580 120 540V460Q120 420 160 420Z", p.flat(p.c))
    p.path("M190 570H310L330 770Q330 796 300 796H210Q180 796 180 770Z", p.flat(p.c.dark))
    p.rect(160, 760, 200, 44, 14, INK)
    p.rect(310, 588, 30, 54, 12, p.a.base)
    p.line("M170 460H400", 9, p.c.hi, 0.6)


def register(p: Pen) -> None:
    p.shadow(404, 796, 270, 32)
    p.rect(150, 680, 500, 112, 12, p.flat(p.c.dark))
    p.path("M220 520H580L620 684H180Z", p.flat(p.c))
    p.rect(420, 400, 190, 120, 12, INK)
    p.screen(432, 412, 166, 92, 4)
    for i in range(12):
        p.rect(226 + i % 4 * 44, 546 + i // 4 * 40, 34, 26, 6, p.c.hi)
    p.rect(370, 734, 60, 12, 6, STEEL)
