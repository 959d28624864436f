# ruff: noqa: E402  (Django must know its settings before models are imported)
"""What a quote costs in CPU, as its lines and the active promotions grow.

    make bench BENCH=quote

A made-up catalogue; promotions of every kind, each for a category, a brand or a product of it, half of them combinable.
Printed are milliseconds of this process's CPU for a whole quote (reading offers, promotions, rates and methods, and
everything that is worked out), the median of several; and, of it, what the engine alone takes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ |= {"DEBUG": "0", "PAYMENT_SANDBOX": "1", "RATE_LIMITS": "0", "LOG_FORMAT": "json"}
os.environ |= {"SITE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1,testserver", "SECRET_KEY": "bench" * 12}

from bench import databases

databases.own("bench_quote")

import django

django.setup()

from django.core.management import call_command

from cart.pricing import selectors as pricing
from cart.promotions import engine, rules, services
from cart.promotions import selectors as promotions
from cart.promotions.models import Promotion
from cart.promotions.rules import Basket
from catalog.products.models import Variant
from shop.local import addresses

RESULTS = addresses.CHECKOUT / "bench" / "results"
SEED = 7
GOAL = 15.0  # milliseconds for 50 lines with 200 promotions
KINDS: list[tuple[str, str, dict[str, Any]]] = [
    ("percent", "line", {"percent": "10"}),
    ("amount", "line", {"amounts": {"USD": 100}}),
    ("fixed_price", "line", {"prices": {"USD": 999}}),
    ("buy_get", "line", {"buy": 2, "get": 1}),
    ("cheapest_free", "line", {"of": 3}),
    ("bundle_price", "line", {"prices": {"USD": 5000}, "quantity": 3}),
    (
        "tiers",
        "order",
        {"steps": [{"spend": {"USD": 5000}, "percent": "5"}, {"spend": {"USD": 20000}, "percent": "8"}]},
    ),
    ("percent", "order", {"percent": "3"}),
    ("amount", "order", {"amounts": {"USD": 500}}),
    ("free_shipping", "shipping", {}),
]


@dataclass(frozen=True)
class Row:
    """Milliseconds of CPU, the median: of a whole quote, and of the engine in it."""

    lines: int
    promotions: int
    applied: int
    quote: float
    engine: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tries", type=int, default=40)
    tries = parser.parse_args().tries
    call_command("migrate", verbosity=0)
    call_command("generate_catalog", products=300, verbosity=0)
    variants = list(Variant.objects.select_related("product__brand", "product__category").order_by("sku")[:400])
    rng = random.Random(SEED)
    rng.shuffle(variants)
    rows: list[Row] = []
    print(f"{'lines':>6}{'promotions':>12}{'applied':>9}{'quote':>9}{'engine':>9}   ms of CPU")
    there = 0
    for number in (0, 50, 200, 800):
        for place in range(there, number):
            _promote(place, rng, variants)
        there = number
        promotions.forget()
        for lines in (1, 10, 50):
            rows.append(_measured(variants[:lines], number, tries))
            row = rows[-1]
            print(f"{row.lines:6}{row.promotions:12}{row.applied:9}{row.quote:9.2f}{row.engine:9.2f}", flush=True)
    _judge(rows)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "quote.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))


def _promote(place: int, rng: random.Random, variants: list[Variant]) -> None:
    kind, lane, terms = KINDS[place % len(KINDS)]
    product = rng.choice(variants).product
    keys = [f"product:{product.pk}"]
    keys += [f"brand:{product.brand.slug}"] if product.brand else []
    keys += [f"category:{product.category.pk}"] if product.category else []
    row = Promotion(
        name=f"Promotion {place}",
        status="active",
        kind=kind,
        lane=lane,
        terms=terms,
        scope={"any_of": [rng.choice(keys)]},
        priority=rng.choice([50, 100]),
        is_combinable=place % 2 == 0,
    )
    services.save(row)


def _measured(variants: list[Variant], number: int, tries: int) -> Row:
    lines = [pricing.QuoteLine(variant.pk, 1 + place % 4) for place, variant in enumerate(variants)]

    def ask() -> pricing.Quote:
        return pricing.quote(lines=lines, currency="USD", address={"country": "US", "state": "IL"})

    asked: list[tuple[Basket, Sequence[rules.Promotion]]] = []

    class Noted(engine.Run):
        def __init__(self, basket: Basket, promotions: Sequence[rules.Promotion]) -> None:
            asked.append((basket, promotions))
            super().__init__(basket, promotions)

    original = engine.Run
    engine.Run = Noted  # type: ignore[misc, assignment]
    found = ask()
    engine.Run = original  # type: ignore[misc]

    def run() -> None:
        once = engine.Run(*asked[0])
        for option in found.delivery_options:
            once.outcome(option.price.minor)

    whole = [_cpu(ask) for _ in range(tries)]
    apart = [_cpu(run) for _ in range(tries)]
    return Row(len(variants), number, len(found.outcome.applied), statistics.median(whole), statistics.median(apart))


def _cpu(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000


def _judge(rows: list[Row]) -> None:
    row = next(one for one in rows if (one.lines, one.promotions) == (50, 200))
    told = "reached" if row.quote <= GOAL else "missed"
    print(f"\n50 lines with 200 promotions: {row.quote:.1f} ms, {told} ({GOAL:.0f} ms asked for).")


if __name__ == "__main__":
    main()
