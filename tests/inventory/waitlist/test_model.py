"""Any sequence of commands, beside a plain list: the same people are offered the same units, and I1 and I2 hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.reservations import services as reservations
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from inventory.waitlist import services
from inventory.waitlist.models import WaitingEntry
from tests.factories.inventory import stocked
from tests.factories.waitlist import joined, lapse
from tests.inventory.checks import assert_adds_up

TTL = timedelta(minutes=15)
people = st.integers(0, 30)
steps = st.one_of(
    st.tuples(st.just("join"), st.just(0)),
    st.tuples(st.sampled_from(["leave", "lapse", "claim", "undo", "cancel"]), people),
    st.tuples(st.just("come"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["offer", "buy"]), st.just(0)),
)


@dataclass
class Model:
    """One variant: `free` units that nobody has, who waits in turn, who is offered one, and which orders have one."""

    free: int = 0
    line: list[UUID] = field(default_factory=list)
    offered: list[UUID] = field(default_factory=list)
    lapsed: list[UUID] = field(default_factory=list)  # offered, over by the clock, not noticed yet: their unit is free
    over: dict[UUID, str] = field(default_factory=dict)
    orders: list[tuple[UUID, UUID | None]] = field(default_factory=list)  # and the place that an order took

    def __post_init__(self) -> None:
        self.item = stocked(0)

    @property
    def public(self) -> int:
        return max(0, self.free - len(self.line))

    def join(self, _which: int) -> None:
        if self.public:
            with pytest.raises(services.NotSoldOut):
                joined(self.item)
        else:
            self.line += joined(self.item)

    def leave(self, which: int) -> None:
        everybody = [*self.line, *self.offered, *self.lapsed, *self.over]
        if not everybody:
            return
        entry = everybody[which % len(everybody)]
        assert services.leave(entry_id=entry, by="guest") is (entry not in self.over)
        for some in (self.line, self.offered, self.lapsed):
            if entry in some:
                some.remove(entry)
                self.free += some is self.offered
                self.over[entry] = "left"

    def lapse(self, which: int) -> None:
        if self.offered:
            entry = self.offered.pop(which % len(self.offered))
            lapse(entry)
            self.lapsed.append(entry)
            self.free += 1

    def come(self, units: int) -> None:
        stock.receive(
            variant_id=self.item.variant_id, sku=self.item.sku, quantity=units, reason="delivery", by="staff:1"
        )
        self.free += units

    def offer(self, _which: int) -> None:
        held = services.offer(variant_id=self.item.variant_id)
        self.over |= dict.fromkeys(self.lapsed, "passed")
        self.lapsed = []
        turn = min(self.free, len(self.line))
        assert held == turn
        self.offered += self.line[:turn]
        del self.line[:turn]
        self.free -= turn

    def buy(self, _which: int) -> None:
        order = uuid4()
        call = lambda: reservations.reserve(  # noqa: E731
            quantities={self.item.variant_id: 1}, reference=order, ttl=TTL, by="guest"
        )
        if self._may(bool(self.public), call):
            self.free -= 1
            self.orders.append((order, None))

    def claim(self, which: int) -> None:
        """Somebody orders with a place that has a unit, had one, or waits still."""
        everybody = [*self.offered, *self.lapsed, *self.line, *self.over]
        if not everybody:
            return
        entry, order = everybody[which % len(everybody)], uuid4()
        call = lambda: services.reserve(  # noqa: E731
            quantities={self.item.variant_id: 1}, reference=order, ttl=TTL, claims=[entry], by="guest"
        )
        if entry in self.offered:
            call()
            self.offered.remove(entry)
            self.over[entry] = "taken"
            self.orders.append((order, entry))
        elif self._may(bool(self.public), call):
            self.free -= 1
            self.orders.append((order, None))

    def undo(self, which: int) -> None:
        """The order was not written: whoever had a unit has it again."""
        if self.orders:
            order, entry = self.orders.pop(which % len(self.orders))
            services.give_back(reference=order, by="system")
            if entry is None:
                self.free += 1
            else:
                self.offered.append(entry)
                del self.over[entry]

    def cancel(self, which: int) -> None:
        if self.orders:
            order, _entry = self.orders.pop(which % len(self.orders))
            reservations.release(reference=order, by="system")
            self.free += 1

    def statuses(self) -> dict[UUID, str]:
        return {
            **dict.fromkeys(self.line, "waiting"),
            **dict.fromkeys([*self.offered, *self.lapsed], "offered"),
            **self.over,
        }

    @staticmethod
    def _may(expected: bool, call: Callable[[], object]) -> bool:
        if expected:
            call()
        else:
            with pytest.raises(reservations.OutOfStock):
                call()
        return expected


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=8, max_size=24))
def test_any_sequence_of_commands_agrees_with_a_plain_list(sequence: list[tuple[str, int]]) -> None:
    model = Model()
    for name, which in sequence:
        getattr(model, name)(which)
        variant = model.item.variant_id
        assert stock_selectors.available([variant])[variant] == model.public
        found = WaitingEntry.objects.filter(variant_id=variant)
        assert dict(found.values_list("pk", "status")) == model.statuses()
    assert_adds_up()
