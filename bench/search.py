# ruff: noqa: E402  (Django must know its settings before models are imported)
"""How long searches, suggestions and category lists take, as the catalogue grows, on each engine; and how fast it is
indexed.

    make bench BENCH=search
    make bench BENCH=search BENCH_ARGS="--sizes 10000,100000 --tries 100 --engine postgres"

Catalogues are made by `generate_catalog`. Pages are opened through the shop's own views by Django's test client: server
time, rendering and all, one after the other. Cold is what nobody asked for before, warm the same once more. Printed are
the median and the 95th percentile (nearest rank), and by which power of the number of products the latter grows.

Elasticsearch is measured where ELASTICSEARCH_URL names one; its index is this benchmark's own.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ |= {"DEBUG": "0", "PAYMENT_SANDBOX": "1", "RATE_LIMITS": "0", "LOG_FORMAT": "json"}
os.environ |= {"SITE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1,testserver", "SECRET_KEY": "bench" * 12}
os.environ["ELASTICSEARCH_INDEX"] = "bench-search"

from bench import databases

databases.own("bench_search", anew="--keep" not in sys.argv)

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from catalog.products import tree
from catalog.products.models import Product
from catalog.search import documents, indexing, rules, sync
from catalog.search.models import Listing, Word
from shop.core import cache, db
from shop.local import addresses

RESULTS = addresses.CHECKOUT / "bench" / "results"
SEED = 4
PATIENCE = 20  # seconds for Elasticsearch: what a page takes is measured, not cut off


@dataclass(frozen=True)
class Row:
    """Milliseconds of server time of so many pages of one kind."""

    engine: str
    products: int
    kind: str
    cache: str
    pages: int
    median: float
    p95: float


def main() -> None:
    options = _options()
    logging.disable(logging.WARNING)
    url = settings.ELASTICSEARCH_URL
    engines = [name for name in options.engine.split(",") if name != "elasticsearch" or url]
    call_command("migrate", verbosity=0)
    rows: list[Row] = []
    try:
        for products in [int(size) for size in options.sizes.split(",")]:
            _fill(products, with_documents="elasticsearch" in engines)
            pages = _pages(options.tries)
            for engine in engines:
                with override_settings(
                    ELASTICSEARCH_URL=url if engine == "elasticsearch" else "", ELASTICSEARCH_TIMEOUT_SECONDS=PATIENCE
                ):
                    rows += _measured(engine, products, pages)
    finally:
        if "elasticsearch" in engines and not options.keep:
            documents.remove_all()
    _say_growth(rows)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "search.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))


# --- The catalogue


def _fill(products: int, *, with_documents: bool) -> None:
    """So many products, in lists and in every engine."""
    print(f"\n{products:,} products", flush=True)
    if Product.objects.count() < products:
        with _timed("are made", products):
            call_command("generate_catalog", products=products, verbosity=0)
    with override_settings(ELASTICSEARCH_URL=""):  # no change is noted for what is copied whole below
        if indexing.drift()[0]:
            with _timed(f"are listed, {Listing.objects.count():,} of them for the second time", products):
                indexing.rebuild(processes=os.cpu_count() or 1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    if with_documents:
        with _timed("are copied to Elasticsearch", products):
            sync.rebuild()


@contextmanager
def _timed(what: str, products: int) -> Any:
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    print(f"  {products:>9,} {what}: {products / seconds:,.0f} a second, {seconds:.0f} s", flush=True)


# --- Pages


def _pages(tries: int) -> dict[str, list[str]]:
    """Addresses by kind of page, the same for the same catalogue, none twice."""
    rng = random.Random(SEED)
    names = list(
        Listing.objects.filter(is_buyable=True).order_by("slug").values_list("name", flat=True)[: 50 * tries : 7]
    )
    rng.shuffle(names)
    words = list(Word.objects.order_by("-count", "word").values_list("word", flat=True)[:2000])
    nodes = list(tree.tree().nodes)
    fresh = iter(range(1_000_000, 10_000_000, 7))  # a highest price that excludes little and was never asked for

    def search(text: str) -> str:
        return f"/products/?{urlencode({'q': text, 'price_max': next(fresh)})}"

    def beginning() -> str:
        word = rng.choice(words)
        return f"/search/suggest/?{urlencode({'q': word[: rng.randint(2, max(2, len(word)))]})}"

    kinds: dict[str, Callable[[int], str]] = {
        "search, one word": lambda number: search(words[number % len(words)]),
        "search, two words of a name": lambda number: search(_some(rng, names[number % len(names)], 2)),
        "search, a name": lambda number: search(names[number % len(names)]),
        "search, misspelt": lambda number: search(_misspelt(rng, words[number % len(words)])),
        "suggestions": lambda _number: beginning(),
        "category list": lambda number: f"{nodes[number % len(nodes)].url}?price_max={next(fresh)}",
        "whole list": lambda _number: f"/products/?price_max={next(fresh)}",
    }
    return {kind: [make(number) for number in range(tries)] for kind, make in kinds.items()}


def _some(rng: random.Random, name: str, most: int) -> str:
    found = [word for word in rules.words(name) if len(word) > 1]
    return " ".join(rng.sample(found, min(most, len(found)))) or name


def _misspelt(rng: random.Random, word: str) -> str:
    """Two neighbours of the word swapped."""
    place = rng.randrange(max(1, len(word) - 1))
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]


def _measured(engine: str, products: int, pages: dict[str, list[str]]) -> list[Row]:
    client, rows = Client(), []
    cache.LISTINGS.set(str(db.uuid7()))  # nothing that another engine was asked is known
    print(f"  {engine:28}{'cold: median':>14}{'p95':>8}{'warm: median':>14}{'p95':>8}   ms", flush=True)
    for kind, urls in pages.items():
        client.get(urls[0])
        timed = {"cold": [_time(client, url) for url in urls[1:]], "warm": [_time(client, url) for url in urls[1:]]}
        rows += [
            Row(engine, products, kind, name, len(times), _rank(times, 0.5), _rank(times, 0.95))
            for name, times in timed.items()
        ]
        cold, warm = rows[-2:]
        print(f"  {kind:28}{cold.median:14.1f}{cold.p95:8.1f}{warm.median:14.1f}{warm.p95:8.1f}", flush=True)
    return rows


def _time(client: Client, url: str) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    answer = client.get(url)
    spent = time.perf_counter() - started
    if answer.status_code != 200:
        sys.exit(f"{url} answers {answer.status_code}.")
    return spent * 1000


def _rank(times: Sequence[float], share: float) -> float:
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]


def _say_growth(rows: Sequence[Row]) -> None:
    """b of time ∝ products^b, by least squares over the logarithms, of the 95th percentile."""
    if len({row.products for row in rows}) < 2:
        return
    print("\nGrowth of the 95th percentile with the number of products: exponent")
    for key in dict.fromkeys((row.engine, row.kind, row.cache) for row in rows):
        points = [(math.log(row.products), math.log(row.p95)) for row in rows if _key(row) == key]
        middle_x, middle_y = (sum(values) / len(points) for values in zip(*points, strict=True))
        over = sum((x - middle_x) * (y - middle_y) for x, y in points)
        print(f"  {key[0]:15}{key[1]:30}{key[2]:6}{over / sum((x - middle_x) ** 2 for x, _y in points):7.2f}")


def _key(row: Row) -> tuple[str, str, str]:
    return row.engine, row.kind, row.cache


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--sizes", default="10000,100000,1000000", help="of the catalogue, each the one before and more"
    )
    parser.add_argument("--tries", type=int, default=200, help="pages of each kind (200)")
    parser.add_argument("--engine", default="postgres,elasticsearch", help="which (postgres,elasticsearch)")
    parser.add_argument("--keep", action="store_true", help="go on with the catalogue of the last run")
    return parser.parse_args()


if __name__ == "__main__":
    main()
