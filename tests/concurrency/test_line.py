"""F40: more shoppers than can be served come at once; they are served in turn, and everybody admitted gets an order."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from cart.carts.models import Cart
from checkout.orders.models import Order
from checkout.purchase import line
from checkout.purchase.models import QueuedOrder
from tests.concurrency.race import together
from tests.factories import cart as carts
from tests.faults.report import LONG
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates(settings: Any) -> None:
    carts.rates()
    settings.LINE_SERVERS = 4
    settings.LINE_ORDERS_PER_SECOND = 0


def click(cart: Cart, total: Any) -> QueuedOrder:
    """A click on "Pay" while no slot is free."""
    mine = Cart.objects.get(pk=cart.pk)
    return line.join(cart=mine, details=carts.DETAILS, seen_total=total, key=f"key-{cart.pk}", by="guest")


def crowd(product: Any, size: int) -> list[Any]:
    made = [carts.cart((product, 1)) for _ in range(size)]
    total = carts.total(made[0])
    return [partial(click, cart, total) for cart in made]


def in_turn(rows: list[QueuedOrder]) -> bool:
    """Whether they were begun in the order of their numbers."""
    return [row.pk for row in sorted(rows, key=lambda row: row.number)] == [
        row.pk for row in sorted(rows, key=lambda row: row.started_at)
    ]


def wave_after_wave(rows: list[QueuedOrder], waves: list[list[int]]) -> bool:
    """Whether nobody was begun before somebody of an earlier wave.

    While a wave joins and is served, a number may be seen before a lower one whose row is yet to be committed.
    """
    wave = {number: place for place, numbers in enumerate(waves) for number in numbers}
    begun = [wave[row.number] for row in sorted(rows, key=lambda row: row.started_at)]
    return begun == sorted(begun)


def test_F40_everybody_in_line_gets_an_order_in_turn(schedules: Any) -> None:
    """Twenty at once, wave after wave, while one serves, the last ones while nobody does; then four serve: nobody is
    overtaken, and all of them are placed.
    """
    waves, size = (15, 20) if LONG else (2, 8)
    for _schedule in schedules(quick=1, long=10):
        product = carts.product(units=waves * size)
        joined: list[list[int]] = []
        for wave in range(waves):
            serving = [partial(line.serve, seconds=0.2)] if wave < waves - 1 else []
            rows = [one for one in together([*crowd(product, size), *serving]) if isinstance(one, QueuedOrder)]
            assert len(rows) == size
            joined.append([row.number for row in rows])
        left = set(QueuedOrder.objects.filter(status="waiting").values_list("pk", flat=True))
        together([partial(line.serve, seconds=120)] * 4)
        mine = list(QueuedOrder.objects.filter(number__in=[number for wave in joined for number in wave]))
        at_once = [row for row in mine if row.attempts == 1]  # who was given back is begun again, later than others
        placed = [row for row in mine if row.status == "placed"]
        assert len(placed) >= 0.997 * waves * size
        assert [row.code for row in mine if row.status != "placed"] == []
        assert [max(wave) for wave in joined] == sorted(max(wave) for wave in joined)
        assert all(max(early) < min(late) for early, late in pairwise(joined))
        assert wave_after_wave(at_once, joined)
        assert len(left) >= size
        assert in_turn([row for row in at_once if row.pk in left])
        assert Order.objects.filter(pk__in=[row.order_id for row in placed]).count() == len(placed)
    assert violations() == []


def test_F40_one_click_pressed_by_ten_is_one_place_and_one_order(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        (press,) = crowd(carts.product(units=5), 1)
        outcomes = together([*[press] * 10, partial(line.serve, seconds=1)])
        together([line.serve] * 2)
        numbers = {one.number for one in outcomes if isinstance(one, QueuedOrder)}
        (row,) = QueuedOrder.objects.filter(number__in=numbers)
        assert (row.status, Order.objects.filter(pk=row.order_id).count()) == ("placed", 1)
    assert violations() == []


def test_F40_when_it_is_sold_out_the_rest_of_the_line_is_told(schedules: Any) -> None:
    for _schedule in schedules(quick=1, long=10):
        product = carts.product(units=4, name="Drop")
        rows = together(crowd(product, 8))
        together([partial(line.serve, seconds=60)] * 4)
        mine = QueuedOrder.objects.filter(pk__in=[row.pk for row in rows])
        codes = sorted(mine.values_list("status", "code"))
        assert codes == [("placed", "")] * 4 + [("refused", "out_of_stock")] * 4
    assert violations() == []


def test_F40_control_whoever_is_picked_without_regard_to_numbers_overtakes(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = together(crowd(carts.product(units=9), 6))
    monkeypatch.setattr(line, "_CLAIM", line._CLAIM.replace("ORDER BY number", "ORDER BY number DESC"))
    assert line.serve(seconds=60) == 6
    assert not in_turn(list(QueuedOrder.objects.filter(pk__in=[row.pk for row in rows])))
