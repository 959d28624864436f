"""Pure rules of the warehouse: what a scanner said, and into which box a unit goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

MOST_UNITS = 999  # of one scan
MOST_PARCELS = 100  # in one wave
MOST_PRINTED = 500  # parcels in one print job
MOST_SHOWN = 80  # signs of what was scanned, in a message
_COUNTED = re.compile(r"(?P<units>\d{1,6})\s*[*×]\s*(?P<code>.+)", re.DOTALL)


class BadScan(ValueError):
    """What was scanned cannot be read. `code`: "empty", "bad_units"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def scanned(text: str) -> tuple[int, str]:
    """(units, code) of "SKU" or "3*SKU", whatever control signs a scanner sends with it. Raises `BadScan`."""
    clean = "".join(sign for sign in text if sign.isprintable()).strip()
    if not clean:
        raise BadScan("empty")
    counted = _COUNTED.fullmatch(clean)
    if counted is None:
        return 1, clean
    units = int(counted["units"])
    if not 1 <= units <= MOST_UNITS:
        raise BadScan("bad_units")
    return units, counted["code"].strip()


def shown(code: str) -> str:
    """A code as messages say it: a scanner may have sent very much."""
    clean = code.strip()
    return clean if len(clean) <= MOST_SHOWN else f"{clean[: MOST_SHOWN - 1]}…"


def same_code(one: str, other: str) -> bool:
    """Whether two codes are the same for a scanner: capitals do not count, nor do zeros before a number (GTINs come
    with 12, 13 or 14 digits)."""
    if one.isdigit() and other.isdigit() and min(len(one), len(other)) >= 8:
        return one.lstrip("0") == other.lstrip("0")
    return one.casefold() == other.casefold()


@dataclass(frozen=True, slots=True)
class Need:
    """So many units of a line are still to be picked; the line's parcel stands in `box`."""

    line_id: UUID
    box: int
    open: int


def share(units: int, needs: Sequence[Need]) -> list[tuple[Need, int]]:
    """Which needs take how many of `units`: the first box first. Raises ValueError if they need fewer altogether."""
    taken: list[tuple[Need, int]] = []
    rest = units
    for need in sorted(needs, key=lambda one: one.box):
        part = min(rest, need.open)
        if part:
            taken.append((need, part))
        rest -= part
    if rest:
        raise ValueError(f"{rest} units too many")
    return taken
