"""Any sequence of commands, beside a model that a child could follow: the answers agree, and I1 and I2 always hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors
from inventory.stock import services as stock
from inventory.stock.models import Allocation, StockItem, StockMovement
from shop.core import db
from tests.factories.inventory import stocked
from tests.inventory.checks import assert_adds_up

TTL = timedelta(minutes=15)
VARIANTS = (UUID(int=1), UUID(int=2))

quantities = st.dictionaries(st.sampled_from(VARIANTS), st.integers(1, 4), min_size=1)
orders = st.integers(0, 3)
steps = st.one_of(
    st.tuples(st.just("reserve"), orders, quantities),
    st.tuples(st.sampled_from(["extend", "commit", "release", "lapse", "ship", "deallocate"]), orders, st.none()),
    st.tuples(st.just("sweep"), st.just(0), st.none()),
    st.tuples(st.sampled_from(["receive", "adjust"]), st.integers(0, 1), st.integers(1, 3)),
)


@dataclass
class Model:
    """What should be true: units on hand, and for each order what it wants and how far it is."""

    on_hand: dict[UUID, int]
    references: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(4)])
    wants: dict[int, dict[UUID, int]] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)  # held, lapsed, sold, or absent: over

    def available(self) -> dict[UUID, int]:
        promised = [self.wants[order] for order, state in self.states.items() if state in {"held", "sold"}]
        return {key: self.on_hand[key] - sum(want.get(key, 0) for want in promised) for key in VARIANTS}

    def fits(self, want: dict[UUID, int]) -> bool:
        have = self.available()
        return all(units <= have[key] for key, units in want.items())

    def reserve(self, order: int, want: dict[UUID, int]) -> None:
        state = self.states.get(order)
        if state == "lapsed":
            want = self.wants[order]
        expected: type[Exception] | None = None
        if state in {"held", "sold"}:
            expected = None if want == self.wants[order] else reservations.OtherUnits
        elif not self.fits(want):
            expected = reservations.OutOfStock
        call = lambda: reservations.reserve(  # noqa: E731
            quantities=want, reference=self.references[order], ttl=TTL, by="guest"
        )
        if self._raises(expected, call) and state not in {"held", "sold"}:
            self.wants[order], self.states[order] = want, "held"

    def extend(self, order: int) -> None:
        state = self.states.get(order)
        possible = state in {"held", "sold"} or (state == "lapsed" and self.fits(self.wants[order]))
        assert reservations.extend(reference=self.references[order], ttl=TTL) is possible
        if possible and state == "lapsed":
            self.states[order] = "held"

    def commit(self, order: int) -> None:
        state = self.states.get(order)
        gone = state == "lapsed" and not self.fits(self.wants[order])
        call = lambda: reservations.commit(reference=self.references[order], by="system")  # noqa: E731
        if (
            self._raises(reservations.OutOfStock if gone else None, lambda: self._is(call(), state is not None))
            and state
        ):
            self.states[order] = "sold"

    def release(self, order: int) -> None:
        reservations.release(reference=self.references[order], by="system")
        if self.states.get(order) in {"held", "lapsed"}:
            self._over(order)

    def lapse(self, order: int) -> None:
        if self.states.get(order) == "held":
            rows = Reservation.objects.filter(reference=self.references[order], status="open")
            rows.update(expires_at=db.clock(db.INVENTORY))
            self.states[order] = "lapsed"

    def ship(self, order: int) -> None:
        left = stock.ship(reference=self.references[order], by="staff:1")
        if self.states.get(order) == "sold":
            assert left == self.wants[order]
            for key, units in left.items():
                self.on_hand[key] -= units
            self._over(order)
        else:
            assert left == {}

    def deallocate(self, order: int) -> None:
        stock.deallocate(reference=self.references[order], by="system")
        if self.states.get(order) == "sold":
            self._over(order)

    def receive(self, which: int, units: int) -> None:
        stock.receive(variant_id=VARIANTS[which], sku="A", quantity=units, reason="delivery", by="staff:1")
        self.on_hand[VARIANTS[which]] += units

    def adjust(self, which: int, units: int) -> None:
        item = StockItem.objects.get(variant_id=VARIANTS[which])
        units = min(units, item.available)  # recounts below what is promised have tests of their own
        if units:
            stock.adjust(stock_item_id=item.id, change=-units, reason="broken", by="staff:1")
            self.on_hand[VARIANTS[which]] -= units

    def _over(self, order: int) -> None:
        del self.states[order], self.wants[order]
        self.references[order] = uuid4()

    @staticmethod
    def _raises(expected: type[Exception] | None, call: Callable[[], object]) -> bool:
        """Whether the call went through, as it should have."""
        if expected is None:
            call()
            return True
        with pytest.raises(expected):
            call()
        return False

    @staticmethod
    def _is(answer: bool, expected: bool) -> None:
        assert answer is expected


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=5, max_size=14))
def test_any_sequence_of_commands_agrees_with_the_model(sequence: list[tuple[str, int, object]]) -> None:
    for table in (Reservation, Allocation, StockMovement, StockItem):
        table.objects.all().delete()
    for variant in VARIANTS:
        stocked(5, variant_id=variant)
    model = Model(dict.fromkeys(VARIANTS, 5))
    for name, which, argument in sequence:
        if name == "sweep":
            reservations.expire()
        elif argument is None:
            getattr(model, name)(which)
        else:
            getattr(model, name)(which, argument)
        assert selectors.available(VARIANTS) == model.available()
        assert_adds_up()
    assert dict(StockItem.objects.values_list("variant_id", "on_hand")) == model.on_hand
