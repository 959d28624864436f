"""Pure rules of reconciliation: what two books say differently of the same payments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MONEY = {"paid", "authorised", "refunded"}


@dataclass(frozen=True, slots=True)
class Record:
    """A payment as one of the books has it. Amounts in minor units; `state` is a `Payment.Status`."""

    reference: str
    currency: str
    captured: int = 0
    refunded: int = 0
    state: str = "pending"
    payment_id: str | None = None
    order_id: str | None = None

    @property
    def has_money(self) -> bool:
        return bool(self.captured) or self.state in _MONEY


@dataclass(frozen=True, slots=True)
class Found:
    """A difference: `kind` is a `Difference.Kind`, `ours` and `theirs` what the books say."""

    kind: str
    reference: str
    payment_id: str | None
    order_id: str | None
    ours: str = ""
    theirs: str = ""


def differences(ours: Iterable[Record], theirs: Iterable[Record]) -> list[Found]:
    """Every difference between our books and the provider's, by reference. Payments without money are none."""
    here, there = _by_reference(ours), _by_reference(theirs)
    found: list[Found] = []
    for reference in sorted(here.keys() | there.keys()):
        mine, other = here.get(reference), there.get(reference)
        if mine is None and other is not None:
            if other.has_money:
                found.append(_found("missing_here", other, theirs=_told(other)))
        elif mine is not None and other is None:
            if mine.has_money:
                found.append(_found("missing_there", mine, ours=_told(mine)))
        elif mine is not None and other is not None:
            found += _compared(mine, other)
    return found


def _by_reference(records: Iterable[Record]) -> Mapping[str, Record]:
    return {record.reference: record for record in records}


def _compared(mine: Record, other: Record) -> list[Found]:
    if mine.currency != other.currency and (mine.has_money or other.has_money):
        return [_found("currency", mine, ours=mine.currency, theirs=other.currency)]
    found = []
    if mine.captured != other.captured:
        found.append(_found("amount", mine, ours=str(mine.captured), theirs=str(other.captured)))
    if mine.refunded != other.refunded:
        found.append(_found("refunded", mine, ours=str(mine.refunded), theirs=str(other.refunded)))
    if not found and _state(mine) != _state(other):
        found.append(_found("state", mine, ours=mine.state, theirs=other.state))
    return found


def _state(record: Record) -> str:
    """States that hold no money are all the same here: how an attempt failed is nobody's loss."""
    return record.state if record.state in _MONEY else "none"


def _told(record: Record) -> str:
    return f"{record.captured} {record.currency} {record.state}"


def _found(kind: str, record: Record, *, ours: str = "", theirs: str = "") -> Found:
    return Found(kind, record.reference, record.payment_id, record.order_id, ours, theirs)
