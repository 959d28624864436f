"""The second half of bench/hot_sku.py: many shoppers press Pay at once in a whole running shop, for fewer units."""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import aiohttp
import psycopg

from bench import buyers, data
from bench.client import Client
from bench.meter import Children, Meter, postgres_pid, valkey_pid
from shop.local import addresses

PATIENCE = 120  # seconds in which every shopper must know
GROUPS = ("web", "worker", "beat", "postgresql", "valkey")


class Shop:
    """A running shop, and shoppers with full carts."""

    def __init__(self, children: Children, port: int) -> None:
        self.children, self.port, self.url = children, port, os.environ["DATABASE_URL"]
        self.meter = Meter()

    def open(self) -> None:
        sandbox = self.children.env["STRIPE_API_BASE"].rpartition(":")[2]
        self.children.start("sandbox", "-m", "checkout.payments.sandbox", "--port", sandbox)
        self.meter.add("web", self.children.granian("web", "shop.wsgi:application", self.port))
        celery = ("-m", "celery", "--quiet", "-A", "shop")
        quiet = ("--loglevel", "ERROR")
        worker = self.children.start("worker", *celery, "worker", "--concurrency", "2", "--without-gossip", *quiet)
        timetable = str(self.children.folder / "beat-schedule")
        beat = self.children.start("beat", *celery, "beat", "--pidfile", "", "--schedule", timetable, *quiet)
        for name, pid in [
            ("worker", worker),
            ("beat", beat),
            ("postgresql", postgres_pid(self.url)),
            ("valkey", valkey_pid(os.environ["REDIS_URL"])),
        ]:
            self.meter.add(name, pid)
        if not data.count(self.url):
            data.manage(self.children.env, "load_demo")
        data.drain(self.url, patience=300)
        tokens, total, _variant = self.crowd(10, 100)
        for token in tokens:  # every process has placed an order before the clock runs
            Client(self.port).order(token, total)
        data.drain(self.url, patience=120)

    def crowd(self, shoppers: int, units: int) -> tuple[list[str], str, str]:
        """The tokens of full carts, the total of each, and the variant of which `units` are free."""
        command = [sys.executable, "bench/crowd.py", str(shoppers), str(units)]
        made = subprocess.run(
            command, cwd=addresses.CHECKOUT, env=self.children.env, stdout=subprocess.PIPE, text=True, check=True
        )
        answer = json.loads(made.stdout.splitlines()[-1])
        return answer["tokens"], answer["total"], answer["variant"]

    def sold(self, variant: str) -> int:
        """Units of the variant in orders that stand."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT COALESCE(sum(line.quantity), 0) FROM checkout_orderline line "
                "JOIN checkout_order placed ON placed.id = line.order_id "
                "WHERE line.variant_id = %s AND placed.status <> 'cancelled'",
                [variant],
            ).fetchone()
        return int(row[0]) if row else 0


async def storm(port: int, tokens: list[str], total: str) -> tuple[collections.Counter[str], list[float], list[float]]:
    """All shoppers press Pay at once: what became of them, and the seconds until each order and each refusal."""
    ends: collections.Counter[str] = collections.Counter()
    had: list[float] = []
    missed: list[float] = []
    async with buyers.session(port, connections=len(tokens)) as shop:
        started = time.monotonic()

        async def shopper(token: str) -> None:
            end = await _buy(shop, token, total)
            ends[end] += 1
            (had if end == "order" else missed).append(time.monotonic() - started)

        await asyncio.gather(*[shopper(token) for token in tokens])
    return ends, had, missed


async def _buy(shop: aiohttp.ClientSession, token: str, total: str) -> str:
    try:
        answer = await buyers.pay(shop, token, total)
        if answer.status == 201:
            return "order"
        if answer.status != 202:
            return _refusal(answer.status, answer.body)
        return await _wait(shop, answer.location)
    except buyers.NoAnswer as error:
        return f"no clear answer: {type(error).__name__}"


async def _wait(shop: aiohttp.ClientSession, where: str) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        await asyncio.sleep(1)
        turn = (await buyers.ask(shop, where)).body
        if turn.get("status") == "placed":
            return "order"
        if turn.get("status") == "refused":
            return _refusal(409, turn)
    return "no clear answer: waited for ever"


def _refusal(status: int, body: dict[str, Any]) -> str:
    code = body.get("error", {}).get("code")
    return str(code) if code else f"no clear answer: {status}"


def measure(children: Children, port: int, options: argparse.Namespace) -> tuple[list[dict[str, Any]], bool]:
    """The figures of each run, and whether every one of them sold exactly what was there and answered everybody."""
    shop = Shop(children, port)
    shop.open()
    print(f"{options.shoppers} shoppers press Pay at once, {options.units} units.")
    print(f"{'orders':>8}{'orders/s':>10}{'last refusal s':>16}{'CPU ms/order':>14}   CPU ms by process; ends")
    runs: list[dict[str, Any]] = []
    for _run in range(options.runs):
        tokens, total, variant = shop.crowd(options.shoppers, options.units)
        data.drain(shop.url, patience=120)
        before, sold = {name: shop.meter.read(name) for name in GROUPS}, shop.sold(variant)
        ends, had, missed = asyncio.run(storm(port, tokens, total))
        data.drain(shop.url, patience=300)
        orders = shop.sold(variant) - sold
        parts = {name: (shop.meter.read(name) - before[name]) * 1000 / max(1, orders) for name in GROUPS}
        runs.append(
            {
                "orders": orders,
                "ends": dict(ends),
                "orders_per_second": len(had) / max(had, default=1.0),
                "last_refusal": max(missed, default=0.0),
                "cpu_ms": sum(parts.values()),
                "parts": parts,
                "is_right": orders == options.units == ends["order"]
                and not any(end.startswith("no clear answer") for end in ends),
            }
        )
        _say(runs[-1])
    middle = {key: statistics.median(run[key] for run in runs) for key in ("orders_per_second", "cpu_ms")}
    print(f"Medians: {middle['orders_per_second']:.1f} orders/s, {middle['cpu_ms']:.0f} CPU ms an order.")
    verdict = subprocess.run(
        [sys.executable, "manage.py", "verify_invariants"], cwd=addresses.CHECKOUT, env=children.env, check=False
    )
    return runs, all(run["is_right"] for run in runs) and verdict.returncode == 0


def _say(run: dict[str, Any]) -> None:
    parts = ", ".join(f"{name} {cost:.0f}" for name, cost in run["parts"].items())
    ends = ", ".join(f"{end} {number}" for end, number in sorted(run["ends"].items()))
    figures = f"{run['orders']:8}{run['orders_per_second']:10.1f}{run['last_refusal']:16.1f}{run['cpu_ms']:14.0f}"
    print(f"{figures}   {parts}; {ends}{'' if run['is_right'] else '   WRONG'}", flush=True)
