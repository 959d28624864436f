"""manage.py generate_catalog --products N: a made-up catalogue of any size, for tests of scale."""

from __future__ import annotations

import gc
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports import services as imports
from catalog.imports.synthetic import goods, load


class Command(BaseCommand):
    help = "Write a made-up catalogue with stock, always the same for a seed; what is there already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", required=True, metavar="N", help=f"1 to {goods.MAX_PRODUCTS:,}")
        parser.add_argument("--seed", default="1", help=f"another seed, other products: 0 to {goods.MAX_SEED:,} (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        products = _number("--products", options["products"], 1, goods.MAX_PRODUCTS)
        seed = _number("--seed", options["seed"], 0, goods.MAX_SEED)
        gc.set_threshold(100_000, 50, 50)  # so many rows at once make Python's collector busy for nothing
        started, busy = time.monotonic(), time.process_time()
        try:
            added = load.load(products=products, seed=seed, progress=self._progress)
        except imports.ImportRunning as error:
            raise CommandError(f"Not now: {error}.") from error
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{added.products:,} products with {added.variants:,} variants and {added.stock_items:,} stock items were "
            f"added, {products - added.products:,} products were there: {seconds:.1f} s, "
            f"{products / seconds:,.0f} products/s, {time.process_time() - busy:.1f} s of this process."
        )
        if added.products:
            self.stdout.write("Nobody was told of them: lists show them after manage.py rebuild_search_index.")

    def _progress(self, done: int, of: int) -> None:
        self.stdout.write(f"{done:,} of {of:,}", ending="\r" if sys.stdout.isatty() and done < of else "\n")
        self.stdout.flush()


def _number(name: str, given: Any, least: int, most: int) -> int:
    """A whole number in range. Raises `CommandError`."""
    text = str(given).strip()
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise CommandError(f"{name} is a whole number from {least:,} to {most:,}, not {str(given)[:40]!r}.")
    return int(text)
