"""Printed pages: the font is inside, words are never markup, pages are counted, and bytes repeat."""

import re
import zlib
from base64 import a85decode
from io import BytesIO

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import PageBreak

from shop.core import pdf

WORDS = "Łódź Ångström Ŧšř İstanbul Ελλάδα Київ 12,50 € £ ¥ <b>not bold</b> & 5 < 6"


ALL = "Łukasz Ελλάδα Київ\nשלום רב 12\nعلي بن أحمد\n東京都 カタカナ 서울 臺灣"


def drawn(document: bytes) -> list[str]:
    """What was written on each page by `on_page`, from the notes that these tests leave in the page's stream."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", document, re.DOTALL):
        try:
            page = zlib.decompress(a85decode(raw.strip().removesuffix(b"~>") + b"~>", adobe=True))
        except (ValueError, zlib.error):
            continue
        found += [line.decode() for line in re.findall(rb"% note (.*)", page)]
    return found


def note(canvas, page):
    canvas._code.append(f"% note {page.section}:{page.number}/{page.of}")


def test_the_same_blocks_give_the_same_bytes():
    def once():
        return pdf.render([pdf.paragraph(WORDS)], title="Paper", on_page=note)

    assert once() == once()


def test_the_font_is_embedded_and_no_other_is_named():
    document = pdf.render([pdf.paragraph(WORDS), pdf.paragraph(WORDS, pdf.styles().strong)], title="Paper")
    assert set(re.findall(rb"/BaseFont /(\S+)", document)) == {b"AAAAAA+NotoSans-Regular", b"AAAAAA+NotoSans-Bold"}
    assert document.count(b"/FontFile2") == 2


def test_the_font_has_every_letter_of_europe_and_the_signs_of_money():
    faces = [pdfmetrics.getFont(name).face.charToGlyph for name in pdf.fonts()]
    wanted = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x391, 0x3A2), *range(0x410, 0x450)]
    wanted += [ord(sign) for sign in "€£¥₺₴₹₽−–—“”„‘’…·×•"]
    assert [chr(code) for face in faces for code in wanted if code not in face] == []


def test_words_are_never_markup():
    assert pdf.paragraph("<b>5 < 6 & 7</b>\nnext").getPlainText() == "<b>5 < 6 & 7</b>next"
    assert pdf.plain("a\x00b\u202ec\u0301\nd") == "abć\nd"


def test_pages_are_counted_within_their_section():
    blocks = [
        pdf.Section("one"), pdf.paragraph("a"), PageBreak(), pdf.paragraph("b"), PageBreak(),
        pdf.Section("two"), pdf.paragraph("c"),
    ]  # fmt: skip
    assert drawn(pdf.render(blocks, title="Paper", on_page=note)) == ["one:1/2", "one:2/2", "two:1/1"]


def test_a_long_table_repeats_its_head_on_every_page():
    rows = [[pdf.paragraph("Head")], *([pdf.paragraph(f"row {number}")] for number in range(120))]
    table = pdf.table(rows, [100])
    assert [part.repeatRows for part in table.split(100, 2000)] == [1, 1]


def test_words_of_all_scripts_are_drawn_in_fonts_that_are_inside():
    document = pdf.render([pdf.paragraph(ALL), pdf.paragraph(ALL, pdf.styles().right_strong)], title="Paper")
    bases = set(re.findall(rb"/BaseFont /[A-Z]{6}\+(\S+)", document))
    assert bases == {b"NotoSans-Regular", b"NotoSans-Bold", b"DejaVuSans", b"WenQuanYiMicroHei-0"}
    assert document.count(b"/FontFile2") == len(bases)
    [page] = PdfReader(BytesIO(document)).pages
    once = ["Łukasz Ελλάδα Київ", "12 רב שלום", "ﺃﺣﻤﺪ ﺑﻦ ﻋﻠﻲ", "東京都 カタカナ 서울 臺灣"]  # as the reader turns them
    assert page.extract_text().splitlines() == once + once


def test_a_block_is_as_high_as_its_lines_and_stands_where_it_should():
    look = pdf.styles().body
    block = pdf.paragraph("שלום\n\n東京", look)
    assert block.wrap(200, 500) == (200, 3 * look.leading)
    assert pdf.paragraph("東京" * 30, look).wrap(91, 500) == (91, 6 * look.leading)  # ten of 9 points in a line


@pytest.mark.parametrize("align", ["left", "right", "center"])
def test_a_line_at_the_foot_may_be_of_any_script(align):
    def foot(canvas, page):
        pdf.write(canvas, 200, 20, "東京 café שלום", align=align)

    [page] = PdfReader(BytesIO(pdf.render([pdf.paragraph("a")], title="Paper", on_page=foot))).pages
    assert "東京 café שלום" in page.extract_text().splitlines()
