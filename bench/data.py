"""The catalogue that is measured on, and what of it is asked for."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shop.local import addresses

ICECAT = addresses.CHECKOUT.parent / "shared" / "data" / "catalog" / "icecat_products.jsonl.gz"
MANY = 5000  # products; fewer, and a catalogue file is imported


@dataclass(frozen=True)
class Sample:
    """What there is: addresses of pages, words that products are called by, variants that can be bought."""

    products: int
    slugs: list[str]
    categories: list[str]
    words: list[str]
    variants: list[str]


def manage(env: Mapping[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], cwd=addresses.CHECKOUT, env=dict(env), check=True)


def fill(env: Mapping[str, str], url: str, catalogue: Path | None) -> str:
    """Migrate, and import `catalogue` (or load the demo) unless that was done before; returns what is in."""
    manage(env, "migrate", "--noinput", "-v", "0")
    file = catalogue or (ICECAT if ICECAT.exists() else None)
    if file is None:
        if not count(url):
            manage(env, "load_demo")
        return "demo catalogue"
    if count(url) < MANY:
        manage(env, "import_catalog", str(file), "--errors", os.devnull)
        drain(url, patience=300)
    return file.name


def count(url: str) -> int:
    """Products in lists."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM catalog_listing").fetchone()
    return int(row[0]) if row else 0


def sample(url: str, seed: int = 1) -> Sample:
    """The same choice every time, for the same catalogue."""
    with psycopg.connect(url) as connection:
        connection.execute("ANALYZE")
        listed = "FROM catalog_listing WHERE is_buyable ORDER BY slug"
        rows = connection.execute(f"SELECT slug, name, card->>'variant_id' {listed}").fetchall()
        categories = connection.execute(
            "SELECT url_path FROM catalog_category category WHERE EXISTS (SELECT FROM catalog_listing listing "
            "WHERE listing.category_path LIKE category.path || '%') ORDER BY url_path"
        ).fetchall()
    rng = random.Random(seed)
    rng.shuffle(rows)
    names = [row[1].split() for row in rows[:2000]]
    words = [" ".join(rng.sample(name, 2)) for name in names if len(name) >= 2]
    paths = [row[0] for row in categories]
    rng.shuffle(paths)
    return Sample(len(rows), [row[0] for row in rows], paths, words, [row[2] for row in rows if row[2]])


def drain(url: str, *, patience: float = 60) -> None:
    """Wait until every event is heard and every e-mail sent."""
    left = (
        "SELECT (SELECT count(*) FROM shop_delivery WHERE status = 'pending') "
        "+ (SELECT count(*) FROM shop_notification WHERE status IN ('queued', 'sending'))"
    )
    until = time.monotonic() + patience
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            row = connection.execute(left).fetchone()
            if not row or not row[0]:
                return
            if time.monotonic() > until:
                raise SystemExit(f"{row[0]} events are still not heard after {patience:.0f} s.")
            time.sleep(0.2)
