"""CPU of a cart and an order, summed over all processes, beside an empty Django view in the same run.

    make bench                                    on servers and data of its own
    make bench BENCH_ARGS="--runs 9"              more runs
    make bench BENCH_ARGS="--catalog FILE"        another catalogue

Requests go one after the other, so that the figures are costs and not queues. Wall time is shown for orientation only:
machines are shared and noisy, CPU time much less so. Catalogue pages: `BENCH=pages`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import data, serving
from bench.client import Client
from bench.meter import Children, Meter, free_port, postgres_pid, valkey_pid
from shop.local import addresses, runner

PAGE = ("web", "postgresql", "valkey")
ALL = (*PAGE, "worker")
RESULTS = addresses.CHECKOUT / "bench" / "results"


@dataclass(frozen=True)
class Row:
    """One line of the table: medians over the runs."""

    name: str
    cpu_ms: float
    spread_ms: float
    wall_ms: float
    parts: dict[str, float]  # CPU ms by group of processes


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.runs, self.requests = options.runs, options.requests
        self.url, redis_url = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
        self.port, self.empty_port = free_port(8700), free_port(9300)
        self.children = Children(RESULTS, serving.environment(self.port))
        self.meter = Meter()
        self.meter.add("postgresql", postgres_pid(self.url))
        self.meter.add("valkey", valkey_pid(redis_url))
        self.rows: list[Row] = []

    def prepare(self, catalogue: Path | None) -> str:
        """Data in, servers up; returns the catalogue's name."""
        self._worker()
        name = data.fill(self.children.env, self.url, catalogue)
        self.children.stop("worker")
        sandbox = self.children.env["STRIPE_API_BASE"].rpartition(":")[2]
        self.children.start("sandbox", "-m", "checkout.payments.sandbox", "--port", sandbox)
        self.meter.add("empty", self.children.granian("empty", "bench.empty:application", self.empty_port))
        self.meter.add("web", self.children.granian("web", "shop.wsgi:application", self.port))
        return name

    def _worker(self) -> int:
        return self.children.start(
            "worker", "-m", "celery", "--quiet", "-A", "shop", "worker", "--concurrency", "2",
            "--loglevel", "ERROR", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def measure(
        self,
        name: str,
        groups: tuple[str, ...],
        port: int,
        paths: Iterator[str],
        *,
        cookie: str = "",
        factor: int = 1,
    ) -> None:
        """A row of the table: `requests` × `factor` requests a run, after a warm-up."""
        client, count = Client(port), self.requests * factor
        for path in itertools.islice(paths, 2 * runner.WEB_WORKERS + 6):
            client.get(path, cookie=cookie)
        self._runs(name, groups, client, count, lambda: client.get(next(paths), cookie=cookie))

    def _runs(
        self,
        name: str,
        groups: tuple[str, ...],
        client: Client,
        count: int,
        work: Callable[[], object],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        runs: list[dict[str, float]] = []
        walls: list[float] = []
        for _run in range(self.runs):
            client.start_over()
            before = {group: self.meter.read(group) for group in groups}
            for _request in range(count):
                work()
            after()
            runs.append({group: (self.meter.read(group) - before[group]) * 1000 / count for group in groups})
            walls += client.seconds[:]
        costs = [sum(parts.values()) for parts in runs]
        parts = {group: statistics.median(one[group] for one in runs) for group in groups}
        wall = statistics.median(walls) * 1000
        self.rows.append(Row(name, statistics.median(costs), max(costs) - min(costs), wall, parts))
        _say(self.rows[-1], self.rows[0])

    def empty(self) -> None:
        self.measure("empty view", ("empty",), self.empty_port, itertools.repeat("/"), factor=25)

    def orders(self, sample: data.Sample) -> None:
        client, variants = Client(self.port), itertools.cycle(sample.variants[:400])
        token, _total = client.fill_cart(list(itertools.islice(variants, 3)))
        self.measure("cart of 3 lines", PAGE, self.port, itertools.repeat("/cart/"), cookie=f"cart={token}")

        count = max(10, self.requests // 2)
        carts = iter([client.fill_cart([next(variants)]) for _ in range(count * self.runs)])
        self._runs("order placed, the request", PAGE, client, count, lambda: client.order(*next(carts)))
        self.meter.add("worker", self._worker())
        data.drain(self.url, patience=180)
        client.start_over()
        warm_up = [client.fill_cart([next(variants)]) for _ in range(10)]
        carts = iter([client.fill_cart([next(variants)]) for _ in range(count * self.runs)])
        for cart in warm_up:
            client.order(*cart)
        data.drain(self.url)
        self._runs(
            "order, all its work", ALL, client, count, lambda: client.order(*next(carts)), lambda: data.drain(self.url)
        )


def _say(row: Row, empty: Row) -> None:
    ratio = f"{row.cpu_ms / empty.cpu_ms:8.1f}" if empty.cpu_ms else "       –"
    parts = ", ".join(f"{group} {cost:.1f}" for group, cost in row.parts.items())
    print(f"{row.name:28}{row.cpu_ms:10.2f}{row.spread_ms:10.2f}{ratio}{row.wall_ms:10.1f}   {parts}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each page is measured (5)")
    parser.add_argument("--requests", type=int, default=40, help="requests a run (40)")
    parser.add_argument("--catalog", type=Path, help="a catalogue file (default: Icecat, else the demo)")
    return parser.parse_args()


def main() -> None:
    options, started = _options(), time.monotonic()
    bench = Bench(options)
    try:
        name = bench.prepare(options.catalog)
        sample = data.sample(bench.url)
        print(f"{sample.products:,} products that can be bought ({name}); {options.runs} runs of {options.requests}.")
        print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}. Medians.")
        if bench.meter.missing:
            print(f"Not on this machine, so not counted: {', '.join(bench.meter.missing)}.")
        print(f"\n{'':28}{'CPU ms':>10}{'spread':>10}{'× empty':>8}{'wall ms':>10}   CPU ms by process")
        bench.empty()
        bench.orders(sample)
    finally:
        bench.children.stop_all()
    target = RESULTS / "run.json"
    target.write_text(json.dumps([row.__dict__ for row in bench.rows], indent=1))
    print(f"\n{time.monotonic() - started:.0f} s; the figures are in {target.relative_to(addresses.CHECKOUT)}.")


if __name__ == "__main__":
    main()
