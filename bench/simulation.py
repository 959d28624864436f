# ruff: noqa: E402  (Django must know its settings before models are imported)
"""How long a simulation of a promotion over 100,000 past orders takes, and whether its totals are those of replaying
every order by itself.

    make bench BENCH=simulation
    make bench BENCH=simulation BENCH_ARGS="--orders 20000 --promotions 50"
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
os.environ |= {"DEBUG": "0", "PAYMENT_SANDBOX": "1", "RATE_LIMITS": "0", "LOG_FORMAT": "json"}
os.environ |= {"SITE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": "127.0.0.1,testserver", "SECRET_KEY": "bench" * 12}

from bench import databases

databases.own("bench_simulation", anew="--keep" not in sys.argv)

import django

django.setup()

from django.core.management import call_command

from bench.quote import KINDS
from cart.promotions import engine, replays, services
from cart.promotions.models import Promotion
from catalog.products.models import Variant
from checkout.orders.models import Order, OrderLine
from checkout.simulation import past, tasks
from checkout.simulation import services as simulations
from checkout.simulation.models import Simulation
from shop.core import db
from shop.local import addresses

RESULTS = addresses.CHECKOUT / "bench" / "results"
SEED = 11
GOAL = 60.0  # seconds for 100,000 orders
DAYS = 30


@dataclass(frozen=True)
class Result:
    orders: int
    promotions: int
    seconds: float
    uses: int
    replay_seconds: float
    is_equal: bool


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--promotions", type=int, default=20)
    parser.add_argument("--keep", action="store_true", help="orders and catalogue of the last run")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    if not Variant.objects.exists():
        call_command("generate_catalog", products=10_000, verbosity=0)
    rng = random.Random(SEED)
    variants = list(Variant.objects.select_related("product__category", "product__brand").order_by("sku"))
    _buy(options.orders, rng, variants)
    Promotion.objects.all().delete()
    print(f"{Order.objects.count():,} orders are there.", flush=True)
    for place in range(options.promotions):
        kind, lane, terms = KINDS[place % len(KINDS)]
        product = rng.choice(variants).product
        key = f"category:{product.category.pk}" if place % 2 and product.category else f"brand:{product.brand.slug}"
        _save(f"Promotion {place}", kind, lane, terms, scope={"any_of": [key]}, is_combinable=place % 3 == 0)
    draft = _save(
        "Draft", "percent", "order", {"percent": "12"}, status="draft", conditions={"minimum": {"USD": 50_00}}
    )
    result = _measured(draft, options.orders, options.promotions)
    told = "reached" if result.seconds <= GOAL * options.orders / 100_000 else "missed"
    print(
        f"{result.orders:,} orders beside {result.promotions} promotions: {result.seconds:.1f} s ({told}: "
        f"{GOAL:.0f} s asked for 100,000), {result.uses:,} uses.\n"
        f"Replayed one by one in {result.replay_seconds:.1f} s: {'the same' if result.is_equal else 'OTHER'} totals."
    )
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "simulation.json").write_text(json.dumps(asdict(result), indent=1))
    sys.exit(not result.is_equal)


def _buy(count: int, rng: random.Random, variants: list[Variant]) -> None:
    """So many orders of the last days, of one to five lines."""
    if Order.objects.count() >= count:
        return
    now = db.clock()
    step = timedelta(days=DAYS - 1) / count
    for begin in range(0, count, 5_000):
        orders, lines = [], []
        for number in range(begin, min(begin + 5_000, count)):
            at = now - timedelta(days=DAYS - 1) + step * number
            order = Order(
                id=UUID(int=db.uuid7_floor(at).int + rng.getrandbits(60)), number=f"ORD-{number}",
                email=f"a{number % 30_000}@example.com", currency="USD", shipping_address={"country": "US"},
                idempotency_key=str(number), subtotal_minor=0, total_minor=0, placed_at=at, status="delivered",
            )  # fmt: skip
            for position in range(rng.choice([1, 1, 1, 2, 2, 3, 5])):
                variant, price, units = rng.choice(variants), rng.randrange(3_00, 120_00), rng.choice([1, 1, 1, 2, 4])
                order.subtotal_minor += price * units
                line = OrderLine(
                    order=order, position=position, product_id=variant.product_id, variant_id=variant.pk,
                    sku=variant.sku, name="x", quantity=units, unit_price_minor=price, total_minor=price * units,
                )  # fmt: skip
                lines.append(line)
            order.total_minor = order.subtotal_minor
            orders.append(order)
        Order.objects.bulk_create(orders)
        OrderLine.objects.bulk_create(lines, batch_size=2_000)


def _save(name: str, kind: str, lane: str, terms: dict[str, object], **fields: object) -> Promotion:
    row = Promotion(**{"name": name, "kind": kind, "lane": lane, "terms": terms, "status": "active", **fields})
    services.save(row)
    return row


def _measured(draft: Promotion, orders: int, promotions: int) -> Result:
    tasks.run.delay = lambda key: None  # it is run here, to be measured
    row = simulations.ask(promotion_id=draft.pk, days=DAYS, by="bench")
    began = time.perf_counter()
    simulations.run(simulation_id=row.pk)
    seconds = time.perf_counter() - began
    row = Simulation.objects.get(pk=row.pk)
    assert row.status == "done", row.error
    found = row.result["orders"]
    began = time.perf_counter()
    replayed = _replayed(row, draft)
    same = replayed == (found["looked"], found["uses"], found["given"], found["extra"])
    return Result(orders, promotions, seconds, found["uses"], time.perf_counter() - began, same)


def _replayed(row: Simulation, draft: Promotion) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Each order whole, with all promotions and with all but the draft."""
    terms, others = replays.draft(draft.pk).terms, replays.in_force()
    shop = past.Shop([])
    looked = uses = 0
    given, extra = Counter[str](), Counter[str]()
    batches = past.orders(shop, row.asked_at - timedelta(days=DAYS), row.asked_at)
    for one in (one for batch in batches for one in batch):
        then, before = engine.run(one.basket, [*others, terms]), engine.run(one.basket, others)
        mine = next(tried for tried in then.tried if tried.promotion.id == terms.id)
        looked += 1
        uses += mine.is_applied
        if mine.is_applied:
            given[one.basket.currency] += mine.worth
            extra[one.basket.currency] += then.worth - before.worth
    return looked, uses, dict(given), dict(extra)


if __name__ == "__main__":
    main()
