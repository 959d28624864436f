"""What changes, returns and kept deliveries leave of a line: every minor unit once, whatever comes after what."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cart.tax.rules import Rate
from checkout.orders import carrying, invariants, locking, revising
from checkout.orders.models import Order, OrderLine
from checkout.returns import rules as returns
from shop.core import db
from tests.factories import invoices as papers
from tests.factories.invoices import SALES, VAT, VAT_FOOD, Wanted
from tests.faults.report import LONG

pytestmark = pytest.mark.django_db
TAXED = Rate("Sales tax", Decimal("0.0825"), "standard", applies_to_shipping=True)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def lines(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order_id=order.pk).order_by("position"))


def take_back(order: Order, line: OrderLine, units: int, *, keeps: bool) -> int:
    """Units came back, as `checkout.returns` settles them; returns what is kept of their delivery, tax included."""
    given_back, delivery = returns.given_back(
        revising.rest(line), carrying.carried(line),
        units=units, of=line.quantity - line.returned, with_delivery=not keeps,
    )  # fmt: skip
    with transaction.atomic(using=db.DEFAULT):
        revising.take_back(
            order=locking.order(order.pk), units={line.pk: units}, by="staff:1", amounts={line.pk: given_back}
        )
    return delivery.value if keeps else 0


def change(order: Order, *, removed: dict[UUID, int] | None = None, added: Sequence[Wanted] = (), **how: Any) -> None:
    quoted = papers.quote(added, how.pop("rates", ()), currency=order.currency).lines if added else ()
    with transaction.atomic(using=db.DEFAULT):
        revising.revise(
            order=locking.order(order.pk), kind="edit", by="staff:1", removed=removed, added=quoted, **how
        )  # fmt: skip


def sums(order: Order) -> tuple[int, int, int]:
    """Due, delivery and tax."""
    order = now(order)
    return order.due_minor, order.shipping_minor, order.tax_minor


class TestKeptDelivery:
    """Two units of 10.00 with 6.00 of delivery; one came back, and its 3.00 are kept."""

    @pytest.mark.parametrize(
        ("rates", "due"), [([], 300), ([VAT], 300), ([TAXED], 325), ([SALES], 300)]
    )  # 3.00, and what tax there is on it
    @pytest.mark.parametrize("then", ["taken off", "back", "back and kept"])
    def test_it_stays_whatever_becomes_of_the_other_unit(self, rates: list[Rate], due: int, then: str) -> None:
        order = papers.paid([(2, 1000, "standard")], rates, shipping=600)
        (line,) = lines(order)
        kept = take_back(order, line, 1, keeps=True)
        assert kept == due
        (line,) = lines(order)
        if then == "taken off":
            change(order, removed={line.pk: 1})
        else:
            kept += take_back(order, line, 1, keeps=then == "back and kept")
        (line,) = lines(order)
        assert (now(order).due_minor, revising.rest(line).value) == (kept, 0)
        assert revising.kept(line).value == kept
        assert invariants.shares_add_up() == invariants.prices_add_up() == []

    def test_another_delivery_leaves_it_as_it_is(self) -> None:
        order = papers.paid([(2, 1000, "standard")], [TAXED], shipping=600)
        kept = take_back(order, lines(order)[0], 1, keeps=True)
        change(order, changed={"delivery_option": "free"}, delivery_minor=0)
        (line,) = lines(order)
        assert (revising.kept(line).value, line.kept_shipping_minor, line.shipping_minor) == (kept, 300, 300)
        assert sums(order)[0] == 1000 + 84 + kept  # of 1.08, the share of the tax that was left, 0.24 were on delivery
        change(order, changed={"delivery_option": "express"}, delivery_minor=1500)
        (line,) = lines(order)
        assert (revising.kept(line).value, revising.rest(line).shipping) == (kept, 1200)
        assert invariants.shares_add_up() == []

    def test_more_than_the_rest_is_never_taken_off(self) -> None:
        order = papers.paid([(2, 1000, "standard")], shipping=600)
        take_back(order, lines(order)[0], 1, keeps=True)
        with pytest.raises(revising.NoSuchUnits):
            revising.worth(lines(order)[0], 2)
        assert revising.worth(lines(order)[0], 1).value == 1300

    def test_what_is_left_over_or_missing_is_told(self) -> None:
        order = papers.paid([(1, 1000, "standard")], shipping=600)
        take_back(order, lines(order)[0], 1, keeps=True)
        assert invariants.shares_add_up() == []
        for wrong in ({"kept_shipping_minor": 599}, {"kept_shipping_minor": 601}, {"kept_tax_minor": -1}):
            order.lines.update(**{"kept_shipping_minor": 600, "kept_tax_minor": 0, **wrong})
            told = {sentence.partition(":")[0] for sentence in invariants.shares_add_up()}
            assert told == {f"I6 {order.number}, line 1"}


class TestSwap:
    @pytest.mark.parametrize(("rates", "tax"), [([], (0, 0)), ([TAXED], (215, 132)), ([SALES], (165, 83))])
    def test_everything_for_another_thing_is_delivered_all_the_same(
        self, rates: list[Rate], tax: tuple[int, int]
    ) -> None:
        """20.00 of goods for 10.00 of others: 6.00 of delivery, and its tax at their rate."""
        order = papers.paid([(2, 1000, "standard")], rates, shipping=600)
        assert sums(order) == (2600 + tax[0], 600, tax[0])
        change(order, removed={lines(order)[0].pk: 2}, added=[(1, 1000, "standard")], rates=rates)
        old, new = lines(order)
        assert sums(order) == (1600 + tax[1], 600, tax[1])
        assert (revising.whole(old).value, new.shipping_minor) == (0, 600)
        change(order, removed={new.pk: 1}, added=[(1, 1000, "standard"), (2, 500, "food")], rates=rates)
        assert [line.shipping_minor for line in lines(order)] == [0, 0, 300, 300]
        assert invariants.shares_add_up() == invariants.prices_add_up() == []

    def test_a_part_of_it_takes_its_share_of_the_delivery_over(self) -> None:
        order = papers.paid([(2, 1000, "standard"), (1, 1000, "standard")], shipping=600)
        change(order, removed={lines(order)[0].pk: 1}, added=[(3, 100, "standard")])
        assert [line.shipping_minor for line in lines(order)] == [200, 200, 200]
        assert sums(order) == (2900, 600, 0)

    def test_what_is_only_taken_off_or_only_added_is_as_before(self) -> None:
        order = papers.paid([(2, 1000, "standard")], shipping=600)
        change(order, added=[(1, 1000, "standard")])
        assert sums(order) == (3600, 600, 0)
        change(order, removed={lines(order)[0].pk: 1})
        assert sums(order) == (2300, 300, 0)

    def test_another_delivery_at_once_costs_what_it_costs(self) -> None:
        order = papers.paid([(2, 1000, "standard")], [TAXED], shipping=600)
        change(
            order, removed={lines(order)[0].pk: 2}, added=[(1, 1000, "standard")], rates=[TAXED],
            changed={"delivery_option": "express"}, delivery_minor=1500,
        )  # fmt: skip
        assert sums(order) == (2500 + 206, 1500, 206)

    def test_what_is_kept_of_a_return_is_not_swapped_away(self) -> None:
        order = papers.paid([(2, 1000, "standard")], shipping=600)
        take_back(order, lines(order)[0], 1, keeps=True)
        change(order, removed={lines(order)[0].pk: 1}, added=[(1, 500, "standard")])
        old, new = lines(order)
        assert (old.shipping_minor, old.kept_shipping_minor, new.shipping_minor) == (300, 300, 300)
        assert sums(order)[0] == 500 + 600


class Story:
    """An order to which anything happens; `kept` is what returns kept, by a book of its own."""

    def __init__(self, data: st.DataObject) -> None:
        self.draw = data.draw
        self.rates = self.draw(st.sampled_from([[], [VAT, VAT_FOOD], [TAXED], [TAXED, VAT_FOOD], [SALES]]))
        wanted = st.tuples(st.integers(1, 4), st.integers(0, 9_999), st.sampled_from(["standard", "food"]))
        self.order = papers.paid(
            self.draw(st.lists(wanted, min_size=1, max_size=3)), self.rates,
            discount=self.draw(st.integers(0, 3000)), shipping=self.draw(st.integers(0, 900)),
        )  # fmt: skip
        self.kept = 0

    def happens(self) -> None:
        open_lines = [line for line in lines(self.order) if line.quantity > line.returned]
        if not open_lines:
            return
        line = self.draw(st.sampled_from(open_lines))
        units = self.draw(st.integers(1, line.quantity - line.returned))
        shipping = now(self.order).shipping_minor
        what = self.draw(st.sampled_from(["return", "keep", "take off", "swap", "send otherwise"]))
        if what in {"return", "keep"}:
            self.kept += take_back(self.order, line, units, keeps=what == "keep")
        elif what == "take off":
            change(self.order, removed={line.pk: units})
        elif what == "swap":
            more = (self.draw(st.integers(1, 3)), self.draw(st.integers(0, 5_000)), "standard")
            change(self.order, removed={line.pk: units}, added=[more], rates=self.rates)
            assert now(self.order).shipping_minor == shipping
        else:
            price = self.draw(st.integers(0, 2_000))
            change(self.order, changed={"delivery_option": str(price)}, delivery_minor=price)

    def ends(self) -> None:
        """Whatever is left of it is taken off, or comes back with its delivery."""
        for line in lines(self.order):
            if units := line.quantity - line.returned:
                if self.draw(st.booleans()):
                    change(self.order, removed={line.pk: units})
                else:
                    take_back(self.order, line, units, keeps=False)

    def check(self) -> None:
        found, order = lines(self.order), now(self.order)
        assert order.total_minor == sum(revising.whole(line).value for line in found)
        assert order.due_minor == sum(revising.live(line).value for line in found)
        assert sum(revising.kept(line).value for line in found) == self.kept
        assert invariants.shares_add_up() == invariants.prices_add_up() == []


@settings(
    max_examples=300 if LONG else 12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
@given(st.data())
def test_no_sequence_gives_back_what_was_kept_or_makes_or_loses_a_minor_unit(data: st.DataObject) -> None:
    with transaction.atomic(using=db.DEFAULT):
        story = Story(data)
        for _step in range(data.draw(st.integers(1, 6))):
            story.happens()
            story.check()
        story.ends()
        story.check()
        assert now(story.order).due_minor == story.kept
        transaction.set_rollback(True, using=db.DEFAULT)
