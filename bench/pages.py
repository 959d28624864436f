"""Requests a second and CPU of catalogue pages, beside an empty Django view in the same run; of any shop.

    make bench BENCH=pages                                        this shop, on servers and data of its own
    make bench BENCH=pages BENCH_ARGS="--seconds 5 --runs 7"      longer
    make bench BENCH=pages BENCH_ARGS="--only 'product, cold'"    those rows whose names have this in them
    make bench BENCH=pages BENCH_ARGS="--url http://127.0.0.1:8080 --page list=/catalogue/ --page cold=/catalogue/?{n}
        --pid web=1234 --pid postgresql=2345"                   another shop beside the same empty view (peers.md)

A page is measured warm (the same again and again) and cold (another one each time: `{n}` is a number that was not there
before, `{slug}` the next one of `--slugs FILE`, `{page}` goes from 2 to 100, so that no card is one that was drawn a
moment ago), by a visitor of whom nothing is known and by a customer who is signed
in. Each run measures the empty view and the page in turn, so that what else the machine does weighs on both.
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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import data, serving, signing, wire
from bench.meter import Children, Meter, free_port, postgres_pid, valkey_pid
from bench.visit import Browser, Counted
from shop.local import addresses

RESULTS = addresses.CHECKOUT / "bench" / "results"
SCRIPTED = "js=1"  # the cookie by which this shop knows that scripts run (ADR 0035)
_PAGES = itertools.cycle(range(2, 101))
_FRESH = itertools.count(time.time_ns() // 1_000_000_000)  # never the same in two runs


@dataclass(frozen=True)
class Page:
    """`pattern` is a path, with `{n}` or `{slug}` for a cold one."""

    name: str
    pattern: str
    cookie: str = ""
    group: str = "web"


@dataclass(frozen=True)
class Row:
    """Medians over the runs: requests a second, of the empty view's rate beside it, CPU ms by group of processes."""

    name: str
    rate: float
    ratio: float
    cpu_ms: dict[str, float]
    size: int


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self.seconds, self.runs, self.only = options.seconds, options.runs, options.only
        self.children, self.meter = Children(RESULTS, os.environ), Meter()
        self.empty = (addresses.HOST, free_port(9300))
        self.slugs: Iterator[str] = itertools.repeat("")
        self.rows: list[Row] = []

    def start_empty(self) -> None:
        self.meter.add("empty", self.children.granian("empty", "bench.empty:application", self.empty[1]))

    def measure(self, page: Page, site: tuple[str, int], groups: tuple[str, ...]) -> None:
        """A row of the table, if it is wanted; exits where the page does not answer with 200."""
        if self.only not in page.name:
            return
        host, requests = f"{site[0]}:{site[1]}", self._requests(page, site)
        nothing = itertools.repeat(wire.request(f"{self.empty[0]}:{self.empty[1]}", "/"))
        for asked, where in ((nothing, self.empty), (requests, site)):
            wire.ask(where, asked, count=40)
        rates, ratios, sizes = [], [], []
        costs: dict[str, list[float]] = {group: [] for group in ("empty", *groups)}
        for _run in range(self.runs):
            idle = self._spent(("empty",), self.empty, nothing, costs)
            busy = self._spent(groups, site, requests, costs)
            if set(busy.statuses) != {200}:
                raise SystemExit(f"{page.name}: {host}{page.pattern} answered {busy.statuses}")
            rates.append(busy.rate)
            ratios.append(busy.rate / idle.rate)
            sizes.append(busy.size // busy.count)
        cpu = {group: statistics.median(values) for group, values in costs.items()}
        row = Row(page.name, statistics.median(rates), statistics.median(ratios), cpu, sizes[-1])
        self.rows.append(row)
        own = sum(cost for group, cost in cpu.items() if group != "empty")
        parts = ", ".join(f"{group} {cost:.2f}" for group, cost in cpu.items() if group != "empty")
        print(
            f"{row.name:34}{row.rate:9.1f}{row.ratio:9.2g}{own:9.2f}{cpu['empty']:9.2f}{row.size:9,}   {parts}",
            flush=True,
        )

    def _spent(
        self, groups: tuple[str, ...], where: tuple[str, int], requests: Iterator[bytes], costs: dict[str, list[float]]
    ) -> wire.Answered:
        before = {group: self.meter.read(group) for group in groups}
        answered = wire.ask(where, requests, seconds=self.seconds)
        for group in groups:
            costs[group].append((self.meter.read(group) - before[group]) * 1000 / answered.count)
        return answered

    def _requests(self, page: Page, site: tuple[str, int]) -> Iterator[bytes]:
        host = f"{site[0]}:{site[1]}"
        if "{" not in page.pattern:
            return itertools.repeat(wire.request(host, page.pattern, cookie=page.cookie))
        return (
            wire.request(
                host,
                page.pattern.format(n=next(_FRESH), slug=quote(next(self.slugs)), page=next(_PAGES)),
                cookie=page.cookie,
            )
            for _ in itertools.count()
        )


HEAD = f"{'':34}{'req/s':>9}{'× empty':>9}{'CPU ms':>9}{'empty':>9}{'bytes':>9}   CPU ms by process"


def of_this_shop(bench: Bench, catalogue: Path | None) -> None:
    """Home, list, category, product and search of this shop, warm and cold, anonymous and signed in; then a visit."""
    port, static = free_port(8700), RESULTS / "static"
    bench.children.env = serving.environment(port, static)
    bench.children.start(
        "worker", "-m", "celery", "--quiet", "-A", "shop", "worker", "--concurrency", "2", "--loglevel", "ERROR"
    )
    name = data.fill(bench.children.env, os.environ["DATABASE_URL"], catalogue)
    bench.children.stop("worker")
    serving.collect(bench.children.env)
    sample = data.sample(os.environ["DATABASE_URL"])
    session = signing.cookie(bench.children.env)
    bench.slugs = itertools.cycle(sample.slugs)
    bench.meter.add("web", bench.children.granian("web", "shop.wsgi:application", port))
    bench.meter.add("postgresql", postgres_pid(os.environ["DATABASE_URL"]))
    bench.meter.add("valkey", valkey_pid(os.environ["REDIS_URL"]))
    bench.start_empty()
    site, groups = (addresses.HOST, port), ("web", "postgresql", "valkey")
    print(f"{sample.products:,} products that can be bought ({name}).\n\n{HEAD}")
    words, path = quote(sample.words[0]), quote(sample.categories[0])
    warm = {
        "home": "/", "list": "/products/", "category": f"/categories/{path}/",
        "product": f"/products/{sample.slugs[0]}/", "search": f"/products/?q={words}",
    }  # fmt: skip
    cold = {
        "list": "/products/?price_max={n}", "deep list": "/products/?page={page}&price_max={n}",
        "category": f"/categories/{path}/?price_max={{n}}",
        "product": "/products/{slug}/?option.none={n}", "search": f"/products/?q={words}&price_max={{n}}",
    }  # fmt: skip
    signed_in, without_script = f"{session}; {SCRIPTED}", session
    for kind, pattern in warm.items():
        bench.measure(Page(f"{kind}, warm, anonymous", pattern), site, groups)
        bench.measure(Page(f"{kind}, warm, signed in", pattern, signed_in), site, groups)
    for kind, pattern in cold.items():
        bench.measure(Page(f"{kind}, cold, anonymous", pattern), site, groups)
        bench.measure(Page(f"{kind}, cold, signed in", pattern, signed_in), site, groups)
    for kind in ("list", "product"):
        bench.measure(Page(f"{kind}, signed in, no script", warm[kind], without_script), site, groups)
    products = [f"/products/{slug}/" for slug in sample.slugs[1:4]]
    paths = ["/", "/products/", warm["category"], products[0], products[1], warm["search"], products[2], "/cart/"]
    tell(Browser(f"http://{addresses.HOST}:{port}").visit(paths), len(paths))


def tell(counted: Counted, pages: int) -> None:
    print(
        f"\nA visit of {pages} pages with all they load: {counted.size:,} bytes, {counted.bytes_share:.1%} of them may "
        f"be kept by a shared cache; of its HTML {counted.pages_share:.0%} ({counted.kept_pages} of {counted.pages})."
    )


def of_another(bench: Bench, options: argparse.Namespace) -> None:
    """The pages that were named, of the shop at `--url`."""
    parts = urlsplit(options.url)
    site = (parts.hostname or addresses.HOST, parts.port or 80)
    for one in options.pid:
        name, _equals, pid = one.partition("=")
        if not pid.isdecimal():
            raise SystemExit(f"--pid {one!r}: it is GROUP=PID, a number; has that process started?")
        bench.meter.add(name, int(pid))
    if options.slugs:
        bench.slugs = itertools.cycle(options.slugs.read_text().split())
    bench.start_empty()
    print(f"{options.url}\n\n{HEAD}")
    groups = tuple(bench.meter.roots.keys() - {"empty"})
    for name, pattern in (one.split("=", 1) for one in options.page):
        bench.measure(Page(name, pattern, options.cookie), site, groups)
    if options.visit:
        tell(Browser(options.url).visit(options.visit), len(options.visit))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each page is measured (5)")
    parser.add_argument("--seconds", type=float, default=2, help="of each run (2)")
    parser.add_argument("--only", default="", metavar="WORDS", help="only rows that have these in their names")
    parser.add_argument("--catalog", type=Path, help="a catalogue file (default: Icecat, else the demo)")
    parser.add_argument("--url", help="another shop's address; nothing of this one is started then")
    parser.add_argument("--page", action="append", default=[], metavar="NAME=PATH", help="of that shop; repeatable")
    parser.add_argument("--slugs", type=Path, help="file of what `{slug}` stands for, separated by white space")
    parser.add_argument("--pid", action="append", default=[], metavar="GROUP=PID", help="a process tree to count")
    parser.add_argument("--cookie", default="", help="of a customer who is signed in")
    parser.add_argument("--visit", nargs="*", metavar="PATH", help="pages of a visit, in their order")
    return parser.parse_args()


def main() -> None:
    options, started = _options(), time.monotonic()
    bench = Bench(options)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} CPUs"
    print(f"{options.runs} runs of {options.seconds:g} s, medians. {machine}.")
    try:
        if options.url:
            of_another(bench, options)
        else:
            of_this_shop(bench, options.catalog)
    finally:
        bench.children.stop_all()
    target = RESULTS / "pages.json"
    target.write_text(json.dumps([row.__dict__ for row in bench.rows], indent=1))
    print(f"\n{time.monotonic() - started:.0f} s; the figures are in {target.relative_to(addresses.CHECKOUT)}.")


if __name__ == "__main__":
    main()
