"""What a carrier must be able to do, in the shop's words. One class each beside this file, one line in `CARRIERS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

# What can happen to a parcel (`TrackingEvent.Code`): a carrier's own words are translated into these.
CODES = (
    "labelled", "accepted", "in_transit", "out_for_delivery", "delivered", "failed_attempt", "returned_to_sender",
    "lost",
)  # fmt: skip


class CarrierUnavailable(Exception):
    """The carrier cannot be asked now; nothing was done that asking again would do twice."""


class LabelRefused(Exception):
    """The carrier does not take this parcel. `str()` is what it says."""


class VoidRefused(Exception):
    """The carrier does not take this label back: it never does, or the parcel has left. `str()` is what it says."""


class BadMessage(Exception):
    """A carrier's message cannot be used; nothing of it was. `code`: "bad_signature", "timestamp_too_old",
    "timestamp_too_new", "bad_message", "bad_time", "unknown_status", "unknown_parcel", "body_too_large",
    "unknown_carrier"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier must know. `key` names the parcel, and where it goes: asked again with it, the carrier gives the
    same label.

    `sender` and `receiver` are the lines of an address, `items` (sku, name, units), for the customs.
    """

    key: str
    number: str
    receiver: tuple[str, ...]
    country: str
    sender: tuple[str, ...] = ()
    service: str = ""
    weight_grams: int | None = None
    items: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A label as a carrier made it. `barcode` is what its bars say, `pdf` the label as the carrier draws it (if it
    does), `reference` the carrier's name for it."""

    carrier: str  # as people call it
    tracking_number: str
    tracking_url: str
    barcode: str
    reference: str = ""
    service: str = ""
    pdf: bytes | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a parcel, aware `at` by the carrier's clock. `event_id` is unique for the carrier."""

    event_id: str
    tracking_number: str
    code: str
    at: datetime
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Polled:
    """What a carrier tells when it is asked, and what it is told once that is kept (`receipt`, its own business)."""

    events: tuple[Event, ...]
    receipt: str = field(default="")


class Carrier(Protocol):
    """A carrier. No method is called within a transaction, and each may be called again."""

    code: str
    name: str  # as people call it
    can_void: bool  # whether it takes back labels that nobody used

    def label(self, parcel: Parcel) -> Label:
        """A label for the parcel; the same for the same `parcel.key`. Raises `LabelRefused`, `CarrierUnavailable`."""

    def void(self, *, tracking_number: str, reference: str) -> None:
        """Nobody will use this label of its (`Label`): it is not charged for. Again, it does nothing more.

        Raises `VoidRefused` (always, if not `can_void`), `CarrierUnavailable`."""

    def events(self, body: bytes, headers: Mapping[str, str]) -> list[Event]:
        """What a message that the carrier sent us says, its signature and age checked first. Raises `BadMessage`."""

    def poll(self) -> Sequence[Polled]:
        """What has happened that was not said yet, for carriers that are asked. Raises `CarrierUnavailable`."""

    def heard(self, polled: Polled) -> None:
        """These events of `poll` are kept (or of no use): they need not be told again."""
