"""Pure rules of store credit: what of a payment's credit is held, taken, let go and given back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """What one payment did with an account, in minor units. `held` is what was ever set aside for it."""

    held: int = 0
    taken: int = 0
    released: int = 0
    refunded: int = 0

    @property
    def open(self) -> int:
        """Set aside, neither taken for good nor let go."""
        return self.held - self.taken - self.released

    @property
    def kept(self) -> int:
        """Taken for good and not given back."""
        return self.taken - self.refunded


def use(entries: Iterable[tuple[str, int, int]]) -> Use:
    """The use made of an account by (kind, change of the balance, amount taken) of a payment's entries."""
    sums = {"held": 0, "taken": 0, "released": 0, "refunded": 0}
    for kind, change, taken in entries:
        if kind in sums:
            sums[kind] += taken if kind == "taken" else abs(change)
    return Use(**sums)
