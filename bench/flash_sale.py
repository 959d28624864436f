"""A flash sale: far more shoppers press "Pay" than orders can be placed, while the payment provider is down.

    make bench BENCH=flash_sale                        20 times the sustainable load for 60 s
    make bench BENCH=flash_sale BENCH_ARGS="--factor 10 --seconds 30"

First it measures how many orders a second this machine sustains, all their work included. Then that many times
`--factor` shoppers arrive every second, whether or not the ones before them were answered, each with a full cart, and
press Pay. Who is put in line follows the place in it. The payment provider is dead from the first second to the last.

Afterwards: who was admitted (an order, or a place in the line) must have an order, the others a clear answer; the
provider comes back, and every order must end paid, with nothing left waiting and no invariant violated.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import aiohttp
import psycopg

from bench import buyers, data
from bench.client import Client
from bench.meter import Children, free_port
from bench.run import RESULTS
from bench.serving import environment
from shop.local import addresses

WARM_UP = 80  # orders that show what the machine sustains
PATIENCE = 1500  # seconds until everything must have ended
# Orders begun before one that had come over a second earlier (who came in the same moment may commit in any order).
OUT_OF_TURN = """
    SELECT count(*) FROM checkout_queuedorder late WHERE EXISTS (
        SELECT FROM checkout_queuedorder early WHERE early.number < late.number
        AND early.joined_at < late.joined_at - interval '1 second' AND early.started_at > late.started_at)
"""


@dataclass
class Tally:
    """What became of the shoppers, and how long they waited for the first answer and for the last, in seconds."""

    ends: collections.Counter[str] = field(default_factory=collections.Counter)
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    late: int = 0  # arrivals that this client could not send in time


class Sale:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.url = options, os.environ["DATABASE_URL"]
        self.port = free_port(8700)
        limits = {"LINE_LIMIT": str(options.line), "EMAIL_URL": "dummy://"}
        self.children = Children(RESULTS, environment(self.port) | limits)
        self.sandbox = self.children.env["STRIPE_API_BASE"].rpartition(":")[2]
        self.tally = Tally()
        self.total = ""

    def run(self) -> int:
        data.manage(self.children.env, "migrate", "--noinput", "-v", "0")
        self._start()
        if not data.count(self.url):
            data.manage(self.children.env, "load_demo")
            data.drain(self.url, patience=300)
        pace = self._sustainable()
        rate = pace * self.options.factor
        count = round(rate * self.options.seconds)
        crowd = self._crowd(count)
        self.children.stop("sandbox")
        print(f"Sustainable: {pace:.1f} orders/s. Now {rate:.0f} shoppers a second for {self.options.seconds} s, ")
        print(f"{count:,} in all, at most {self.options.line:,} in line; the payment provider is down.", flush=True)
        asyncio.run(self._storm(crowd, rate))
        self._provider()
        settled = self._settle()
        return self._report(pace, count, settled)

    def _start(self) -> None:
        self._provider()
        self.children.granian("web", "shop.wsgi:application", self.port)
        celery = ("-m", "celery", "--quiet", "-A", "shop")
        quiet = ("--loglevel", "ERROR")
        self.children.start("worker", *celery, "worker", "--concurrency", "2", "--without-gossip", *quiet)
        timetable = str(RESULTS / "beat-schedule")
        self.children.start("beat", *celery, "beat", "--pidfile", "", "--schedule", timetable, *quiet)

    def _provider(self) -> None:
        """It remembers what it was asked before it died; payments of other benchmarks are none of its own."""
        kept = str(addresses.data_folder() / "bench" / "sandbox")
        self.children.start("sandbox", "-m", "checkout.payments.sandbox", "--port", self.sandbox, "--data", kept)

    def _crowd(self, shoppers: int) -> list[str]:
        command = [sys.executable, "bench/crowd.py", str(shoppers), str(shoppers + 1000)]
        made = subprocess.run(
            command, cwd=addresses.CHECKOUT, env=self.children.env, stdout=subprocess.PIPE, text=True, check=True
        )
        answer = json.loads(made.stdout.splitlines()[-1])
        self.total = answer["total"]
        tokens: list[str] = answer["tokens"]
        return tokens

    def _sustainable(self) -> float:
        """Orders a second, from the first click until the last one is paid, one click after the other."""
        tokens = self._crowd(WARM_UP + 5)
        client = Client(self.port)
        for token in tokens[:5]:
            client.order(token, self.total)
        data.drain(self.url, patience=120)
        started = time.monotonic()
        for token in tokens[5:]:
            client.order(token, self.total)
        self._wait_for_payments()
        pace = WARM_UP / (time.monotonic() - started)
        data.drain(self.url, patience=300)
        return pace

    async def _storm(self, tokens: list[str], rate: float) -> None:
        async with buyers.session(self.port, connections=600) as shop:
            started, shoppers = time.monotonic(), []
            for number, token in enumerate(tokens):
                behind = time.monotonic() - started - number / rate
                self.tally.late += behind > 1
                if behind < 0:
                    await asyncio.sleep(-behind)
                shoppers.append(asyncio.create_task(self._shopper(shop, token)))
            await asyncio.gather(*shoppers)

    async def _shopper(self, shop: aiohttp.ClientSession, token: str) -> None:
        started = time.monotonic()
        try:
            end = await self._buy(shop, token, started)
        except buyers.NoAnswer as error:
            end = f"no answer ({type(error).__name__})"
        self.tally.ends[end] += 1
        self.tally.last.append(time.monotonic() - started)

    async def _buy(self, shop: aiohttp.ClientSession, token: str, started: float) -> str:
        answer = await buyers.pay(shop, token, self.total)
        self.tally.first.append(time.monotonic() - started)
        if answer.status == 201:
            self.tally.placed.append(answer.body["number"])
            return "order at once"
        if answer.status != 202:
            return _clear(answer)
        return await self._wait(shop, answer)

    async def _wait(self, shop: aiohttp.ClientSession, answer: buyers.Answer) -> str:
        place, until = answer.body["place"], time.monotonic() + PATIENCE
        while time.monotonic() < until:
            await asyncio.sleep(2 if place <= 20 else 5 if place <= 200 else 10)  # as the page does
            try:
                turn = (await buyers.ask(shop, answer.location)).body
            except buyers.NoAnswer:
                continue
            if turn.get("status") == "placed":
                self.tally.placed.append(turn["order"]["number"])
                return "order in turn"
            if turn.get("status") == "refused":
                return f"refused in line: {turn['error']['code']}"
            place = turn.get("place", place)
        return "waited for ever"

    def _settle(self) -> float:
        """Seconds until every order is paid and every event heard, after the provider came back."""
        started = time.monotonic()
        self._wait_for_payments()
        data.drain(self.url, patience=300)
        return time.monotonic() - started

    def _wait_for_payments(self) -> None:
        open_orders = "SELECT count(*) FROM checkout_order WHERE status IN ('pending', 'payment_pending')"
        until = time.monotonic() + PATIENCE
        with psycopg.connect(self.url, autocommit=True) as connection:
            while time.monotonic() < until:
                row = connection.execute(open_orders).fetchone()
                if row and not row[0]:
                    return
                time.sleep(0.2)

    def _report(self, pace: float, count: int, settled: float) -> int:
        ends = self.tally.ends
        turned_away = sum(number for end, number in ends.items() if end.startswith("clear:"))
        bought = ends["order at once"] + ends["order in turn"]
        admitted = count - turned_away
        share = 100 * bought / admitted if admitted else 0.0
        with psycopg.connect(self.url, autocommit=True) as connection:
            numbers = {row[0] for row in connection.execute("SELECT number FROM checkout_order").fetchall()}
            unpaid = connection.execute("SELECT count(*) FROM checkout_order WHERE captured_minor < total_minor")
            left = int((unpaid.fetchone() or [0])[0])
            jumped = connection.execute(OUT_OF_TURN).fetchone()
        lost = [number for number in self.tally.placed if number not in numbers]
        for end, number in sorted(ends.items()):
            print(f"  {number:7,}  {end}")
        print(f"Admitted {admitted:,}, of them with an order {bought:,} = {share:.2f} %; turned away {turned_away:,}.")
        print(
            f"First answer: median {_at(self.tally.first, 0.5):.2f} s, 99 % {_at(self.tally.first, 0.99):.2f} s; ",
            end="",
        )
        print(f"arrivals that this client sent over a second late: {self.tally.late:,}.")
        print(
            f"Served out of turn: {jumped[0] if jumped else 0}. Acknowledged orders lost: {len(lost)}. Unpaid: {left}."
        )
        print(f"After the provider came back everything was paid and heard within {settled:.0f} s.")
        verdict = subprocess.run(
            [sys.executable, "manage.py", "verify_invariants"],
            cwd=addresses.CHECKOUT,
            env=self.children.env,
            check=False,
        )
        figures = {"sustainable": pace, "ends": dict(ends), "share": share, "settled": settled, "lost": len(lost)}
        (RESULTS / "flash_sale.json").write_text(json.dumps(figures, indent=1))
        return int(share < 99.7 or bool(lost) or bool(left) or bool(verdict.returncode))


def _clear(answer: buyers.Answer) -> str:
    """An answer that says what is the matter, by its code; anything else is told as it is."""
    try:
        return f"clear: {answer.status} {answer.body['error']['code']}"
    except (KeyError, TypeError):
        return f"unclear: {answer.status}"


def _at(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--factor", type=float, default=20, help="times the sustainable load (20)")
    parser.add_argument("--seconds", type=int, default=60, help="how long shoppers arrive (60)")
    parser.add_argument("--line", type=int, default=600, help="how many may wait in line (600)")
    return parser.parse_args()


def main() -> int:
    sale: Any = Sale(_options())
    try:
        return int(sale.run())
    finally:
        sale.children.stop_all()


if __name__ == "__main__":
    sys.exit(main())
