# ruff: noqa: E402  (Django must know its settings before models are imported)
"""How often the next thing in a cart is among the first ten that are recommended, and how long that takes.

    make bench BENCH=recommendations
    make bench BENCH=recommendations BENCH_ARGS="--contexts FILE --answers FILE --orders FILE"

Real carts of ../shared/data/recs, in a database of its own: the catalogue is imported, the past orders are imported
and learned from, the contexts are answered by `recommend_run`. Beside it, from the same orders in the same run: what
was bought most often, and the plain cosine of being bought together.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ.setdefault("PAYMENT_SANDBOX", "1")

import numpy as np

from bench import databases

databases.own("bench_recommendations")

import django

django.setup()

from django.core.management import call_command

from catalog.imports import services as imports
from catalog.products.models import Variant
from catalog.recommendations import selectors
from shop.local import addresses

DATA = addresses.CHECKOUT.parent / "shared" / "data" / "recs"
Case = tuple[list[str], str]
Recommender = Callable[[list[str]], list[str]]


def lines(path: Path) -> list[dict[str, object]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        return [json.loads(line) for line in file]


def plain(orders: Sequence[Sequence[str]]) -> dict[str, Recommender]:
    """What one would do without thinking, as functions of the cart."""
    items = sorted({item for order in orders for item in order})
    place = {item: number for number, item in enumerate(items)}
    shared = np.zeros((len(items), len(items)), dtype=np.float32)
    for order in orders:
        ids = [place[item] for item in order]
        shared[np.ix_(ids, ids)] += 1
    bought = np.diag(shared).copy()
    cosine = shared / np.sqrt(np.outer(bought, bought))

    def first(scores: np.ndarray, cart: list[str]) -> list[str]:
        scores = scores.copy()
        scores[[place[item] for item in cart if item in place]] = -1
        return [items[number] for number in np.argsort(-scores, kind="stable")[:10]]

    return {
        "bought most often": lambda cart: first(bought, cart),
        "cosine": lambda cart: first(cosine[[place[item] for item in cart if item in place]].sum(axis=0), cart),
    }


def learn(orders: Path) -> None:
    """Import and learn in a process of its own, whose memory is told."""
    subprocess.run([sys.executable, "manage.py", "import_orders", str(orders)], cwd=addresses.CHECKOUT, check=True)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"Most memory of the process that learned: {most:.0f} MB", flush=True)


def ours(contexts: Path) -> list[list[str]]:
    """What `recommend_run` answers, in the order of the file."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as out:
        call_command("recommend_run", str(contexts), out.name)
        return [list(map(str, one["items"])) for one in lines(Path(out.name))]  # type: ignore[call-overload]


def tell(name: str, hits: list[bool], seconds: Sequence[float] = ()) -> float:
    share = statistics.mean(hits)
    error = (share * (1 - share) / len(hits)) ** 0.5
    times = f", p50 {_ms(seconds, 50):.1f} ms, p95 {_ms(seconds, 95):.1f} ms a cart" if seconds else ""
    print(f"{name:20} hit@10 {share:.3f} (s.e. {error:.3f}){times}")
    return share


def _ms(seconds: Sequence[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1] * 1000


def served(cases: Sequence[Case]) -> list[float]:
    """Seconds that one cart's candidates take, each cart once, from the tables."""
    products = dict(Variant.objects.values_list("sku", "product_id"))
    found = []
    for cart, _answer in cases:
        ids = [products[sku] for sku in cart if sku in products]
        began = time.perf_counter()
        selectors.together(ids, top=20)
        found.append(time.perf_counter() - began)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=Path, default=DATA / "items.jsonl")
    parser.add_argument("--orders", type=Path, default=DATA / "train_baskets.jsonl.gz")
    parser.add_argument("--contexts", type=Path, default=DATA / "dev_contexts.jsonl")
    parser.add_argument("--answers", type=Path, default=DATA / "dev_answers.jsonl")
    parser.add_argument("--goal", type=float, default=0.28)
    options = parser.parse_args()
    if not options.items.exists():
        print(f"There is no {options.items}: these measurements need the shared data.")
        return 1
    call_command("migrate", verbosity=0, interactive=False)
    report = imports.run(path=options.items, by="system", format="jsonl")
    print(f"{report.created} products are in.")
    learn(options.orders)
    answers = {str(one["id"]): str(one["answer"]) for one in lines(options.answers)}
    cases: list[Case] = [
        ([str(sku) for sku in one["context"]], answers[str(one["id"])])  # type: ignore[attr-defined]
        for one in lines(options.contexts)
    ]
    orders = [[str(sku) for sku in one["items"]] for one in lines(options.orders)]  # type: ignore[attr-defined]
    for name, recommender in plain(orders).items():
        tell(name, [answer in recommender(cart) for cart, answer in cases])
    found = [answer in items for (_cart, answer), items in zip(cases, ours(options.contexts), strict=True)]
    share = tell("the shop", found, served(cases))
    return 0 if share >= options.goal else 1


if __name__ == "__main__":
    sys.exit(main())
