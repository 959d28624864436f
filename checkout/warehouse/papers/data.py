"""What the warehouse's papers say. Words are given in the language of the paper; amounts are written out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlipLine:
    """Units of one order line in this parcel. `price` and `total` are empty where prices are not to be seen."""

    sku: str
    name: str
    quantity: int
    options: str = ""
    ordered: int = 0  # units of the order line altogether; more than `quantity`: the others come in other parcels
    price: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """What lies in the parcel. Addresses are lines from the name to the country; `shop` is name and address."""

    number: str
    order_number: str
    date: str
    shop: tuple[str, ...]
    address: tuple[str, ...]
    lines: tuple[SlipLine, ...]
    delivery: str = ""
    po_number: str = ""
    gift_message: str = ""
    is_gift: bool = False
    is_collected: bool = False  # `address` is of who comes for it
    foot: str = ""  # where to turn to


@dataclass(frozen=True, slots=True)
class Label:
    """What is glued onto the parcel. `code` is what the barcode says, `tracking` the same for eyes."""

    number: str
    order_number: str
    sender: tuple[str, ...]
    address: tuple[str, ...]
    carrier: str
    service: str = ""
    tracking: str = ""
    code: str = ""
    phone: str = ""
    units: int = 0


@dataclass(frozen=True, slots=True)
class PickRow:
    """One SKU of a wave: how many units, and of these how many for the parcel in which box."""

    sku: str
    name: str
    quantity: int
    options: str = ""
    boxes: tuple[tuple[int, int], ...] = ()  # (box, units)


@dataclass(frozen=True, slots=True)
class PickList:
    """What is fetched in one round. `parcels` are numbers in the order of their boxes, from box 1."""

    number: str
    location: str
    date: str
    rows: tuple[PickRow, ...]
    parcels: tuple[str, ...]
