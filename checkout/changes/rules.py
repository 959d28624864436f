"""Pure rules of changes: which units may be taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Units:
    """Of one line: `quantity` in the order, those of them that were handed over (`gone`), those that came back."""

    quantity: int
    gone: int = 0
    returned: int = 0

    @property
    def here(self) -> int:
        """How many may still be taken off."""
        return self.quantity - max(self.gone, self.returned)


def objection(units: Units | None, wanted: int) -> str:
    """Why `wanted` units cannot be taken off a line, as a code; empty if they can. None: there is no such line."""
    if units is None or wanted < 1 or wanted > units.quantity:
        return "too_many_units"
    return "already_shipped" if wanted > units.here else ""


def is_unpicked(status: str) -> bool:
    """Whether nobody in the warehouse has begun with an order in this status (`Order.Status`): it is paid, no more."""
    return status == "payment_confirmed"


def is_empty(lines: Mapping[UUID, Units], removed: Mapping[UUID, int]) -> bool:
    """Whether nothing would be left of an order."""
    return all(units.quantity == removed.get(key, 0) for key, units in lines.items())
