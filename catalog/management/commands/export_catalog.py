"""manage.py export_catalog FILE: products out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.imports import exports


class Command(BaseCommand):
    help = "Write the catalogue to a file that import_catalog reads: JSON lines or Shopify's product CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", default="jsonl", choices=list(exports.WRITERS))

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                count = exports.export(file, format=options["format"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        self.stdout.write(f"{count:,} products are in {path}.")
