"""F35: the primary is killed with -9 while orders are placed, its replica is promoted, the shop goes on there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.faults import cluster
from tests.faults.cluster import Pair
from tests.faults.private import PrivateShop, private_shop
from tests.faults.report import LONG

pytestmark = [pytest.mark.fault, pytest.mark.skipif(not LONG, reason="only in make test-faults")]
SHOPPERS = 50
BACK = 60.0  # seconds


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with cluster.pair() as both:
        yield both


@pytest.fixture(scope="module")
def shop(pair: Pair) -> Iterator[PrivateShop]:
    with private_shop(DATABASE_URL=pair.url) as running:
        yield running


def test_F35_no_acknowledged_order_is_lost_when_the_replica_takes_over(
    shop: PrivateShop,
    pair: Pair,
    schedules: Callable[..., Iterator[object]],
    record_property: Callable[[str, object], None],
) -> None:
    back = []
    for run, _schedule in enumerate(schedules(quick=1, long=10)):
        crowd = shop.crowd(SHOPPERS)
        shop.database = pair.primary.url()
        crowd.start(spread=0.05)
        crowd.until_ordered(1 + run * SHOPPERS // 20)
        killed = pair.fail_over()
        shop.database = pair.primary.url()
        crowd.wait()
        back.append(crowd.first_order_after(killed))

        assert crowd.faults() == []
        assert back[-1] < BACK
        assert not pair.replica.answers()  # the old primary stays down: nothing can be written to it
        shop.settle()
        assert shop.missing(crowd.orders.values()) == []
        assert len(crowd.orders) == SHOPPERS
        pair.heal()
    assert shop.violations() == ""
    figures = f"F35: {SHOPPERS} checkouts, on the promoted replica after {min(back):.1f} to {max(back):.1f} s"
    record_property("figures", figures)


def test_F35_the_replica_itself_takes_no_order(shop: PrivateShop, pair: Pair) -> None:
    """The control of "no write to the wrong one": before it is promoted, the replica refuses to be written to."""
    with psycopg.connect(pair.replica.url()) as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("UPDATE checkout_order SET status = 'cancelled'")
    assert pair.replica.rows("SELECT count(*) FROM checkout_order") == pair.primary.rows(
        "SELECT count(*) FROM checkout_order"
    )
