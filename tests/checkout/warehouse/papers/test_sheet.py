"""Lines, cuts and barcodes."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from checkout.warehouse.papers import sheet as paper
from checkout.warehouse.papers.sheet import Sheet
from shop.core import scripts

MM = 72 / 25.4


def test_words_are_broken_where_there_is_room():
    assert paper.wrap("one two three", 1000) == ["one two three"]
    assert paper.wrap("", 50) == []
    lines = paper.wrap("An exceedingly long name that goes on and on", 30, size=9)
    assert " ".join(lines) == "An exceedingly long name that goes on and on"
    assert [line for line in lines if scripts.width(line, 9) > 30 * MM] == []


def test_a_word_that_is_too_long_is_broken_after_a_hyphen_if_it_has_one():
    assert paper.wrap("VERY-LONG-SKU-0001", 20, size=9)[0].endswith("-")
    lines = paper.wrap("W" * 60, 30, size=9)
    assert "".join(lines) == "W" * 60
    assert len(lines) > 3


def test_what_is_beyond_the_last_line_is_told_by_an_ellipsis():
    lines = paper.wrap("one two three four five six seven eight nine ten", 20, size=9, most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")


@pytest.mark.parametrize("wide", [0.01, 1])
def test_a_line_without_room_still_ends(wide):
    assert "".join(paper.wrap("abc def", wide)) == "abcdef"


@pytest.mark.parametrize(
    ("code", "is_drawn"),
    [
        ("ORD-2026000001-1", True),
        ("1Z999AA10123456784", True),
        ("", False),
        ("ü-1", False),
        ("a\nb", False),
        ("9A" * 60, False),
    ],
)
def test_only_what_a_scanner_reads_is_drawn_as_bars(code, is_drawn):
    sheet = Sheet(title="Paper")
    sheet.page((105, 148))
    assert sheet.barcode(10, 10, code, wide=85, high=20) is is_drawn


def test_a_document_has_pages_of_their_own_sizes():
    sheet = Sheet(title="Paper")
    with pytest.raises(ValueError, match="without pages"):
        sheet.bytes()
    for size in ((210, 297), (105, 148)):
        sheet.page(size)
    pages = PdfReader(BytesIO(sheet.bytes())).pages
    assert [(round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) for page in pages] == [
        (210, 297), (105, 148),
    ]  # fmt: skip
