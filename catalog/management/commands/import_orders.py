"""manage.py import_orders FILE: what was bought in the past, for recommendations."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.recommendations import files, learning, past

SHOWN = 10  # broken lines and unknown SKUs that are told


class Command(BaseCommand):
    help = (
        'Import past orders as bought, one {"id", "at", "customer", "items": [SKU, …]} a line, and learn from them '
        "what goes together. No stock, money or mail is involved. What was imported before is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--no-learning", action="store_true", help="only keep them; they are learned from at night")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            report = past.import_orders(options["file"], progress=self._progress)
        except files.UnreadableFile as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{report.lines:,} lines in {time.monotonic() - started:.1f} s: {report.done:,} orders are new, "
            f"{report.without:,} have nothing that is in the catalogue, {len(report.problems):,} cannot be read."
        )
        for number, reason in report.problems[:SHOWN]:
            self.stderr.write(f"line {number}: {reason}")
        if report.unknown:
            some = ", ".join(sorted(report.unknown)[:SHOWN])
            self.stderr.write(f"{len(report.unknown):,} SKUs are not in the catalogue: {some}, …")
        if not options["no_learning"]:
            self._learn()
        if report.problems:
            raise CommandError(f"{len(report.problems):,} lines were left out; the first are told above.")

    def _learn(self) -> None:
        started = time.monotonic()
        known = learning.rebuild_together()
        self.stdout.write(f"Learned what goes together ({known:,} products) in {time.monotonic() - started:.1f} s.")

    def _progress(self, lines: int) -> None:
        self.stdout.write(f"{lines:,} lines", ending="\r" if sys.stdout.isatty() else "\n")
        self.stdout.flush()
