"""Books, stationery and prints."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import BRASS, STEEL, Pen, Tones


def book(p: Pen) -> None:
    c = p.c
    p.shadow(410, 804, 190, 30)
    p.path("M560 306L596 326V800L560 796Z", p.lin("#efe6d3", "#cfc3aa"))
    p.path("M236 306L272 290H596V326L560 306Z", "#f6efdf")
    p.rect(230, 300, 334, 504, 8, p.flat(c))
    p.path("M230 308Q230 300 238 300H262V804H238Q230 804 230 796Z", c.deep, 0.5)
    if p.v == 0:
        p.oval(414, 500, 96, None, p.a.light)
        p.path("M318 500A96 96 0 0 0 510 500Q460 460 414 500Q366 540 318 500Z", p.a.dark)
        p.line("M330 680H500M360 720H470", 9, "#fff6e4", 0.9)
    elif p.v == 1:
        p.rect(300, 350, 226, 120, 4, "#fff8ea")
        p.line("M326 390H500M350 426H476", 9, c.deep)
        for i in range(5):
            p.path(
                f"M300 {740 - i * 46}Q410 {660 - i * 46} 526 {740 - i * 46}V{764 - i * 46}Q410 {684 - i * 46} 300 {764 - i * 46}Z",
                p.a.light if i % 2 else p.a.base,
                0.85,
            )
    else:
        p.path("M300 720L380 520L440 640L480 570L530 720Z", p.a.light)
        p.oval(470, 440, 42, None, "#fff1cf")
        p.line("M310 350H480", 11, "#fff6e4")
        p.line("M310 384H420", 7, "#fff6e4", 0.7)
    p.path("M268 304H330L280 800H268Z", "#ffffff", 0.1)


def bookstack(p: Pen) -> None:
    p.shadow(404, 800, 240, 32)
    for i, (x, w, t) in enumerate(
        ((170, 450, p.c), (210, 400, p.a), (186, 430, Tones("#d9b36c")), (230, 350, Tones("#7b98a8")))
    ):
        y = 730 - i * 74
        p.rect(x + 10, y + 9, w - 18, 52, 4, p.lin("#fbf5e6", "#d9cfb9", down=True))
        p.path(
            f"M{x} {y}H{x + w}V{y + 12}H{x + 16}V{y + 58}H{x + w}V{y + 70}H{x}Q{x - 12} {y + 35} {x} {y}Z", p.flat(t)
        )
        p.line(f"M{x + 40} {y + 26}H{x + w - 10}M{x + 40} {y + 42}H{x + w - 10}", 2, "#c9bda4")


def notebook(p: Pen) -> None:
    c = p.c
    p.shadow(410, 804, 190, 30)
    p.turn(-4)
    p.rect(256, 316, 330, 484, 16, "#efe6d3")
    p.rect(244, 306, 330, 488, 18, p.flat(c))
    if p.v == 0:
        p.rect(520, 306, 18, 488, 0, p.a.base)
    elif p.v == 1:
        for y in range(330, 780, 34):
            p.line(f"M232 {y}Q222 {y + 8} 236 {y + 12}H262", 7, STEEL)
    else:
        p.path("M244 306H330V794H262Q244 794 244 776Z", p.a.base)
    p.rect(330, 420, 160, 92, 8, "#fdf8ec")
    p.line("M352 452H468M352 478H436", 5, "#9c927d")
    p.path("M470 790V836L484 822L498 836V790Z", "#c4543f")
    p.back()


def pen(p: Pen) -> None:
    p.shadow(420, 786, 230, 22)
    p.turn(-32, 400, 600)
    p.rect(120, 572, 320, 48, 22, p.lin(p.c.light, p.c.base, p.c.deep, down=True))
    p.rect(436, 566, 200, 60, 14, p.lin(p.a.light, p.a.base, p.a.deep, down=True))
    p.rect(426, 566, 22, 60, 6, p.lin("#f1d9a0", BRASS, "#8a6a2e", down=True))
    p.path("M124 578L40 594Q34 596 40 600L124 616Z", p.lin("#f4f5f6", "#8d949d", down=True))
    p.rect(480, 556, 150, 14, 7, BRASS)
    p.back()


def pencils(p: Pen) -> None:
    p.shadow(404, 804, 130, 28)
    colours = (p.a.base, "#d9a441", "#c45f4a", "#5f8aa8", "#7d9b6a", "#8a6aa0")
    for i, tint in enumerate(colours):
        x = 306 + i * 34
        lean = (i - 2.5) * 5
        p.turn(lean, x + 14, 780)
        top = 330 + (i * 53 + p.v * 31) % 70
        p.rect(x, top + 60, 28, 300, 2, p.tube(tint))
        p.path(f"M{x} {top + 62}L{x + 14} {top}L{x + 28} {top + 62}Z", "#ecd0a4")
        p.path(f"M{x + 9} {top + 22}L{x + 14} {top}L{x + 19} {top + 22}Z", tint)
        p.back()
    p.cylinder(400, 590, 786, 128, p.c)
    p.path("M272 590A128 22 0 0 0 528 590V620A128 22 0 0 1 272 620Z", p.c.light)


def cards(p: Pen) -> None:
    p.shadow(404, 800, 220, 28)
    for angle, fill in ((-12, p.a.light), (-2, "#fbf6ea"), (8, p.c.base)):
        p.turn(angle, 400, 760)
        p.rect(266, 360, 276, 400, 14, p.flat(fill))
        p.back()
    p.turn(8, 400, 760)
    p.rect(290, 384, 228, 352, 8, "#fffaf0")
    for k in range(6):
        p.turn(k * 60, 404, 520)
        p.oval(404, 470, 24, 44, p.c.light if k % 2 else p.a.light)
        p.back()
    p.oval(404, 520, 24, None, "#e3b04b")
    p.line("M340 656H468M366 690H442", 7, p.c.dark)
    p.back()


def poster(p: Pen) -> None:
    p.shadow(404, 822, 200, 20)
    p.rect(196, 250, 420, 560, 4, p.c.deep)
    p.rect(190, 244, 420, 560, 4, p.flat(p.c))
    p.rect(206, 260, 388, 528, 2, "#fdf9ef")
    a = p.a
    if p.v == 0:
        p.oval(400, 450, 110, None, a.base)
        p.path("M236 640Q330 540 400 620T564 590V740H236Z", p.c.light)
        p.path("M236 690Q340 610 420 680T564 660V740H236Z", a.dark)
    elif p.v == 1:
        for k in range(4):
            p.path(
                f"M{300 + k * 14} 700A{100 - k * 22} {230 - k * 50} 0 0 1 {500 - k * 14} 700Z",
                (a.base, "#f0c987", a.dark, "#fdf9ef")[k],
            )
        p.oval(452, 380, 44, None, "#e0a24a")
    else:
        for x, y, w, h, f in (
            (240, 300, 150, 200, a.base),
            (402, 300, 158, 90, "#e7b65c"),
            (402, 402, 158, 98, a.dark),
            (240, 512, 90, 220, "#d98a6a"),
            (342, 512, 218, 220, a.light),
        ):
            p.rect(x, y, w, h, 4, f)


def calendar(p: Pen) -> None:
    p.shadow(404, 800, 210, 28)
    p.path("M210 390H590L640 796H160Z", p.flat("#fdf9ef"))
    p.path("M210 390H590L604 500H196Z", p.flat(p.c))
    for x in range(9):
        p.rect(236 + x * 40, 366, 10, 44, 5, STEEL)
    for row in range(5):
        for col in range(7):
            p.oval(
                236 + col * 55 + (row - 2) * -1,
                552 + row * 48,
                11,
                None,
                p.a.base if (row, col) == (2, 3 + p.v) else "#cfc6b3",
            )


def envelope(p: Pen) -> None:
    p.shadow(404, 770, 280, 28)
    p.rect(140, 420, 520, 344, 12, p.flat(p.c))
    p.path("M140 432L400 620L660 432V420H140Z", p.c.light)
    p.line("M144 432L400 620L656 432", 4, p.c.dark, 0.7)
    p.oval(400, 612, 40, None, p.ball(p.a))


def paper(p: Pen) -> None:
    p.shadow(404, 800, 230, 30)
    for i in range(4):
        p.rect(200 - i * 4, 560 - i * 70 + 160, 400, 68, 6, p.lin("#ffffff", "#e8e2d4", down=True))
        p.line(f"M{204 - i * 4} {740 - i * 70}H{592 - i * 4}M{204 - i * 4} {760 - i * 70}H{592 - i * 4}", 2, "#cfc8b8")
        p.rect(330 - i * 4, 560 - i * 70 + 160, 140, 68, 0, p.flat(p.c if i % 2 else p.a))
    p.path("M188 510L232 470H562L588 510Z", "#ffffff")
