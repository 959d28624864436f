"""Papers as they come in the worst of days."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader

from checkout.warehouse.papers.data import Label, PickList, PickRow, Slip, SlipLine

SHOP = ("Holdfast", "12 Harbour Road", "Springfield, IL 62701", "United States")
ADDRESS = ("Łukasz Ångström", "c/o Ťažký GmbH", "ul. Świętokrzyska 12/34", "00-001 Warszawa", "Poland")


def line(number: int = 1, **other: Any) -> SlipLine:
    details = {"options": "Blue · Large", "price": "$25.00", "total": f"${25 * number}.00", **other}
    return SlipLine(f"SKU-{number:04d}", f"Thing {number}", number, **details)


def slip(**other: Any) -> Slip:
    details = {
        "number": "ORD-2026000001-1", "order_number": "ORD-2026000001", "date": "Nov. 21, 2026", "shop": SHOP,
        "address": ADDRESS, "lines": (line(1), line(2)), "delivery": "Standard", **other,
    }  # fmt: skip
    return Slip(**details)


def label(**other: Any) -> Label:
    details = {
        "number": "ORD-2026000001-1", "order_number": "ORD-2026000001", "sender": SHOP, "address": ADDRESS,
        "carrier": "Parcel Post", "service": "Standard", "tracking": "PP 1234 5678", "code": "PP12345678",
        "phone": "+48 22 123 45 67", "units": 3, **other,
    }  # fmt: skip
    return Label(**details)


def picklist(rows: int = 2, parcels: int = 2, **other: Any) -> PickList:
    details = {
        "number": "W-2026000001", "location": "Main warehouse", "date": "Nov. 21, 2026, 8 a.m.",
        "rows": tuple(PickRow(f"SKU-{n:04d}", f"Thing {n}", 2, "Blue", ((1, 1), (2, 1))) for n in range(rows)),
        "parcels": tuple(f"ORD-20260000{n:02d}-1" for n in range(parcels)), **other,
    }  # fmt: skip
    return PickList(**details)


def pages(document: bytes) -> list[str]:
    """The words of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(document)).pages]
