"""Furniture, light and what makes a room."""

from __future__ import annotations

from catalog.imports.demo.scenes.pen import BRASS, STEEL, WOOD, Pen, Tones, mix


def _glow(p: Pen, x: float, y: float, rx: float, ry: float) -> None:
    fill = p._add("radialGradient", 'r=".5"', ((0, "#ffeeb8", 0.85), (0.5, "#ffeeb8", 0.32), (1, "#ffeeb8", 0)))
    p.oval(x, y, rx, ry, fill)


def lamp(p: Pen) -> None:
    c = p.c
    p.shadow(404, 802, 150, 28)
    if p.v == 1:
        p.oval(370, 790, 116, 24, p.tube(c.dark))
        p.line("M370 784L300 560L470 390", 13, BRASS)
        p.oval(300, 560, 15, None, p.ball(BRASS))
        _glow(p, 520, 560, 220, 220)
        p.turn(-38, 480, 380)
        p.path("M430 330H530L590 470Q480 500 370 470Z", p.tube(c))
        p.oval(480, 474, 110, 20, "#fff2c4")
        p.back()
        return
    p.oval(400, 788, 104, 20, p.tube(BRASS))
    if p.v == 0:
        p.path("M400 520C470 560 500 640 470 720Q454 770 400 786Q346 770 330 720C300 640 330 560 400 520Z", p.tube(p.a))
    else:
        p.rect(390, 500, 20, 286, 8, p.tube(BRASS))
    _glow(p, 400, 470, 350, 310)
    p.path("M306 250H494L580 528Q400 570 220 528Z", p.lin(c.base, c.hi, c.light, c.dark, at=(0, 0.3, 0.55, 1)))
    p.path("M306 250H494L580 528Q400 570 220 528Z", p.lin("#fff6d8", c.base, down=True), 0.35)
    p.oval(400, 250, 94, 14, mix(c.base, "#fff3cf", 0.7))
    p.line("M220 528Q400 570 580 528", 6, c.dark, 0.6)


def pendant(p: Pen) -> None:
    c = p.c
    p.line("M400 0V330", 6, "#3c3a38")
    _glow(p, 400, 620, 330, 260)
    p.rect(376, 310, 48, 46, 8, p.tube(BRASS))
    shapes = (
        "M380 350H420Q600 400 620 580Q400 620 180 580Q200 400 380 350Z",
        "M370 350H430L640 560Q400 604 160 560Z",
        "M384 350Q560 380 580 520Q560 620 500 650Q400 672 300 650Q240 620 220 520Q240 380 384 350Z",
    )
    p.path(shapes[p.v], p.tube(c))
    y, rx = ((580, 220), (560, 240), (650, 100))[p.v]
    p.oval(400, y, rx, rx * 0.15, "#fff0bf")
    p.oval(400, y + 4, 40, 18, "#fffbe9")
    p.shadow(400, 830, 170, 22)


def bulb(p: Pen) -> None:
    p.shadow(400, 806, 90, 18)
    _glow(p, 400, 500, 330, 330)
    p.path(
        "M400 320C520 320 580 410 570 500C560 580 480 610 470 690H330C320 610 240 580 230 500C220 410 280 320 400 320Z",
        p.ball("#f7e3a0"),
    )
    p.line("M360 690L370 560L400 600L430 560L440 690", 5, "#d08b2e")
    p.rect(334, 690, 132, 88, 12, p.tube(STEEL))
    p.line("M338 716H462M338 742H462", 5, "#80868e")
    p.path("M360 776H440L424 802H376Z", "#3a3d44")


def chair(p: Pen) -> None:
    c = p.c
    p.shadow(404, 800, 210, 34)
    for d in ("M300 600L262 806", "M500 600L540 806"):
        p.line(d, 18, mix(WOOD, "#3a2410", 0.35))
    if p.v == 2:
        p.rect(236, 300, 328, 250, 70, p.flat(c))
        p.seam("M266 330Q400 300 534 330")
        p.path(
            "M190 470Q190 440 226 444Q258 450 256 500V600H544V500Q542 450 574 444Q610 440 610 470V690H190Z",
            p.tube(c.dark),
        )
        p.rect(236, 560, 328, 90, 34, p.flat(c.light))
        p.line("M216 690L206 800M584 690L594 800", 18, WOOD)
        return
    p.line("M262 300L276 600M538 300L524 600", 18, WOOD)
    if p.v == 0:
        for y in (320, 390, 460):
            p.path(f"M262 {y}Q400 {y - 24} 538 {y}V{y + 40}Q400 {y + 16} 262 {y + 40}Z", p.tube(c))
    else:
        p.path("M250 300Q400 250 550 300L540 500Q400 470 260 500Z", p.tube(c))
        p.seam("M268 318Q400 274 532 318")
    p.path("M238 590Q400 566 562 590L590 636Q400 664 210 636Z", p.flat(c))
    p.path("M210 636Q400 664 590 636V652Q400 682 210 652Z", c.deep)
    p.line("M240 650L216 810M560 650L584 810", 20, p.lin(WOOD, WOOD))
    p.line("M232 720H568", 10, mix(WOOD, "#3a2410", 0.25))


def stool(p: Pen) -> None:
    p.shadow(404, 804, 180, 30)
    dark = mix(WOOD, "#3a2410", 0.3)
    p.line("M340 480L310 790M460 480L492 790", 16, dark)
    p.line("M300 480L232 810M500 480L568 810", 20, WOOD)
    p.line("M262 690H538", 12, dark)
    p.path("M220 450V486A180 30 0 0 0 580 486V450Z", p.tube(p.c))
    p.oval(400, 450, 180, 31, p.lin(p.c.hi, p.c.light))
    if p.v:
        p.raw(
            f'<ellipse cx="400" cy="450" rx="150" ry="24" fill="none" stroke="{p.c.dark}" stroke-width="3" opacity=".4"/>'
        )


def table(p: Pen) -> None:
    p.shadow(404, 806, 260, 32)
    p.line("M250 520L206 800M550 520L594 800", 20, p.c.dark)
    p.line("M320 520L306 770M480 520L494 770", 14, p.c.deep)
    p.oval(400, 520, 270, 50, p.c.deep)
    p.oval(400, 506, 270, 50, p.lin(p.c.hi, p.c.base))
    p.cylinder(340, 420, 500, 34, p.a)
    p.line("M340 420C330 380 320 350 290 330M342 420C350 370 360 350 380 310", 5, "#5c7a53")


def shelf(p: Pen) -> None:
    c = p.c
    p.shadow(404, 806, 210, 30)
    p.path("M212 300H230V806H212ZM570 300H588V806H570Z", p.tube(c.dark))
    colours = (p.a.base, "#d9b36c", "#7b98a8", "#c97b63", "#8fa37e")
    for row, y in enumerate((430, 560, 690)):
        for i in range(5):
            h = 66 + (i * 37 + row * 23 + p.v * 11) % 34
            x = 244 + i * 24 + row * 34
            p.rect(x, y - h, 21, h, 3, p.tube(colours[(i + row) % 5]))
        p.cylinder(520 - row * 90 if row != 1 else 486, y - 50, y - 6, 26, mix(p.a.base, "#f2e8d5", 0.5), 20)
    for y in (300, 430, 560, 690, 780):
        p.rect(204, y, 392, 18, 4, p.lin(c.light, c.dark))


def vase(p: Pen) -> None:
    p.shadow(404, 802, 150, 30)
    for d, x, y in (
        ("M396 480C380 380 340 320 300 280", 300, 268),
        ("M404 480C410 360 430 300 460 230", 462, 222),
        ("M400 480C430 400 500 380 540 340", 546, 332),
    ):
        p.line(d, 6, "#6b8560")
        for k in range(5):
            p.turn(k * 72, x, y)
            p.oval(x, y - 19, 13, 21, p.a.light)
            p.back()
        p.oval(x, y, 11, None, "#e9b44c")
    shapes = (
        "M350 470H450Q446 540 500 600Q560 690 490 780Q400 806 310 780Q240 690 300 600Q354 540 350 470Z",
        "M330 470H470L500 780Q400 806 300 780Z",
        "M360 470H440V560Q540 590 540 690Q540 770 470 788Q400 798 330 788Q260 770 260 690Q260 590 360 560Z",
    )
    p.path(shapes[p.v], p.tube(p.c))
    rx = (50, 70, 40)[p.v]
    p.oval(400, 470, rx, rx * 0.17, p.c.deep)
    p.line("M318 690Q322 640 346 612", 9, p.c.hi, 0.6)


def planter(p: Pen) -> None:
    green = Tones("#5f8460")
    p.shadow(404, 804, 170, 30)
    for k, (x, y) in enumerate(((250, 330), (320, 240), (400, 210), (480, 240), (556, 330), (300, 420), (504, 420))):
        p.line(f"M400 600Q{(x + 400) / 2} {y + 120} {x} {y}", 6, green.deep)
        p.turn((x - 400) * 0.28, x, y)
        p.path(
            f"M{x} {y + 90}C{x - 62} {y + 30} {x - 40} {y - 50} {x} {y - 70}C{x + 40} {y - 50} {x + 62} {y + 30} {x} {y + 90}Z",
            p.lin(green.light, green.base if k % 2 else green.dark),
        )
        p.line(f"M{x} {y + 80}V{y - 40}", 3, green.hi, 0.5)
        p.back()
    p.cylinder(400, 580, 780, 150, p.c, 112)
    p.oval(400, 580, 132, 20, "#4b3a2e")
    if p.v:
        p.path("M262 650Q400 690 538 650L532 680Q400 720 268 680Z", p.c.hi, 0.5)


def candle(p: Pen) -> None:
    p.shadow(404, 800, 140, 28)
    _glow(p, 400, 420, 200, 200)
    p.cylinder(400, 520, 780, 128, p.c)
    p.oval(400, 520, 112, 17, "#f7eeda")
    p.line("M400 520V486", 5, "#3c3230")
    p.path("M400 400C430 440 424 480 400 486C376 480 370 440 400 400Z", p.lin("#ffd36b", "#fff3c9", down=True))
    p.rect(318, 610, 164, 100, 6, "#fbf6ea", 0.95)
    p.line("M344 646H456M364 672H436", 5, p.c.deep, 0.7)


def cushion(p: Pen) -> None:
    c = p.c
    p.shadow(404, 790, 250, 36)
    p.path("M176 420Q400 372 624 420Q590 600 624 776Q400 816 176 776Q210 600 176 420Z", p.ball(c))
    if p.v == 0:
        for i in range(5):
            x = 250 + i * 75
            p.line(f"M{x} 410Q{x + (400 - x) * 0.12:g} 600 {x} 782", 10, p.a.light, 0.7)
    elif p.v == 1:
        p.seam("M210 448Q400 410 590 448Q564 600 590 748Q400 782 210 748Q236 600 210 448Z")
        p.oval(400, 596, 16, 13, c.deep)
    else:
        p.path("M192 520Q400 480 608 520L600 600Q400 560 200 600Z", p.a.base, 0.75)
        p.path("M200 640Q400 600 600 640L606 690Q400 650 194 690Z", p.a.light, 0.75)
    p.path("M196 434Q300 408 360 408Q260 440 224 540Q212 480 196 434Z", "#ffffff", 0.18)


def blanket(p: Pen) -> None:
    p.shadow(404, 800, 250, 34)
    for i, y in enumerate((700, 610, 520)):
        p.rect(176 + i * 6, y, 448 - i * 12, 100, 46, p.lin(p.c.light, p.c.base, p.c.dark, down=True))
        for k in range(3):
            p.rect(250 + k * 120 + p.v * 12, y + 2, 26, 96, 0, p.a.light, 0.55)
        p.line(f"M196 {y + 50}H604", 3, p.c.deep, 0.35)
    for i in range(22):
        p.line(f"M{190 + i * 20} 790V816", 5, p.c.light)


def rug(p: Pen) -> None:
    p.shadow(404, 776, 330, 30)
    p.path("M190 470H610L730 770H70Z", p.flat(p.c))
    p.path("M214 490H586L690 750H110Z", mix(p.c.base, "#f7efdd", 0.65))
    p.path("M230 504H570L664 736H136Z", p.c.light)
    for y, w in ((560, 84), (640, 104), (700, 60)):
        p.path(f"M400 {y - 40}L{400 + w} {y}L400 {y + 40}L{400 - w} {y}Z", p.a.base, 0.85)
    for x in range(11):
        p.line(f"M{82 + x * 63.6:g} 770V786", 5, "#f1e7d2")


def clock(p: Pen) -> None:
    p.shadow(404, 812, 170, 22)
    p.oval(408, 548, 232, None, p.c.deep)
    p.oval(400, 540, 232, None, p.slant(p.c.light, p.c.dark))
    p.oval(400, 540, 202, None, p.slant("#fffdf7", "#ece4d4"))
    for k in range(12):
        p.turn(k * 30, 400, 540)
        p.rect(396, 352, 8, 34 if k % 3 == 0 else 18, 4, p.c.deep)
        p.back()
    p.line("M400 540L320 470", 13, p.c.deep)
    p.line(f"M400 540L{470 + p.v * 20} 404", 8, p.c.deep)
    p.line("M400 580L400 400", 3, "#c9503c")
    p.oval(400, 540, 12, None, p.c.deep)


def mirror(p: Pen) -> None:
    p.shadow(404, 812, 170, 22)
    if p.v == 0:
        p.oval(400, 530, 210, 260, p.slant(BRASS, mix(BRASS, "#4a3210", 0.4)))
        p.oval(400, 530, 194, 244, p.slant("#eef3f5", "#b6c5cc"))
    else:
        p.path("M210 790V470Q210 280 400 280Q590 280 590 470V790Z", p.flat(p.c))
        p.path("M228 774V470Q228 298 400 298Q572 298 572 470V774Z", p.slant("#eef3f5", "#b6c5cc"))
    p.path("M290 440L420 320L450 330L290 500ZM290 560L520 350L530 362L290 584Z", "#ffffff", 0.6)


def basket(p: Pen) -> None:
    p.shadow(404, 804, 200, 32)
    p.line("M250 520C240 400 330 400 330 500M470 500C470 400 560 400 550 520", 16, p.c.dark)
    p.cylinder(400, 510, 776, 198, p.c, 160)
    p.oval(400, 510, 182, 28, p.c.deep)
    for row in range(6):
        y = 556 + row * 38
        p.line(
            f"M{208 + row * 6} {y}Q400 {y + 62} {592 - row * 6} {y}", 12, p.c.dark if row % 2 else p.c.hi, 0.55, "22 16"
        )
    p.path("M250 500Q330 440 410 500Q480 450 548 506Q400 540 250 500Z", p.a.light)
