"""Pure rules of parcels: how far an order is by all of them, which units leave them, and where units go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

# `Shipment.Status` and `Order.FulfilmentState`, by their values.
OPEN, PICKED, SHIPPED, DELIVERED, CANCELLED = "open", "picked", "shipped", "delivered", "cancelled"
GONE = frozenset({SHIPPED, DELIVERED})
HERE = frozenset({OPEN, PICKED})

# `TrackingEvent.Code`: what is the matter with a parcel, and the news after which it is not any more. One that goes
# back to us is on its way as well.
_MENDED = {
    "lost": frozenset({"accepted", "in_transit", "out_for_delivery", "delivered", "failed_attempt"}),
    "returned_to_sender": frozenset({"out_for_delivery", "delivered"}),
}

Place = tuple[UUID, UUID]  # variant and location


@dataclass(frozen=True, slots=True)
class Parcel:
    """How far one parcel is, and how many units are in it and picked."""

    status: str
    units: int
    picked: int = 0


def progress(parcels: Iterable[Parcel], *, ordered: int) -> str:
    """How far an order of `ordered` units is by its parcels, whatever came back: what its transitions ask for.

    An order is as far as its last unit: one that is in no parcel yet holds it back as one in an open parcel does.
    """
    live = [parcel for parcel in parcels if parcel.status != CANCELLED]
    gone = _units(live, GONE)
    if 0 < ordered <= gone:
        return DELIVERED if ordered <= _units(live, {DELIVERED}) else SHIPPED
    if gone:
        return "partly_shipped"
    return PICKED if 0 < ordered <= _units(live, {PICKED}) else "unfulfilled"


def state(parcels: Iterable[Parcel], *, ordered: int, returned: int) -> str:
    """`Order.FulfilmentState`: the progress, until units come back of an order that has left as a whole."""
    reached = progress(parcels, ordered=ordered)
    if not returned or reached not in GONE:
        return reached
    return "returned" if returned >= ordered else "partly_returned"


def to_pick(parcels: Iterable[Parcel], *, ordered: int) -> int:
    """Units of the order that nobody has picked yet, those among them that are in no parcel yet."""
    return max(0, ordered - sum(parcel.picked for parcel in parcels if parcel.status != CANCELLED))


def _units(parcels: Iterable[Parcel], statuses: Iterable[str]) -> int:
    wanted = set(statuses)
    return sum(parcel.units for parcel in parcels if parcel.status in wanted)


def problem(codes: Iterable[str]) -> str:
    """What is the matter with a parcel by all that was told of it, oldest first: "lost", "returned_to_sender" or ""."""
    found = ""
    for code in codes:
        if code in _MENDED:
            found = code
        elif found and code in _MENDED[found]:
            found = ""
    return found


@dataclass(frozen=True, slots=True)
class Content:
    """Units of an order line in a parcel that is still here. `rank` orders the parcels, the first loses units first."""

    key: UUID
    rank: tuple[int, int]
    quantity: int
    picked: int


def taken_off(contents: Iterable[Content], units: int) -> dict[UUID, int]:
    """Which contents lose how many of the `units` that are no longer wanted: what nobody has picked goes first.

    Fewer than `units` in all if so many are not here.
    """
    ranked = sorted(contents, key=lambda content: content.rank)
    loss: dict[UUID, int] = {}
    left = units
    for is_picked in (False, True):
        for content in ranked:
            most = content.picked if is_picked else content.quantity - content.picked
            number = min(left, most)
            if number:
                loss[content.key] = loss.get(content.key, 0) + number
                left -= number
    return loss


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Units of a line that are in no parcel."""

    line: UUID
    variant_id: UUID
    units: int


def placed(unplaced: Sequence[Unplaced], room: Mapping[Place, int]) -> dict[UUID, dict[UUID, int]]:
    """By location: how many units of each line are packed there. `room` is what is allocated at each place and in no
    parcel yet, the place asked first first; lines are served in their order, so one may be packed at two locations."""
    left = dict(room)
    found: dict[UUID, dict[UUID, int]] = {}
    for line in unplaced:
        wanted = line.units
        for (variant_id, location_id), units in left.items():
            number = min(wanted, units) if variant_id == line.variant_id else 0
            if number > 0:
                here = found.setdefault(location_id, {})
                here[line.line] = here.get(line.line, 0) + number
                left[variant_id, location_id] -= number
                wanted -= number
    return found


def web_address(text: str) -> str:
    """`text` if it is an address that a shopper's browser may be led to, else nothing."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return text.strip() if parts.scheme in {"http", "https"} and parts.netloc and len(text) <= 500 else ""
