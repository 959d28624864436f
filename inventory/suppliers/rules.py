"""How a purchase order moves, how much of it may come, how much to order. Pure."""

from __future__ import annotations

from collections.abc import Iterable

MAX_UNITS = 1_000_000  # of one line
MAX_LINES = 500

DRAFT, ORDERED, PARTLY, RECEIVED = "draft", "ordered", "partly_received", "received"
CLOSED_SHORT, CANCELLED = "closed_short", "cancelled"

# status, trigger, next status. A purchase order of which something has come is never cancelled, only closed short.
TRANSITIONS: tuple[tuple[str, str, str], ...] = (
    (DRAFT, "place", ORDERED),
    (DRAFT, "cancel", CANCELLED),
    (ORDERED, "cancel", CANCELLED),
    (ORDERED, "receive_some", PARTLY),
    (ORDERED, "receive_rest", RECEIVED),
    (PARTLY, "receive_some", PARTLY),
    (PARTLY, "receive_rest", RECEIVED),
    (PARTLY, "close_short", CLOSED_SHORT),
)
OPEN = (ORDERED, PARTLY)  # units of these are on their way


def after(status: str, trigger: str) -> str | None:
    """The status that `trigger` leads to; None when it is not allowed."""
    return next((to for source, name, to in TRANSITIONS if (source, name) == (status, trigger)), None)


def possible(status: str) -> set[str]:
    """The triggers that a purchase order in this status knows."""
    return {trigger for source, trigger, _to in TRANSITIONS if source == status}


def number(year: int, position: int) -> str:
    """ "PO-2026000001": the year and at least six digits. Unique because `position` is, whatever the year."""
    return f"PO-{year}{position:06d}"


def most(ordered: int) -> int:
    """How many units of a line may come in all: a tenth more than ordered, rounded up, once somebody confirms it.

    Suppliers round up to their packs; what goes beyond is rather a slip of the keyboard, or goods nobody asked for.
    """
    return ordered + (ordered + 9) // 10


def is_complete(lines: Iterable[tuple[int, int]]) -> bool:
    """Whether of every (ordered, received) all has come."""
    return all(received >= ordered for ordered, received in lines)


def is_whole(quantity: int, pack: int) -> bool:
    """Whether so many units are whole packs."""
    return quantity % pack == 0


def to_order(*, threshold: int, coming: int, minimum: int, pack: int) -> int:
    """Units that bring an item to twice its low-stock threshold, in whole packs and no fewer than the minimum.

    `coming`: units available and on their way (less than 0: promised beyond that).
    """
    wanted = max(2 * threshold - coming, minimum, 1)
    return -(-wanted // pack) * pack
