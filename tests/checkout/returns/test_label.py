"""The paper of a return: what it says, and that it says the same every time."""

from __future__ import annotations

import io
from unicodedata import normalize

from pypdf import PdfReader

from checkout.returns import label

PAPER = {
    "sender": ["Ada Lovelace", "1 Analytical Way"],
    "receiver": ["Holdfast Returns", "12 Harbour Road"],
    "items": [("2", "Büro & <b>Lampe</b>", "SKU-1")],
    "note": "Postage is paid by the shop.",
}


def words(content: bytes) -> list[str]:
    [page] = PdfReader(io.BytesIO(content)).pages
    return page.extract_text().splitlines()


def test_what_stands_on_it() -> None:
    told = words(label.draw("RET-2026000001", **PAPER))  # type: ignore[arg-type]
    assert told == [
        "Postage is paid by the shop.", "From", "Ada Lovelace", "1 Analytical Way", "Return to", "Holdfast Returns",
        "12 Harbour Road", "RET-2026000001", "Put this part into the parcel", "RET-2026000001", "Units", "Item", "SKU",
        "2", "Büro & <b>Lampe</b>", "SKU-1",
    ]  # fmt: skip


def test_a_label_may_be_of_any_script() -> None:
    paper = PAPER | {"sender": ["株式会社ホールド", "علي بن أحمد", "רחוב הרצל"], "items": [("1", "東京の本", "SKU-1")]}
    told = normalize("NFKC", " ".join(words(label.draw("RET-2026000001", **paper)))).split()  # type: ignore[arg-type]
    wanted = ["株式会社ホールド", "علي", "بن", "أحمد", "רחוב", "הרצל", "東京の本"]
    assert [word for word in wanted if word not in told] == []


def test_the_same_bytes_every_time() -> None:
    one, two = (label.draw("RET-2026000001", **PAPER) for _turn in range(2))  # type: ignore[arg-type]
    assert one == two
    assert label.draw("RET-2026000002", **PAPER) != one  # type: ignore[arg-type]


def test_many_items_are_all_on_it() -> None:
    paper = PAPER | {"items": [("1", f"Thing {n}", f"SKU-{n}") for n in range(80)]}
    pages = PdfReader(io.BytesIO(label.draw("RET-2026000001", **paper))).pages  # type: ignore[arg-type]
    told = [line for page in pages for line in page.extract_text().splitlines()]
    assert [line for line in told if line.startswith("SKU-")] == [f"SKU-{n}" for n in range(80)]
