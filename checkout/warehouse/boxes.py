"""What is in a wave, as its pages and commands see it: by SKU and by box."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from checkout.fulfilment import contents
from checkout.fulfilment.models import Shipment


@dataclass(frozen=True, slots=True)
class BoxLine:
    """What one parcel of a wave needs of a SKU."""

    line_id: UUID
    shipment_id: UUID
    order_id: UUID
    variant_id: UUID
    version: int  # the parcel's, as seen
    box: int
    number: str
    sku: str
    quantity: int
    picked: int
    is_ready: bool = True  # its order may be prepared: it is paid for

    @property
    def open(self) -> int:
        return self.quantity - self.picked


@dataclass(frozen=True, slots=True)
class SkuRow:
    """A SKU of a wave, over all of its parcels."""

    sku: str
    name: str
    options: str
    picture: str
    lines: tuple[BoxLine, ...]

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def picked(self) -> int:
        return sum(line.picked for line in self.lines)

    @property
    def open(self) -> int:
        return self.quantity - self.picked


@dataclass(frozen=True, slots=True)
class Box:
    """A parcel of a wave in its box."""

    box: int
    shipment: Shipment
    quantity: int
    picked: int
    is_outdated: bool = False  # its slip was printed before a change of what is in it

    @property
    def is_open(self) -> bool:
        return str(self.shipment.status) == Shipment.Status.OPEN

    @property
    def is_complete(self) -> bool:
        """Everything is in it, and nobody has said that it is finished."""
        return self.is_open and 0 < self.quantity == self.picked

    @property
    def is_ready(self) -> bool:
        """Its order may be prepared: a change may have made it dearer since the round began."""
        return contents.is_ready(self.shipment.order)


@dataclass(frozen=True, slots=True)
class Contents:
    """A wave as it stands: by SKU (those of parcels being picked), and by box."""

    rows: tuple[SkuRow, ...]
    boxes: tuple[Box, ...]

    @property
    def quantity(self) -> int:
        return sum(box.quantity for box in self.boxes)

    @property
    def picked(self) -> int:
        return sum(box.picked for box in self.boxes)

    @property
    def lines(self) -> list[BoxLine]:
        return [line for row in self.rows for line in row.lines]
