"""F38, F39: more requests than connections; a database whose disk is full. Clear refusals, and then it goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.faults.private import PrivateShop, private_shop
from tests.faults.report import LONG
from tests.faults.shoppers import Answer, ask
from tests.journeys.running import eventually

pytestmark = [pytest.mark.fault, pytest.mark.skipif(not LONG, reason="only in make test-faults")]
CLIENTS = 12


def visit(shop: PrivateShop, token: str, count: int) -> list[Answer]:
    """So many carts looked at, at the same time."""
    answers: list[Answer] = []
    look = lambda: answers.append(ask(shop.url, "GET", "/api/cart", headers={"X-Cart-Token": token}))  # noqa: E731
    threads = [threading.Thread(target=look) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_F38_without_a_free_connection_the_answer_is_503_in_seconds(
    record_property: Callable[[str, object], None],
) -> None:
    """Two connections for each of two processes with more threads than that, and a lock that holds those up."""
    with private_shop(DATABASE_POOL_SIZE="2") as shop:
        crowd = shop.crowd(3)
        with psycopg.connect(shop.database) as blocker:
            blocker.execute("LOCK TABLE cart_cart IN ACCESS EXCLUSIVE MODE")
            threading.Timer(8, blocker.rollback).start()
            answers = visit(shop, crowd.tokens[0], CLIENTS)
        refused = [one for one in answers if one.status == 503]
        slowest = max(one.ended - one.began for one in refused)
        assert {one.status for one in answers} <= {200, 503}
        assert refused
        assert [one for one in refused if not one.retry_after or one.body["error"]["code"] != "unavailable"] == []
        assert slowest < 10  # a turn of threads after the other, three seconds each

        assert [one.status for one in visit(shop, crowd.tokens[0], 4)] == [200] * 4
        crowd.start()
        crowd.wait()
        assert len(crowd.orders) == 3
        shop.settle()
        assert shop.violations() == ""
        record_property("figures", f"F38: {len(refused)} of {CLIENTS} refused, the slowest after {slowest:.1f} s")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "holdfast", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> Path:
    """Use up every block that is left."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_F39_a_full_disk_refuses_orders_and_serves_pages(record_property: Callable[[str, object], None]) -> None:
    with private_shop(disk=lambda folder: small_disk(folder, 600)) as shop:
        crowd = shop.crowd(40)
        filler = fill((shop.data / "servers").resolve())
        crowd.start(patience=40, spread=0.1)
        assert eventually(lambda: 503 in crowd.statuses(), seconds=60), crowd.statuses()
        began = time.monotonic()
        pages = [ask(shop.url, "GET", path).status for path in ("/", "/products/", "/api/products/") * 3]
        served = time.monotonic() - began
        before = len(crowd.orders)
        filler.unlink()
        crowd.wait()

        assert crowd.faults() == []
        assert set(pages) == {200}
        shop.settle()
        assert shop.missing(crowd.orders.values()) == []
        assert len(crowd.orders) == 40
        assert shop.violations() == ""
        record_property("figures", f"F39: {before} orders on the full disk, {len(pages)} pages in {served:.1f} s")
