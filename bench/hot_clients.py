"""Clients of `reservations.reserve` for bench/hot_sku.py: `python bench/hot_clients.py THREADS SECONDS VARIANT`.

One process, with as many threads as a web worker has. Says "ready", waits for a line, reserves one unit after the
other as fast as it can, and prints JSON: how many reservations and refusals, and the milliseconds of each.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.db import connections  # noqa: E402

from inventory.reservations import services as reservations  # noqa: E402
from shop.core import db  # noqa: E402

TTL = timedelta(minutes=15)


def buy(variant_id: UUID) -> bool:
    """Whether there was a unit."""
    try:
        reservations.reserve(quantities={variant_id: 1}, reference=db.uuid7(), ttl=TTL, by="guest")
    except reservations.OutOfStock:
        return False
    return True


def client(variant_id: UUID, seconds: float, start: threading.Event, had: list[float], missed: list[float]) -> None:
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute("SELECT 1")  # connected before the clock runs
    start.wait()
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        (had if buy(variant_id) else missed).append(round((time.perf_counter() - began) * 1000, 3))
    connections.close_all()


def main(threads: int, seconds: float, variant_id: UUID) -> None:
    start = threading.Event()
    had: list[float] = []
    missed: list[float] = []
    crowd = [threading.Thread(target=client, args=(variant_id, seconds, start, had, missed)) for _ in range(threads)]
    for one in crowd:
        one.start()
    print("ready", flush=True)
    sys.stdin.readline()
    start.set()
    for one in crowd:
        one.join()
    print(json.dumps({"had": had, "missed": missed}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), UUID(sys.argv[3]))
