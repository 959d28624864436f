"""F28: PostgreSQL is killed with -9 while orders are placed, and the shop brings it back by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.private import PrivateShop, private_shop
from tests.faults.report import LONG

pytestmark = pytest.mark.fault
SHOPPERS = 50 if LONG else 10
BACK = 30.0  # seconds


@pytest.fixture(scope="module")
def shop() -> Iterator[PrivateShop]:
    with private_shop() as running:
        yield running


def test_F28_no_acknowledged_order_is_lost_and_the_shop_is_back_in_seconds(
    shop: PrivateShop, schedules: Callable[..., Iterator[object]], record_property: Callable[[str, object], None]
) -> None:
    back = []
    for run, _schedule in enumerate(schedules(quick=1, long=10)):
        crowd = shop.crowd(SHOPPERS)
        crowd.start(spread=0.05)
        crowd.until_ordered(1 + run * SHOPPERS // 20)
        killed = shop.kill("postgres")
        crowd.wait()
        back.append(crowd.first_order_after(killed))

        assert crowd.faults() == []
        assert back[-1] < BACK
        shop.settle()
        assert shop.missing(crowd.orders.values()) == []
        assert len(crowd.orders) == SHOPPERS
    assert shop.violations() == ""
    figures = f"F28: {SHOPPERS} checkouts, back after {min(back):.1f} to {max(back):.1f} s"
    record_property("figures", figures)
