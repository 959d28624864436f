"""Many papers in one PDF: what stands on them, on how many pages, and always the same bytes."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from checkout.warehouse.papers import bundle
from tests.checkout.warehouse.papers import samples

MM = 72 / 25.4


def test_the_same_papers_are_the_same_bytes():
    def once() -> bytes:
        return bundle.render(picklist=samples.picklist(), slips_of=[samples.slip()], labels_of=[samples.label()])

    assert once() == once()


def test_a_slip_says_what_is_in_the_parcel():
    [page] = samples.pages(bundle.render(slips_of=[samples.slip(po_number="PO-77", foot="Questions? shop.example")]))
    for words in (*samples.SHOP, *samples.ADDRESS, "Packing slip", "ORD-2026000001", "ORD-2026000001-1", "PO-77",
                  "Standard", "1 ×", "Thing 1", "SKU-0001", "Blue · Large", "$25.00", "$50.00",
                  "Questions? shop.example", "ORD-2026000001-1 · 3 units · page 1 of 1"):  # fmt: skip
        assert words in page
    assert "A message for you" not in page


def test_a_gift_has_its_message_and_no_prices():
    gift = samples.slip(gift_message="Happy birthday, Mum!", is_gift=True)
    [page] = samples.pages(bundle.render(slips_of=[gift]))
    assert {"A message for you", "Happy birthday, Mum!"} <= set(page.splitlines())
    assert "$" not in page
    assert "Price" not in page


def test_a_gift_message_keeps_its_lines():
    gift = samples.slip(gift_message="Happy birthday!\n\nYours, Jane", is_gift=True)
    [page] = samples.pages(bundle.render(slips_of=[gift]))
    said = [line for line in page.splitlines() if line.strip()]
    start = said.index("A message for you")
    assert said[start + 1 : start + 3] == ["Happy birthday!", "Yours, Jane"]


def test_a_gift_message_of_many_short_lines_is_whole():
    verses = [f"verse {number}" for number in range(1, 41)]
    pages = samples.pages(bundle.render(slips_of=[samples.slip(gift_message="\n".join(verses), is_gift=True)]))
    assert [line for line in pages[-1].splitlines() if line.startswith("verse")] == verses


def test_a_long_po_number_is_whole_and_pushes_the_rest_down():
    number = "PO-" + "MW" * 28
    [page] = samples.pages(bundle.render(slips_of=[samples.slip(po_number=number, address=("Ada",))]))
    start = page.index("Your PO number") + len("Your PO number")
    assert "".join(page[start : page.index("Units")].split()) == number


def test_a_part_of_a_line_says_that_the_rest_comes_separately():
    [page] = samples.pages(bundle.render(slips_of=[samples.slip(lines=(samples.line(2, ordered=5),))]))
    assert "2 of 5 ordered; the rest comes separately" in page.splitlines()


def test_forty_lines_go_over_pages_that_are_counted():
    lines = tuple(samples.line(number) for number in range(1, 41))
    pages = samples.pages(bundle.render(slips_of=[samples.slip(lines=lines)]))
    assert len(pages) == 3
    found = re.findall(r"SKU-\d{4}", "\n".join(pages))
    assert found == [f"SKU-{number:04d}" for number in range(1, 41)]
    for number, page in enumerate(pages, start=1):
        assert f"ORD-2026000001-1 · 820 units · page {number} of 3" in page
    assert ["Packing slip, continued" in page for page in pages] == [False, True, True]


@pytest.mark.parametrize("count", range(18, 26))
def test_a_gift_message_that_has_no_room_goes_to_a_page_of_its_own(count):
    lines = tuple(samples.line(number) for number in range(count))
    pages = samples.pages(bundle.render(slips_of=[samples.slip(lines=lines, gift_message="Hello " * 60)]))
    assert "A message for you" in pages[-1].splitlines()
    assert sum(page.count("A message for you") for page in pages) == 1


HARD = ("Wolfeschlegelsteinhausenbergerdorff-Mustermann, Adolph Blaine Charles David Earl Frederick " * 2,)


@pytest.mark.parametrize(
    "details",
    [
        {"address": (), "shop": (), "lines": (), "number": "", "order_number": "", "date": "", "delivery": ""},
        {"address": ("שלום כהן", "רחוב הרצל 12", "Israel"), "shop": ("محمد علي",)},
        {"address": HARD * 9, "shop": HARD * 9},
        {"po_number": "P" * 60, "delivery": "D" * 80},
        {"number": "ü" * 30, "gift_message": "❤ " * 250, "is_gift": True},
        {"address": ("\x00\u202e<b>&", "東京都", "😀")},
    ],
)
def test_no_slip_breaks(details):
    assert bundle.render(slips_of=[samples.slip(**details)]).startswith(b"%PDF")


def test_long_lines_of_a_slip_stay_in_their_columns():
    from checkout.warehouse.papers.data import SlipLine

    long = SlipLine("X" * 255, HARD[0] * 2, 999, options=HARD[0], price="€1.234.567,89", total="€12.345.678,90")
    [page] = samples.pages(bundle.render(slips_of=[samples.slip(lines=(long,))]))
    assert "".join(line for line in page.splitlines() if set(line) == {"X"}) == "X" * 255


def test_a_label_says_where_to_and_carries_the_number():
    [page] = samples.pages(bundle.render(labels_of=[samples.label()]))
    for words in ("Parcel Post", "Standard", *samples.SHOP, *samples.ADDRESS, "Phone +48 22 123 45 67",
                  "PP 1234 5678", "3 units", "ORD-2026000001-1"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    "details",
    [
        {
            "address": (),
            "sender": (),
            "carrier": "",
            "service": "",
            "tracking": "",
            "code": "",
            "phone": "",
            "units": 0,
        },
        {"address": HARD * 8, "carrier": HARD[0], "service": HARD[0]},
        {"address": ("محمد علي", "شارع التحرير 5"), "code": "رقم", "tracking": "رقم"},
        {"code": "9" * 80, "tracking": "9" * 80},
    ],
)
def test_no_label_breaks(details):
    assert len(samples.pages(bundle.render(labels_of=[samples.label(**details)]))) == 1


@pytest.mark.parametrize(("on_a_sheet", "sizes"), [(1, [(105, 148)] * 5), (2, [(210, 297)] * 3), (4, [(210, 297)] * 2)])
def test_labels_lie_as_asked(on_a_sheet, sizes):
    document = bundle.render(labels_of=[samples.label(number=f"P-{n}") for n in range(5)], on_a_sheet=on_a_sheet)
    pages = PdfReader(BytesIO(document)).pages
    found = [(round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) for page in pages]
    assert found == sizes
    words = "\n".join(page.extract_text() for page in pages)
    assert [f"P-{n}" in words for n in range(5)] == [True] * 5


def test_a_layout_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="3 labels"):
        bundle.render(labels_of=[samples.label()], on_a_sheet=3)
    with pytest.raises(ValueError, match="without pages"):
        bundle.render()


def test_a_pick_list_sums_up_and_says_which_box():
    [page] = samples.pages(bundle.render(picklist=samples.picklist()))
    for words in ("Pick list", "W-2026000001", "Main warehouse · Nov. 21, 2026, 8 a.m.", "SKU-0001", "Thing 1",
                  "Blue", "2", "4 units · 2 SKUs · 2 parcels"):  # fmt: skip
        assert words in page
    assert "#1×1" in page
    assert "ORD-2026000001-1" in page


def test_a_pick_list_goes_over_pages():
    pages = samples.pages(bundle.render(picklist=samples.picklist(rows=60, parcels=100)))
    found = re.findall(r"SKU-\d{4}", "\n".join(pages))
    assert found == [f"SKU-{number:04d}" for number in range(60)]
    assert sum(page.count("ORD-20260000") for page in pages) == 100
    assert bundle.render(picklist=samples.picklist(rows=0, parcels=0)).startswith(b"%PDF")


def test_slips_come_first_then_labels_and_those_of_carriers():
    foreign = bundle.render(labels_of=[samples.label(carrier="Theirs")])
    told: list[int] = []
    document = bundle.render(
        slips_of=[samples.slip()] * 2, labels_of=[samples.label(carrier="Ours")], drawn=[foreign], done=told.append
    )
    pages = samples.pages(document)
    assert ["Packing slip" in page for page in pages] == [True, True, False, False]
    assert ["Ours" in pages[2].splitlines(), "Theirs" in pages[3].splitlines()] == [True, True]
    assert told == [1, 2, 3]
    assert samples.pages(bundle.render(drawn=[foreign])) == [pages[3]]
