"""manage.py recommend_run CONTEXTS OUT: what the cart page would show, for many carts at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.recommendations import files, past

SHOWN = 10


class Command(BaseCommand):
    help = (
        'Recommend for carts, one {"id", "context": [SKU, …]} a line, as the cart page does, whatever is in stock. '
        'Writes {"id", "items": [SKU, …]} a line, the best first.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contexts", type=Path)
        parser.add_argument("out", type=Path)
        parser.add_argument("--top", type=int, default=10, help="products for each cart (10)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["top"] <= 1000:
            raise CommandError("--top is from 1 to 1000.")
        try:
            with options["out"].open("w", encoding="utf-8") as out:
                report = past.recommend(options["contexts"], out, top=options["top"])
        except files.UnreadableFile as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}") from error
        self.stdout.write(
            f"{report.done:,} carts are answered, {report.without:,} of them have nothing that is in the catalogue."
        )
        for number, reason in report.problems[:SHOWN]:
            self.stderr.write(f"line {number}: {reason}")
        if report.unknown:
            self.stderr.write(f"{len(report.unknown):,} SKUs are not in the catalogue.")
        if report.problems:
            raise CommandError(f"{len(report.problems):,} lines were left out; the first are told above.")
